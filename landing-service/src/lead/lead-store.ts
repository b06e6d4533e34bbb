import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';
import type { Lead } from './lead.ts';

/** A lead on disk, with its place in the list. */
export interface StoredLead extends Lead {
  readonly seq: number;
}

const COLUMNS = 'seq, lead_id, form_id, visitor_id, page, experiment, variant, name, email, message, created_at';

const orNull = (value: unknown): string | null => (value === null ? null : String(value));

const leadOf = (row: Record<string, unknown>): StoredLead => ({
  seq: Number(row['seq']),
  lead_id: String(row['lead_id']),
  form_id: String(row['form_id']),
  visitor_id: orNull(row['visitor_id']),
  page: String(row['page']),
  experiment: orNull(row['experiment']),
  variant: orNull(row['variant']),
  name: String(row['name']),
  email: String(row['email']),
  message: String(row['message']),
  created_at: Number(row['created_at']),
});

/** Keeps what people left in the contact form. */
export class LeadStore {
  readonly #insert: StatementSync;
  readonly #page: StatementSync;
  readonly #remove: StatementSync;
  readonly #ofVisitor: StatementSync;
  readonly #removeVisitor: StatementSync;
  readonly #count: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare(
      'INSERT INTO leads (lead_id, form_id, visitor_id, page, experiment, variant, name, email, message, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (form_id) DO NOTHING',
    );
    this.#page = database.prepare(`SELECT ${COLUMNS} FROM leads WHERE seq < ? ORDER BY seq DESC LIMIT ?`);
    this.#remove = database.prepare('DELETE FROM leads WHERE lead_id = ?');
    this.#ofVisitor = database.prepare(`SELECT ${COLUMNS} FROM leads WHERE visitor_id = ? ORDER BY seq LIMIT 1000`);
    this.#removeVisitor = database.prepare('DELETE FROM leads WHERE visitor_id = ?');
    this.#count = database.prepare('SELECT count(*) AS leads FROM leads');
  }

  /** Keeps a lead; false when its form was sent before. */
  add(lead: Lead): boolean {
    const { lead_id, form_id, visitor_id, page, experiment, variant, name, email, message, created_at } = lead;
    return this.#insert.run(lead_id, form_id, visitor_id, page, experiment, variant, name, email, message, created_at).changes > 0;
  }

  /** Leads before a place in the list, newest first. */
  before(seq: number, limit: number): readonly StoredLead[] {
    return this.#page.all(seq, limit).map(leadOf);
  }

  /** Forgets a lead; false when there is none. */
  remove(lead_id: string): boolean {
    return this.#remove.run(lead_id).changes > 0;
  }

  ofVisitor(visitor_id: string): readonly StoredLead[] {
    return this.#ofVisitor.all(visitor_id).map(leadOf);
  }

  /** Forgets the leads of a visitor; answers how many. */
  removeVisitor(visitor_id: string): number {
    return Number(this.#removeVisitor.run(visitor_id).changes);
  }

  count(): number {
    return Number(this.#count.get()?.['leads'] ?? 0);
  }
}
