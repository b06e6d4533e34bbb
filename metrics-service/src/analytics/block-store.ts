import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';
import { FAMILIES } from './session-block.ts';
import type { Family } from './session-block.ts';

/** A stretch of time whose sessions are (or, where stale, are to be) packed: blocks lie end to end from 0 on. */
export interface Block {
  readonly begins: number;
  readonly ends: number;
  /** True if sessions changed since they were packed. */
  readonly stale: boolean;
}

/** A stretch of time that is being packed, and whether sessions in it changed meanwhile. */
export interface Watch {
  readonly from: number;
  readonly to: number;
  changed: boolean;
}

const toBlock = (row: Record<string, unknown>): Block => ({ begins: row['begins'] as number, ends: row['ends'] as number, stale: row['stale'] === 1 });

/** Sessions packed column by column, a few thousand to a block: what analytics read instead of rows. Made from the sessions, and never more than a shadow of them. */
export class BlockStore {
  private readonly database: Database;
  private readonly selectHolding;
  private readonly selectBetween;
  private readonly selectStale;
  private readonly selectLast;
  private readonly selectCount;
  private readonly markStale;
  private readonly write;
  private readonly writePart;
  private readonly selectParts = new Map<number, StatementSync>();
  private packed_until: number | undefined;
  private changed: Block | undefined;
  private watched: Watch | undefined;

  constructor(database: Database) {
    this.database = database;
    this.selectHolding = database.prepare('SELECT begins, ends, stale FROM session_blocks WHERE begins <= ? ORDER BY begins DESC LIMIT 1');
    this.selectBetween = database.prepare('SELECT begins, ends, stale FROM session_blocks WHERE begins >= (SELECT coalesce(max(begins), 0) FROM session_blocks WHERE begins <= ?) AND begins < ? ORDER BY begins');
    this.selectStale = database.prepare('SELECT begins, ends, stale FROM session_blocks WHERE stale = 1 ORDER BY begins LIMIT 1');
    this.selectLast = database.prepare('SELECT ends FROM session_blocks ORDER BY begins DESC LIMIT 1');
    this.selectCount = database.prepare('SELECT count(*) AS blocks FROM session_blocks WHERE stale = 0');
    this.markStale = database.prepare('UPDATE session_blocks SET stale = 1 WHERE begins = ?');
    this.write = database.prepare('INSERT INTO session_blocks (begins, ends, stale) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ends = excluded.ends, stale = excluded.stale');
    this.writePart = database.prepare('INSERT INTO session_columns (family, begins, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data');
  }

  /** Until when sessions are in blocks; those that begin later are in none. */
  packedUntil(): number {
    return (this.packed_until ??= (this.selectLast.get()?.['ends'] as number | undefined) ?? 0);
  }

  /** Looks from now on whether sessions of a stretch of time change; one stretch at a time. */
  watch(from: number, to: number): Watch {
    return (this.watched = { from, to, changed: false });
  }

  /** Says that a session that begins (or began) at a moment changed, in the same transaction. */
  change(start: number): void {
    const { watched } = this;
    if (watched !== undefined && start >= watched.from && start < watched.to) watched.changed = true;
    if (start >= this.packedUntil() || (this.changed !== undefined && start >= this.changed.begins && start < this.changed.ends)) return;
    const block = toBlock(this.selectHolding.get(start) as Record<string, unknown>);
    if (!block.stale) this.markStale.run(block.begins);
    this.changed = block;
  }

  /** Finds the blocks that touch a stretch of time, in order. */
  between(from: number, to: number): readonly Block[] {
    return this.selectBetween.all(from, to).map(toBlock);
  }

  /** Finds the earliest block whose sessions changed. */
  findStale(): Block | undefined {
    const row = this.selectStale.get();
    return row === undefined ? undefined : toBlock(row);
  }

  /** How many blocks are as their sessions are. */
  count(): number {
    return this.selectCount.get()?.['blocks'] as number;
  }

  /** Reads families of a block, if it still is as the caller knows it. */
  parts(block: Block, families: readonly Family[]): ReadonlyMap<Family, Uint8Array> | undefined {
    const rows = this.partsOf(families.length).all(block.begins, block.ends, ...families.map((family) => FAMILIES.indexOf(family)));
    if (rows.length < families.length) return undefined;
    return new Map((rows as unknown as readonly (readonly [number: number, data: Uint8Array])[]).map(([number, data]) => [FAMILIES[number] as Family, data]));
  }

  /** One statement for all parts, which are of one moment then. */
  private partsOf(count: number): StatementSync {
    const known = this.selectParts.get(count);
    if (known !== undefined) return known;
    const statement = this.database.prepare(
      `SELECT family, data FROM session_columns WHERE begins = ?1 AND family IN (${Array.from({ length: count }, (_, place) => `?${place + 3}`).join(', ')}) AND EXISTS (SELECT 1 FROM session_blocks WHERE begins = ?1 AND ends = ?2 AND stale = 0)`,
    );
    statement.setReturnArrays(true);
    this.selectParts.set(count, statement);
    return statement;
  }

  /** Writes a block of all sessions of a stretch of time. */
  put(begins: number, ends: number, parts: ReadonlyMap<Family, Uint8Array>): void {
    this.write.run(begins, ends, 0);
    for (const [number, family] of FAMILIES.entries()) this.writePart.run(number, begins, parts.get(family) as Uint8Array);
    this.forget();
  }

  /** Says that a stretch of time is still to be packed. */
  putStale(begins: number, ends: number): void {
    this.write.run(begins, ends, 1);
    this.forget();
  }

  /** Forgets what a rolled-back transaction may have taught. */
  forget(): void {
    this.packed_until = undefined;
    this.changed = undefined;
    if (this.watched !== undefined) this.watched.changed = true;
  }
}
