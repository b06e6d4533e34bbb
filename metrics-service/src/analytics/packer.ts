import type { BlockStore } from './block-store.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** How many sessions a block has; more only where they all begin in the same millisecond. */
export const BLOCK_SESSIONS = 4_096;
/** How many sessions may follow the last block before some are packed though they may still change. */
const LOOSE_MAX = BLOCK_SESSIONS * 2;
/** Sessions that began so long ago rarely change any more (milliseconds). */
const SETTLED_MS = 3_600_000;

/** Packs sessions into blocks, one block a step, inside the caller's transaction; all changed sessions must have been written. */
export class Packer {
  private readonly sessions: SessionStore;
  private readonly blocks: BlockStore;

  constructor(sessions: SessionStore, blocks: BlockStore) {
    this.sessions = sessions;
    this.blocks = blocks;
  }

  /** Packs the next block that is worth it: one that changed, or else the sessions after the last; answers whether there was one. */
  step(now: number): boolean {
    const stale = this.blocks.findStale();
    if (stale !== undefined) {
      this.pack(stale.begins, stale.ends, this.read(stale.begins, stale.ends, BLOCK_SESSIONS + 1));
      return true;
    }
    const begins = this.blocks.packedUntil();
    const ends = this.sessions.startAt(begins, BLOCK_SESSIONS);
    if (ends === undefined || (ends > now - SETTLED_MS && this.sessions.startAt(begins, LOOSE_MAX) === undefined)) return false;
    this.pack(begins, ends, this.read(begins, Number.MAX_SAFE_INTEGER, BLOCK_SESSIONS + 1));
    return true;
  }

  private read(from: number, to: number, limit: number): readonly Session[] {
    return this.sessions.page({ start: from, visitor: -1 }, to, limit, true);
  }

  /** Packs the first of the sessions found; a block ends where the first session that it has no room for begins. */
  private pack(begins: number, ends: number, found: readonly Session[]): void {
    const next = found[BLOCK_SESSIONS];
    if (next === undefined) this.blocks.put(begins, ends, found, ends);
    else if (next.start > (found[0] as Session).start) this.blocks.put(begins, next.start, found.filter(({ start }) => start < next.start), ends);
    else this.blocks.put(begins, next.start + 1, this.read(begins, next.start + 1, Number.MAX_SAFE_INTEGER), Math.max(ends, next.start + 1));
  }
}
