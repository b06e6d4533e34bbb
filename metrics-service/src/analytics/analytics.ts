import type { AnalyticsBucket, EventShare, FunnelAnswer, FunnelStep, PageShare, SeriesAnswer, SessionShare, ShareListAnswer, SummaryAnswer } from '../../../shared/contract/analytics.ts';
import { isoTime } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import { invalid, Problem } from '../../../shared/problem.ts';
import { PAGE_DEFAULT } from '../../../shared/page-cursor.ts';
import { HOMEPAGE } from '../event/recordable-event.ts';
import { localTime, SERIES_MAX, stretches } from '../result/calendar.ts';
import type { AppStores } from '../stores.ts';
import { askedPeriod } from './analytics-query.ts';
import type { AnalyticsQuery, AskedPeriod } from './analytics-query.ts';
import { ByNumber } from './by-number.ts';
import { FunnelCount } from './funnel-count.ts';
import { eventShares, pageShares } from './list-counts.ts';
import { placeFrom, readSource, SessionFilter } from './session-filter.ts';
import { SessionReader } from './session-reader.ts';
import type { TimeColumn } from './session-block.ts';
import { SessionTally, shareOf } from './session-tally.ts';
import { sharePage } from './share-list.ts';
import { SummaryTally } from './summary-tally.ts';
import { VariantOfVisitor } from './variant-of-visitor.ts';

/** What sessions can be listed by. */
export type SessionTrait = 'channel' | 'source' | 'medium' | 'campaign' | 'device' | 'browser' | 'language' | 'path';

/** Where a page of a list begins and ends. */
export interface ListWish {
  readonly limit?: number;
  readonly cursor?: string;
}

/** What a funnel consists of. */
export interface FunnelWish {
  readonly steps: readonly string[];
  readonly within_minutes?: number;
  readonly by_variant_of?: string;
}

/** What analytics are read from. */
export interface AnalyticsNeeds {
  readonly stores: Pick<AppStores, 'assignments' | 'blocks' | 'experiments' | 'recording' | 'sessions' | 'words'>;
  readonly clock: Clock;
}

const SUMMED = ['visitors', 'sessions', 'views', 'events'] as const;

/** Answers questions about visits from the sessions; each answer knows every event that was acknowledged before it was asked. */
export class Analytics {
  private readonly needs: AnalyticsNeeds;
  private readonly reader: SessionReader;
  private readonly variants: VariantOfVisitor;

  constructor(needs: AnalyticsNeeds) {
    const { sessions, blocks, assignments } = needs.stores;
    this.needs = needs;
    this.reader = new SessionReader(sessions, blocks);
    this.variants = new VariantOfVisitor(assignments);
  }

  async summary(query: AnalyticsQuery): Promise<SummaryAnswer> {
    const { period, filter } = await this.prepare(query);
    const [now, before] = [new SummaryTally(), new SummaryTally()];
    for (const [stretch, tally] of [[period.stretch, now], [period.previous.stretch, before]] as const) {
      await this.reader.read(stretch, filter, ['figures'], (block, rows) => tally.addAll(block, rows));
    }
    const [current, previous] = [now.figures(), before.figures()];
    const change = Object.fromEntries(SUMMED.map((name) => [name, shareOf(current[name] - previous[name], previous[name])])) as SummaryAnswer['change'];
    return { ...shown(period), current, previous: { from: period.previous.from, to: period.previous.to, ...previous }, change };
  }

  async series(query: AnalyticsQuery, interval: SeriesAnswer['interval']): Promise<SeriesAnswer> {
    const { period, filter } = await this.prepare(query);
    const { stretch, timezone } = period;
    const starts = stretches(stretch.from, stretch.to, interval, timezone);
    if (starts === undefined) throw invalid([{ field: 'interval', message: `is too fine for these days: at most ${SERIES_MAX} stretches` }]);
    const tallies = starts.map(() => new SessionTally());
    let place = 0;
    await this.reader.read(stretch, filter, ['starts', 'figures'], (block, rows) => {
      const { base, after } = block.starts as TimeColumn;
      for (let begin = 0; begin < rows.length; ) {
        const begun = base + (after[rows[begin] as number] as number);
        while (place + 1 < starts.length && begun >= (starts[place + 1] as number)) place += 1;
        const end = placeFrom(starts[place + 1] ?? Infinity, { base, after }, rows);
        (tallies[place] as SessionTally).addAll(block, rows, begin, end);
        begin = end;
      }
    });
    const series = starts.map((start, index): AnalyticsBucket => ({ start: isoTime(start), local: localTime(start, timezone), ...(tallies[index] as SessionTally).figures() }));
    return { ...shown(period), interval, series };
  }

  /** Lists sessions by one of their traits. */
  async traits(query: AnalyticsQuery & ListWish, trait: SessionTrait): Promise<ShareListAnswer<SessionShare>> {
    const { period, filter } = await this.prepare(query);
    const by_id = new ByNumber<SessionTally>();
    const by_name = new Map<string | null, SessionTally>();
    const tallyOf = (id: number): SessionTally => {
      // Many sources share a channel: numbers lead to names, and names to figures.
      const name = this.nameOf(trait, id);
      const tally = by_name.get(name) ?? new SessionTally();
      by_name.set(name, tally);
      return by_id.add(id, tally);
    };
    const column = trait === 'channel' || trait === 'medium' || trait === 'campaign' ? 'source' : trait;
    await this.reader.read(period.stretch, filter, ['figures', column], (block, rows) => {
      const { visitor, figures, [column]: ids } = block;
      if (figures === undefined || ids === undefined) return;
      const { views, engaged, visible } = figures;
      for (let at = 0; at < rows.length; at += 1) {
        const row = rows[at] as number;
        const id = ids[row] as number;
        (by_id.find(id) ?? tallyOf(id)).add(visitor[row] as number, views[row] as number, engaged[row] as number, visible[row] as number);
      }
    });
    const shares = [...by_name].map(([name, tally]): SessionShare => ({ name, ...tally.figures() }));
    return { ...shown(period), ...sharePage(shares, ({ visitors }) => visitors, ({ name }) => name ?? '', query.limit ?? PAGE_DEFAULT, query.cursor) };
  }

  async pages(query: AnalyticsQuery & ListWish): Promise<ShareListAnswer<PageShare>> {
    const { period, filter } = await this.prepare(query);
    const shares = await pageShares(this.reader, period.stretch, filter, (id) => this.needs.stores.words.wordOf(id));
    return { ...shown(period), ...sharePage(shares, ({ views }) => views, ({ path }) => path, query.limit ?? PAGE_DEFAULT, query.cursor) };
  }

  async events(query: AnalyticsQuery & ListWish): Promise<ShareListAnswer<EventShare>> {
    const { period, filter } = await this.prepare(query);
    const shares = await eventShares(this.reader, period.stretch, filter, (id) => this.needs.stores.words.wordOf(id));
    const nameOf = ({ event_type, event_name }: EventShare): string => JSON.stringify([event_type, event_name]);
    return { ...shown(period), ...sharePage(shares, ({ events }) => events, nameOf, query.limit ?? PAGE_DEFAULT, query.cursor) };
  }

  async funnel(query: AnalyticsQuery, wish: FunnelWish): Promise<FunnelAnswer> {
    const { period, filter } = await this.prepare(query);
    const { words } = this.needs.stores;
    const steps = wish.steps.map((step) => words.find(step) ?? -1);
    const count = new FunnelCount(steps, wish.within_minutes === undefined ? Infinity : wish.within_minutes * 60_000, this.needs.stores.sessions.maxVisitor());
    await this.reader.read(period.stretch, filter, count.families, (block, rows) => count.add(block, rows));
    const answer = { ...shown(period), steps: stepsOf(wish.steps, count.visitors()) };
    return wish.by_variant_of === undefined ? answer : { ...answer, variants: await this.byVariant(wish.steps, count, wish.by_variant_of) };
  }

  private async byVariant(steps: readonly string[], count: FunnelCount, experiment: string): Promise<NonNullable<FunnelAnswer['variants']>> {
    const { experiments, words } = this.needs.stores;
    const known = experiments.findName(experiment);
    if (known === undefined) return [];
    const { places, variants } = await this.variants.of(known.experiment);
    const counts = count.visitorsBy(places);
    const shares = variants.flatMap((variant, place) => {
      const visitors = counts[place] ?? [];
      return variant === undefined || visitors[0] === 0 ? [] : [{ variant_name: words.wordOf(variant), steps: stepsOf(steps, visitors) }];
    });
    return shares.sort((a, b) => (a.variant_name < b.variant_name ? -1 : 1));
  }

  private async prepare(query: AnalyticsQuery): Promise<{ readonly period: AskedPeriod; readonly filter: SessionFilter }> {
    const { stores, clock } = this.needs;
    const period = askedPeriod(query, clock());
    // A full disk keeps nobody from reading: the answer is of the sessions that could be written.
    await stores.recording.settleSessions().catch(unlessFull);
    const takes = await this.takes(query);
    return { period, filter: new SessionFilter(stores.words, query, takes) };
  }

  /** Whose sessions are looked at; undefined for everybody's. */
  private async takes({ experiment, variant }: AnalyticsQuery): Promise<((visitor: number) => boolean) | undefined> {
    if (experiment === undefined && variant === undefined) return undefined;
    const { experiments, words } = this.needs.stores;
    const known = experiments.findName(experiment ?? HOMEPAGE);
    const wanted = variant === undefined ? undefined : words.find(variant);
    if (known === undefined || (variant !== undefined && wanted === undefined)) return () => false;
    const { places, variants } = await this.variants.of(known.experiment);
    if (wanted === undefined) return (visitor) => (places[visitor] ?? 0) !== 0;
    const place = variants.indexOf(wanted);
    return (visitor) => places[visitor] === place;
  }

  private nameOf(trait: SessionTrait, id: number): string | null {
    const { words } = this.needs.stores;
    if (id === 0) return null;
    return trait === 'channel' || trait === 'source' || trait === 'medium' || trait === 'campaign' ? (readSource(words, id)?.[trait] ?? null) : words.wordOf(id);
  }
}

const unlessFull = (error: unknown): void => {
  if (!(error instanceof Problem && error.kind === 'disk_full')) throw error;
};

const shown = ({ from, to, timezone }: AskedPeriod): { readonly from: string; readonly to: string; readonly timezone: string } => ({ from, to, timezone });

const stepsOf = (metrics: readonly string[], visitors: readonly number[]): readonly FunnelStep[] =>
  metrics.map((metric, step) => {
    const [own, first, before] = [visitors[step] ?? 0, visitors[0] ?? 0, visitors[step - 1]];
    return { metric, visitors: own, share: shareOf(own, first), drop: before === undefined ? null : shareOf(before - own, before) };
  });
