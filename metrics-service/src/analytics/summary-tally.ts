import type { SummaryFigures } from '../../../shared/contract/analytics.ts';
import type { SessionBlock } from './session-block.ts';
import { SessionTally, shareOf } from './session-tally.ts';

/** Visible times up to an hour are counted by tenths of a second, longer ones kept one by one. */
const COUNTED_TENTHS_MAX = 36_000;
/** The deepest that anybody scrolls (percent). */
const SCROLL_MAX = 100;

/** Adds up the figures of a whole period. */
export class SummaryTally {
  private readonly tally = new SessionTally();
  private readonly by_visible = new Uint32Array(COUNTED_TENTHS_MAX + 1);
  private readonly longer: number[] = [];
  private readonly by_scroll = new Uint32Array(SCROLL_MAX + 1);
  private events = 0;
  private visible = 0;

  /** Adds sessions of a block, whose figures must be there. */
  addAll(block: SessionBlock, rows: Uint32Array): void {
    const { figures } = block;
    if (figures === undefined) return;
    this.tally.addAll(block, rows, 0, rows.length);
    const { by_visible, by_scroll, longer } = this;
    let { events, visible } = this;
    for (const row of rows) {
      events += figures.events[row] as number;
      const viewed = Number(figures.views[row] !== 0);
      const tenths = (figures.visible[row] as number) * viewed;
      visible += tenths;
      if (tenths <= COUNTED_TENTHS_MAX) by_visible[tenths] = (by_visible[tenths] as number) + viewed;
      else longer.push(tenths);
      const scroll = figures.scroll[row] as number;
      by_scroll[scroll] = (by_scroll[scroll] as number) + viewed;
    }
    this.events = events;
    this.visible = visible;
  }

  /** The tenths of a second at a place of all visible times in order. */
  private at(place: number): number {
    let before = 0;
    for (let tenths = 0; tenths <= COUNTED_TENTHS_MAX; tenths += 1) {
      before += this.by_visible[tenths] as number;
      if (before > place) return tenths;
    }
    return this.longer.sort((a, b) => a - b)[place - before] as number;
  }

  figures(): SummaryFigures {
    const { viewed, bounces } = this.tally;
    const figures = this.tally.figures();
    const median = viewed === 0 ? null : (this.at((viewed - 1) >> 1) + this.at(viewed >> 1)) / 20;
    const reached = (depth: number): number | null => shareOf(this.by_scroll.subarray(depth).reduce((sum, sessions) => sum + sessions, 0), viewed);
    return {
      ...figures,
      events: this.events,
      engagement_rate: shareOf(viewed - bounces, viewed),
      views_per_session: shareOf(figures.views, viewed),
      visible_seconds: { mean: shareOf(this.visible / 10, viewed), median },
      scroll_share: { 25: reached(25), 50: reached(50), 75: reached(75), 100: reached(100) },
    };
  }
}
