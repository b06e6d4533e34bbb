import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Analytics } from '../src/analytics/analytics.ts';
import type { AnalyticsQuery } from '../src/analytics/analytics-query.ts';
import { createStores } from '../src/stores.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';
import { AGENTS, PATHS, VisitHistory } from './support/visit-history.ts';
import { recountFunnel, recountSessions } from './support/visit-recount.ts';
import type { ToldSession } from './support/visit-recount.ts';

const HISTORIES = 20;
const STEPS = 50;
const CHECK_EVERY = 10;
const ZONES = ['UTC', 'Asia/Kolkata', 'Europe/Berlin', 'America/St_Johns'];
const FUNNELS = [['page_view', 'cta_click', 'form_submit'], ['page_view', 'page_view'], ['cta_click:hero', 'click', 'cta_click', 'page_view']];

const distinct = (sessions: readonly ToldSession[]): number => new Set(sessions.map(({ visitor_id }) => visitor_id)).size;
const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const figures = (sessions: readonly ToldSession[]): object => {
  const viewed = sessions.filter(({ views }) => views > 0);
  return { visitors: distinct(sessions), sessions: sessions.length, views: sessions.reduce((sum, { views }) => sum + views, 0), bounce_rate: rate(viewed.filter(({ bounce }) => bounce).length, viewed.length) };
};
const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
};
const device = ({ opening }: ToldSession): string | null => (opening?.user_agent === undefined ? null : opening.user_agent === AGENTS.safari ? 'mobile' : 'desktop');
const source = ({ opening }: ToldSession): string | null =>
  opening?.utm !== undefined ? 'letter' : ({ 'https://www.google.de/': 'google', 'https://news.ycombinator.com/item': 'news.ycombinator.com' }[opening?.referrer ?? ''] ?? null);

const grouped = <Key>(sessions: readonly ToldSession[], keyOf: (session: ToldSession) => Key): readonly object[] =>
  [...Map.groupBy(sessions, keyOf)].map(([name, own]) => ({ name, ...figures(own) }));
const sorted = (shares: readonly object[]): readonly string[] => shares.map((share) => JSON.stringify(share)).sort();

/** Asks everything about some days and compares it with what is counted anew. */
const compare = async (history: VisitHistory, analytics: Analytics, random: Random, told: string): Promise<void> => {
  const timezone = random.pick(ZONES);
  const to = Temporal.Instant.fromEpochMilliseconds(history.now).toZonedDateTimeISO(timezone).toPlainDate();
  const from = to.subtract({ days: random.below(5) });
  const wish: AnalyticsQuery = { ...(random.chance(0.2) ? { device: 'mobile' } : {}), ...(random.chance(0.2) ? { source: 'google' } : {}), ...(random.chance(0.2) ? { path: random.pick(PATHS) } : {}) };
  const query = { from: String(from), to: String(to), timezone, ...wish };
  const passes = (session: ToldSession): boolean =>
    (wish.device === undefined || device(session) === wish.device) &&
    (wish.source === undefined || source(session) === wish.source) &&
    (wish.path === undefined || session.events.some(({ type, context }) => type === 'page_view' && context?.path === wish.path));
  const between = (a: Temporal.PlainDate, b: Temporal.PlainDate): readonly ToldSession[] =>
    recountSessions(history.events).filter((session) => passes(session) && session.start >= a.toZonedDateTime(timezone).epochMilliseconds && session.start < b.toZonedDateTime(timezone).epochMilliseconds);
  const sessions = between(from, to.add({ days: 1 }));
  const viewed = sessions.filter(({ views }) => views > 0);

  const summary = await analytics.summary(query);
  const { visitors, sessions: count, views, bounce_rate, visible_seconds, scroll_share, events } = summary.current;
  assert.deepEqual({ visitors, sessions: count, views, bounce_rate }, figures(sessions), `summary: ${told}`);
  assert.equal(events, sessions.reduce((sum, session) => sum + session.events.length, 0), told);
  assert.equal(visible_seconds.median?.toFixed(3), median(viewed.map(({ visible }) => visible))?.toFixed(3), `median: ${told}`);
  assert.equal(scroll_share[50], rate(viewed.filter(({ scroll }) => scroll >= 50).length, viewed.length), told);
  const days = from.until(to, { largestUnit: 'days' }).days + 1;
  assert.equal(summary.previous.sessions, between(from.subtract({ days }), from).length, `before: ${told}`);

  const { series } = await analytics.series(query, 'day');
  const daily = series.map((_, index) => figures(between(from.add({ days: index }), from.add({ days: index + 1 }))));
  assert.deepEqual(series.map(({ start: _start, local: _local, ...rest }) => rest), daily, `series: ${told}`);
  const hourly = await analytics.series(query, 'hour');
  assert.equal(hourly.series.reduce((sum, bucket) => sum + bucket.sessions, 0), sessions.length, `hours: ${told}`);

  assert.deepEqual(sorted((await analytics.traits(query, 'device')).data), sorted(grouped(sessions, device)), `devices: ${told}`);
  assert.deepEqual(sorted((await analytics.traits(query, 'source')).data), sorted(grouped(sessions, source)), `sources: ${told}`);
  assert.deepEqual(sorted((await analytics.traits(query, 'path')).data), sorted(grouped(sessions, ({ entry }) => entry)), `entries: ${told}`);

  const pages = PATHS.flatMap((path) => {
    const own = sessions.map((session) => [session, session.events.filter(({ type, context }) => type === 'page_view' && context?.path === path).length] as const).filter(([, seen]) => seen > 0);
    return own.length === 0 ? [] : [{ path, views: own.reduce((sum, [, seen]) => sum + seen, 0), visitors: distinct(own.map(([session]) => session)), sessions: own.length }];
  });
  assert.deepEqual(sorted((await analytics.pages(query)).data), sorted(pages), `pages: ${told}`);
  const kinds = Map.groupBy(sessions.flatMap((session) => session.events.map((event) => ({ session, event }))), ({ event }) => JSON.stringify([event.type, event.name ?? null]));
  const shares = [...kinds].map(([kind, own]) => {
    const [event_type, event_name] = JSON.parse(kind) as [string, string | null];
    return { event_type, event_name, events: own.length, visitors: distinct(own.map(({ session }) => session)), sessions: new Set(own.map(({ session }) => session)).size };
  });
  assert.deepEqual(sorted((await analytics.events(query)).data), sorted(shares), `events: ${told}`);

  const steps = random.pick(FUNNELS);
  const within = random.pick([undefined, 5, 60]);
  const funnel = await analytics.funnel(query, { steps, ...(within === undefined ? {} : { within_minutes: within }) });
  const reached = [...Map.groupBy(sessions, ({ visitor_id }) => visitor_id).values()].map((own) => recountFunnel(own.flatMap((session) => session.events), steps, (within ?? Infinity) * 60_000));
  assert.deepEqual(funnel.steps.map((step) => step.visitors), steps.map((_, step) => reached.filter((depth) => depth > step).length), `funnel: ${told}`);
};

test('answers about visits equal a naive recount after any history: late, repeated, imported, erased, undone, restarted, packed', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  for (let index = 0; index < HISTORIES; index += 1) {
    const random = new Random(seed + index);
    const history = new VisitHistory(createStores(openStores().database, ['shop.example']), random);
    for (let step = 1; step <= STEPS; step += 1) {
      await history.step();
      if (step % CHECK_EVERY !== 0) continue;
      const analytics = new Analytics({ stores: history.stores, clock: () => history.now });
      await compare(history, analytics, random, `seed ${seed} history ${index} step ${step}`);
    }
    history.stores.database.close();
  }
});
