import type { BlockStore, Block } from './block-store.ts';
import { BLOCK_SESSIONS } from './packer.ts';
import { BlockOpener, packFamily } from './session-block.ts';
import type { Family, SessionBlock } from './session-block.ts';
import type { SessionFilter } from './session-filter.ts';
import type { SessionStore } from './session-store.ts';

/** How long reading may keep the event loop from others at a time (milliseconds). */
const TURN_MS = 8;

/** Families that are made of the trails. */
const OF_TRAILS: readonly Family[] = ['metrics', 'pages', 'trails', 'times'];

/** A stretch of time: from a moment on, and before another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Hands over sessions of a block: those at `rows`, in order of their start. Both are good until the visit ends. */
export type VisitSessions = (block: SessionBlock, rows: Uint32Array) => void;

/** Reads sessions in order of their start: packed ones from blocks, changed and new ones from their rows. */
export class SessionReader {
  private readonly sessions: SessionStore;
  private readonly blocks: BlockStore;
  private readonly opener = new BlockOpener();

  constructor(sessions: SessionStore, blocks: BlockStore) {
    this.sessions = sessions;
    this.blocks = blocks;
  }

  /** Visits all sessions that begin in a stretch of time and pass the filter; lets others have the event loop in between. */
  async read(stretch: Stretch, filter: SessionFilter, families: readonly Exclude<Family, 'visitors'>[], visit: VisitSessions): Promise<void> {
    const all = [...new Set<Family>(['visitors', ...families, ...filter.families])];
    let deadline = performance.now() + TURN_MS;
    for (const block of this.blocksOf(stretch, all)) {
      const rows = filter.rowsOf(block, stretch.from, stretch.to);
      if (rows.length > 0) visit(block, rows);
      if (performance.now() < deadline) continue;
      await new Promise(setImmediate);
      deadline = performance.now() + TURN_MS;
    }
  }

  private *blocksOf({ from, to }: Stretch, families: readonly Family[]): Generator<SessionBlock> {
    let done = from;
    for (const block of this.blocks.between(from, to)) {
      // Of a block that lies within, nobody need know when its sessions began.
      const is_within = block.begins >= from && block.ends <= to;
      const packed = this.packed(block, is_within ? families : [...new Set<Family>([...families, 'starts'])]);
      if (packed !== undefined) yield packed;
      else yield* this.unpacked(Math.max(from, block.begins), Math.min(to, block.ends), families);
      done = Math.max(done, block.ends);
    }
    if (done < to) yield* this.unpacked(done, to, families);
  }

  private packed(block: Block, families: readonly Family[]): SessionBlock | undefined {
    const parts = block.stale ? undefined : this.blocks.parts(block, families);
    return parts === undefined ? undefined : this.opener.open(parts);
  }

  private *unpacked(from: number, to: number, families: readonly Family[]): Generator<SessionBlock> {
    const with_trails = families.some((family) => OF_TRAILS.includes(family));
    let after = { start: from, visitor: -1 };
    for (;;) {
      const sessions = this.sessions.page(after, to, BLOCK_SESSIONS, with_trails);
      const last = sessions.at(-1);
      if (last === undefined) return;
      yield this.opener.open(new Map(families.map((family) => [family, packFamily(family, sessions)])));
      if (sessions.length < BLOCK_SESSIONS) return;
      after = { start: last.start, visitor: last.visitor };
    }
  }
}
