import type { SessionFigures } from '../../../shared/contract/analytics.ts';
import type { Column } from '../columns.ts';
import type { FigureColumns } from './session-block.ts';
import { isBounce } from './session.ts';
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

  /** Adds a session of a block and its figures. */
  add(visitor: Column, figures: FigureColumns, row: number): void {
    const views = figures.views[row] as number;
    this.visitors.add(visitor[row] as number);
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
