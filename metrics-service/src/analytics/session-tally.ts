import type { SessionFigures } from '../../../shared/contract/analytics.ts';
import type { SessionBlock } from './session-block.ts';
import { isBounce } from './session.ts';
import { VisitorSet } from './visitor-set.ts';

/** A share of a whole; null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Adds up the figures that every list of sessions shows. */
export class SessionTally {
  readonly visitors: VisitorSet = new VisitorSet();
  sessions = 0;
  views = 0;
  /** Sessions with a view. */
  viewed = 0;
  bounces = 0;

  add({ figures }: SessionBlock, row: number): void {
    const views = figures.views[row] as number;
    this.visitors.add(figures.visitor[row] as number);
    this.sessions += 1;
    this.views += views;
    if (views === 0) return;
    this.viewed += 1;
    if (isBounce(views, figures.engaged[row] === 1, figures.visible[row] as number)) this.bounces += 1;
  }

  figures(): SessionFigures {
    return { visitors: this.visitors.size, sessions: this.sessions, views: this.views, bounce_rate: shareOf(this.bounces, this.viewed) };
  }
}
