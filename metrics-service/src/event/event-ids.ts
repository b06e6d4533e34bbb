import type { Database } from '../../../shared/sqlite/database.ts';

/** How many ids one statement takes. */
const IDS_AT_ONCE = 1_000;
const CONSTRAINT = 19;

/** The ids of all events: each is taken once. Works inside the caller's transaction. */
export class EventIds {
  private readonly insert;
  private readonly insertMany;

  constructor(database: Pick<Database, 'prepare'>) {
    this.insert = database.prepare('INSERT INTO event_ids (event_id) VALUES (?) ON CONFLICT DO NOTHING');
    // One statement for all costs half of one for each; where an id is there already it does nothing and says so.
    this.insertMany = database.prepare('INSERT INTO event_ids (event_id) SELECT substr(?, place * 16 + 1, 16) FROM places WHERE place < ?');
  }

  /** Takes an id, 16 bytes where it is a UUID; false if it was taken before. */
  take(id: Uint8Array | string): boolean {
    return this.insert.run(id).changes !== 0;
  }

  /** Takes many UUIDs that lie end to end; false, and none of them is taken, if one was before or is there twice. */
  takeAll(uuids: Uint8Array, count: number): boolean {
    if (count > IDS_AT_ONCE) return false;
    try {
      this.insertMany.run(uuids, count);
      return true;
    } catch (error) {
      if (((error as { readonly errcode?: number }).errcode ?? 0) % 256 !== CONSTRAINT) throw error;
      return false;
    }
  }
}
