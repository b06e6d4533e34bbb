import type { StatementSync } from 'node:sqlite';
import { isoTime } from '../../../shared/clock.ts';
import type { Change, ChangedKind } from '../../../shared/contract/change.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { differencesOf, summaryOf } from './difference.ts';

/** One change to be made and remembered: what it is made to, and its definition before and after (null: not there). */
export interface Edit {
  readonly kind: ChangedKind;
  readonly key: string;
  readonly before: object | null;
  readonly after: object | null;
  /** The change that this one takes back. */
  readonly reverts?: number;
}

/** Which changes are wanted; all of them where nothing is said. */
export interface ChangeFilter {
  readonly kind?: ChangedKind | undefined;
  readonly key?: string | undefined;
  /** Changes before this `seq` only. */
  readonly before_seq?: number | undefined;
  readonly limit: number;
}

interface Row {
  readonly seq: number;
  readonly changed_at: number;
  readonly actor: string;
  readonly kind: ChangedKind;
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly reverts: number | null;
}

type Definition = Readonly<Record<string, unknown>>;

/** Keeps every change for ever: the table refuses updates and deletions by itself. */
export class ChangeStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #select_one: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO changes (changed_at, actor, kind, key, before, after, reverts) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#select = database.prepare('SELECT * FROM changes WHERE seq < ? AND (? IS NULL OR kind = ?) AND (? IS NULL OR key = ?) ORDER BY seq DESC LIMIT ?');
    this.#select_one = database.prepare('SELECT * FROM changes WHERE seq = ?');
  }

  /** Adds one, in the caller's transaction. */
  append(edit: Edit, actor: string, at: number): void {
    const text = (definition: object | null): string | null => (definition === null ? null : JSON.stringify(definition));
    this.#insert.run(at, actor, edit.kind, edit.key, text(edit.before), text(edit.after), edit.reverts ?? null);
  }

  /** The newest ones that fit, newest first. */
  list(filter: ChangeFilter): readonly Change[] {
    const { kind = null, key = null, before_seq = Number.MAX_SAFE_INTEGER, limit } = filter;
    return (this.#select.all(before_seq, kind, kind, key, key, limit) as unknown as Row[]).map(changeOf);
  }

  /** One of them, or undefined. */
  find(seq: number): Change | undefined {
    const row = this.#select_one.get(seq) as Row | undefined;
    return row === undefined ? undefined : changeOf(row);
  }
}

const changeOf = (row: Row): Change => {
  const before = row.before === null ? null : (JSON.parse(row.before) as Definition);
  const after = row.after === null ? null : (JSON.parse(row.after) as Definition);
  const differences = differencesOf(before, after);
  return {
    seq: row.seq,
    changed_at: isoTime(row.changed_at),
    actor: row.actor,
    kind: row.kind,
    key: row.key,
    action: before === null ? 'created' : after === null ? 'deleted' : 'updated',
    before,
    after,
    differences,
    summary: summaryOf(before, after, differences),
    reverts: row.reverts,
  };
};
