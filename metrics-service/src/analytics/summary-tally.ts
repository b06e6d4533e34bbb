import type { SummaryFigures } from '../../../shared/contract/analytics.ts';
import type { Column } from '../columns.ts';
import type { FigureColumns } from './session-block.ts';
import { SessionTally, shareOf } from './session-tally.ts';

/** Visible times up to an hour are counted by tenths of a second, longer ones kept one by one. */
const COUNTED_TENTHS_MAX = 36_000;
const DEPTHS = [25, 50, 75, 100] as const;

/** Adds up the figures of a whole period. */
export class SummaryTally {
  private readonly tally = new SessionTally();
  private readonly by_visible = new Uint32Array(COUNTED_TENTHS_MAX + 1);
  private readonly longer: number[] = [];
  private readonly reached = [0, 0, 0, 0];
  private events = 0;
  private visible = 0;

  add(visitor: Column, figures: FigureColumns, row: number): void {
    this.tally.add(visitor, figures, row);
    this.events += figures.events[row] as number;
    if (figures.views[row] === 0) return;
    const visible = figures.visible[row] as number;
    this.visible += visible;
    if (visible <= COUNTED_TENTHS_MAX) this.by_visible[visible] = (this.by_visible[visible] as number) + 1;
    else this.longer.push(visible);
    const scroll = figures.scroll[row] as number;
    for (let depth = 0; depth < DEPTHS.length && scroll >= (DEPTHS[depth] as number); depth += 1) this.reached[depth] = (this.reached[depth] as number) + 1;
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
    const [quarter, half, most, all] = this.reached.map((sessions) => shareOf(sessions, viewed)) as [number | null, number | null, number | null, number | null];
    return {
      ...figures,
      events: this.events,
      engagement_rate: shareOf(viewed - bounces, viewed),
      views_per_session: shareOf(figures.views, viewed),
      visible_seconds: { mean: shareOf(this.visible / 10, viewed), median },
      scroll_share: { 25: quarter, 50: half, 75: most, 100: all },
    };
  }
}
