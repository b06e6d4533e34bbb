import type { SessionFigures } from '../../../shared/contract/analytics.ts';
import { bounceOf } from './session.ts';
import type { SessionBlock } from './session-block.ts';
import { VisitorCount } from './visitor-count.ts';

/** A share of a whole; null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Adds up the figures that every list of sessions shows. */
export class SessionTally {
  readonly visitors: VisitorCount = new VisitorCount();
  sessions = 0;
  views = 0;
  /** Sessions with a view. */
  viewed = 0;
  bounces = 0;

  /** Adds a session. */
  add(visitor: number, views: number, engaged: number, visible: number): void {
    this.visitors.add(visitor);
    this.sessions += 1;
    this.views += views;
    this.viewed += Number(views !== 0);
    this.bounces += bounceOf(views, engaged, visible);
  }

  /** Adds the sessions of a block that `rows` has from one place to before another; the block's figures must be there. */
  addAll({ visitor, figures }: SessionBlock, rows: Uint32Array, begin: number, end: number): void {
    if (figures === undefined) return;
    const { views, engaged, visible } = figures;
    let [viewed, bounces, all_views] = [0, 0, 0];
    for (let at = begin; at < end; at += 1) {
      const row = rows[at] as number;
      const own = views[row] as number;
      all_views += own;
      viewed += Number(own !== 0);
      bounces += bounceOf(own, engaged[row] as number, visible[row] as number);
    }
    this.visitors.addAll(visitor, rows, begin, end);
    this.sessions += end - begin;
    this.views += all_views;
    this.viewed += viewed;
    this.bounces += bounces;
  }

  figures(): SessionFigures {
    return { visitors: this.visitors.size, sessions: this.sessions, views: this.views, bounce_rate: shareOf(this.bounces, this.viewed) };
  }
}
