import type { BlockStore } from './block-store.ts';
import { FAMILIES, packFamily } from './session-block.ts';
import type { Family } from './session-block.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** How many sessions a block has; more only where they all begin in the same millisecond. */
export const BLOCK_SESSIONS = 4_096;
/** How many sessions may follow the last block before some are packed though they may still change. */
const LOOSE_MAX = BLOCK_SESSIONS * 2;
/** Sessions that began so long ago rarely change any more (milliseconds). */
const SETTLED_MS = 3_600_000;
/** How many sessions a step reads. */
const SESSIONS_AT_ONCE = 512;

/** A block with what is to be written of it. */
interface PackedBlock {
  readonly begins: number;
  readonly ends: number;
  /** Until when sessions lie that it has no room for. */
  readonly rest_ends: number;
  readonly parts: ReadonlyMap<Family, Uint8Array>;
}

/**
 * Packs sessions into blocks, inside the caller's transaction and in steps of a few milliseconds, each in a transaction of its own; all changed sessions
 * must have been written. A block whose sessions changed between two of its steps is packed anew in one.
 */
export class Packer {
  private readonly sessions: SessionStore;
  private readonly blocks: BlockStore;
  private going: Generator<void> | undefined;

  constructor(sessions: SessionStore, blocks: BlockStore) {
    this.sessions = sessions;
    this.blocks = blocks;
  }

  /** Goes on with the next block that is worth it: one that changed, or else the sessions after the last; answers whether there was one. */
  step(now: number): boolean {
    this.going ??= this.begin(now);
    if (this.going === undefined) return false;
    if (this.going.next().done === true) this.going = undefined;
    return true;
  }

  private begin(now: number): Generator<void> | undefined {
    const stale = this.blocks.findStale();
    if (stale !== undefined) return this.packInSteps(stale.begins, stale.ends);
    const begins = this.blocks.packedUntil();
    const ends = this.sessions.startAt(begins, BLOCK_SESSIONS);
    if (ends === undefined || (ends > now - SETTLED_MS && this.sessions.startAt(begins, LOOSE_MAX) === undefined)) return undefined;
    return this.packInSteps(begins, Math.max(ends, (this.sessions.startAt(begins, 0) as number) + 1));
  }

  private *packInSteps(begins: number, ends: number): Generator<void> {
    const watch = this.blocks.watch(begins, ends);
    const packed = yield* this.packed(begins, ends);
    this.write(watch.changed ? endOf(this.packed(begins, ends)) : packed);
  }

  /** Packs the first sessions of a stretch of time; a block ends where the first session that it has no room for begins. */
  private *packed(begins: number, ends: number): Generator<void, PackedBlock> {
    const found: Session[] = [];
    for (let last = { start: begins, visitor: -1 }, more = true; more; yield) {
      const page = this.sessions.page(last, ends, Math.min(SESSIONS_AT_ONCE, BLOCK_SESSIONS + 1 - found.length), true);
      found.push(...page);
      more = page.length === SESSIONS_AT_ONCE && found.length <= BLOCK_SESSIONS;
      last = page.at(-1) ?? last;
    }
    const { block_ends, sessions } = this.cut(found, begins, ends);
    const parts = new Map<Family, Uint8Array>();
    for (const family of FAMILIES) {
      parts.set(family, packFamily(family, sessions));
      yield;
    }
    return { begins, ends: block_ends, rest_ends: ends, parts };
  }

  private cut(found: readonly Session[], begins: number, ends: number): { readonly block_ends: number; readonly sessions: readonly Session[] } {
    const [first, next] = [found[0], found[BLOCK_SESSIONS]];
    if (first === undefined || next === undefined) return { block_ends: ends, sessions: found };
    if (next.start > first.start) return { block_ends: next.start, sessions: found.filter(({ start }) => start < next.start) };
    const block_ends = next.start + 1;
    return { block_ends, sessions: this.sessions.page({ start: begins, visitor: -1 }, block_ends, Number.MAX_SAFE_INTEGER, true) };
  }

  private write({ begins, ends, rest_ends, parts }: PackedBlock): void {
    this.blocks.put(begins, ends, parts);
    if (rest_ends > ends) this.blocks.putStale(ends, rest_ends);
  }
}

/** Takes all steps at once. */
const endOf = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
};
