import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';

/** Who an item is for: events go to metrics-service, assignments made while it was away to ab-service. */
export type Destination = 'metrics' | 'ab';

/** Something that must arrive elsewhere. */
export interface OutboxItem {
  readonly destination: Destination;
  /** The same id is kept once. */
  readonly item_id: string;
  readonly visitor_id: string;
  /** A JSON object. */
  readonly body: string;
  readonly created_at: number;
}

/** An item on disk, with its place in the queue. */
export interface StoredItem extends OutboxItem {
  readonly seq: number;
}

/** How much waits. */
export interface OutboxSize {
  readonly rows: number;
  readonly bytes: number;
}

const COLUMNS = 'seq, destination, item_id, visitor_id, body, created_at';

const itemOf = (row: Record<string, unknown>): StoredItem => ({
  seq: Number(row['seq']),
  destination: row['destination'] as Destination,
  item_id: String(row['item_id']),
  visitor_id: String(row['visitor_id']),
  body: String(row['body']),
  created_at: Number(row['created_at']),
});

/** Keeps what is not delivered yet, in the order in which it came. */
export class OutboxStore {
  readonly #insert: StatementSync;
  readonly #first: StatementSync;
  readonly #remove: StatementSync;
  readonly #size: StatementSync;
  readonly #oldest: StatementSync;
  readonly #ofVisitor: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO outbox (destination, item_id, visitor_id, body, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#first = database.prepare(`SELECT ${COLUMNS} FROM outbox WHERE destination = ? ORDER BY seq LIMIT ?`);
    this.#remove = database.prepare('DELETE FROM outbox WHERE seq = ?');
    this.#size = database.prepare('SELECT count(*) AS rows, coalesce(sum(length(CAST(body AS BLOB))), 0) AS bytes FROM outbox');
    this.#oldest = database.prepare('SELECT min(created_at) AS oldest FROM outbox');
    this.#ofVisitor = database.prepare(`SELECT ${COLUMNS} FROM outbox WHERE visitor_id = ? ORDER BY seq LIMIT ?`);
  }

  /** Keeps an item; false when its id is there already. */
  add(item: OutboxItem): boolean {
    return this.#insert.run(item.destination, item.item_id, item.visitor_id, item.body, item.created_at).changes > 0;
  }

  /** The items that are next for a destination. */
  first(destination: Destination, limit: number): readonly StoredItem[] {
    return this.#first.all(destination, limit).map(itemOf);
  }

  /** Forgets items that have arrived or were refused for good; answers those that were still there. */
  remove(items: readonly StoredItem[]): readonly StoredItem[] {
    return items.filter(({ seq }) => this.#remove.run(seq).changes > 0);
  }

  size(): OutboxSize {
    const row = this.#size.get();
    return { rows: Number(row?.['rows'] ?? 0), bytes: Number(row?.['bytes'] ?? 0) };
  }

  /** When the oldest item came, in ms; undefined when nothing waits. */
  oldest(): number | undefined {
    const oldest = this.#oldest.get()?.['oldest'];
    return typeof oldest === 'number' ? oldest : undefined;
  }

  ofVisitor(visitor_id: string, limit: number): readonly StoredItem[] {
    return this.#ofVisitor.all(visitor_id, limit).map(itemOf);
  }
}
