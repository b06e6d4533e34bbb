import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../metrics-service/test/support/random.ts';
import { until } from '../tools/until.ts';
import { Acknowledged, visit, writeDirectly } from './support/persistent-writer.ts';
import { startSystem } from './support/system.ts';

const WRITERS = 8;
/** How often each of the three services is killed, unless that takes longer than the time below. Then writing goes on until there is enough to look at. */
const KILLS_EACH = Number(process.env['KILLS'] ?? 4);
const CHAOS_MS_MAX = 20_000;
/** The longest that a service lives between two kills (milliseconds). */
const LIFE_MS_MAX = 1_200;
const EVENTS_MIN = 100;
const VISITORS_MIN = 30;
const SETTLE_MS_MAX = 30_000;
const KILLED = ['ab', 'metrics', 'landing'] as const;

test('nothing that was answered is lost, doubled or changed while all services are killed at random', { timeout: 300_000 }, async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const random = new Random(seed);
  const hint = `SEED=${seed}`;
  await using system = await startSystem({ services: [...KILLED], env: { RATE_LIMIT: 'off', BOT_FILTER: 'off' } });
  const ask = async (url: string): Promise<any> => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${system.api_token}` } });
    assert.equal(answer.status, 200, url);
    return answer.json();
  };
  const acknowledged = new Acknowledged();
  let chaos = true;
  let kills = 0;

  const kill = async (service: (typeof KILLED)[number]): Promise<void> => {
    const end = performance.now() + CHAOS_MS_MAX;
    for (let round = 0; chaos && round < KILLS_EACH && performance.now() < end; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, random.below(LIFE_MS_MAX)));
      await system[service].stop('SIGKILL');
      kills += 1;
      await system[service].start();
    }
  };
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; chaos; index += 1) await (writer % 2 === 0 ? visit(system, acknowledged) : writeDirectly(system, acknowledged, `direct-${writer}-${index}`));
  };
  const finish = (): void => {
    chaos = false;
  };
  // The last kill ends the writers, and a writer that fails ends the kills.
  const killing = Promise.all(KILLED.map(kill))
    .then(() => until('enough to be written', () => !chaos || (acknowledged.events.size >= EVENTS_MIN && acknowledged.variants.size >= VISITORS_MIN && acknowledged.headlines.size >= VISITORS_MIN), SETTLE_MS_MAX))
    .finally(finish);
  killing.catch(() => (acknowledged.is_hopeless = true));
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer).finally(finish)));
  for (const end of await Promise.allSettled([killing, writing])) if (end.status === 'rejected') throw new Error(hint, { cause: end.reason });
  const { events, variants, headlines, retries } = acknowledged;
  assert.ok(kills >= KILLED.length, `${hint}: ${kills} kills, ${events.size} events, ${retries} retries`);

  const exported = async (): Promise<readonly any[]> => {
    const answer = await fetch(`${system.metrics.url}/export?format=ndjson&records=events`, { headers: { authorization: `Bearer ${system.api_token}` } });
    return (await answer.text()).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)).filter(({ record }) => record === undefined || record === 'event');
  };

  // The outbox delivers in its own time.
  await until(`${hint}: every event that was answered to be counted`, async () => (await exported()).length >= events.size, SETTLE_MS_MAX);
  const stored = await exported();
  const ids = stored.map(({ event_id }) => event_id);
  assert.equal(new Set(ids).size, ids.length, `${hint}: an event is there twice`);
  assert.deepEqual(new Set(ids), new Set(events.keys()), `${hint}: other events are there than were answered`);
  for (const { event_id, visitor_id, event_type } of stored) assert.deepEqual({ visitor_id, event_type }, events.get(event_id), hint);

  const logged = async (): Promise<readonly any[]> => {
    const all: any[] = [];
    for (;;) {
      const { data } = await ask(`${system.ab.url}/assignments?after=${all.at(-1)?.seq ?? 0}&limit=1000`);
      if (data.length === 0) return all;
      all.push(...data);
    }
  };
  // A visitor may be assigned who was never told: the page was killed before it answered.
  const log = await until(`${hint}: every visitor of the page to be assigned, and metrics-service to know all who are`, async () => {
    const all = await logged();
    const assigned = new Set(all.map(({ visitor_id }) => visitor_id));
    const { total_users_in_experiment } = await ask(`${system.metrics.url}/experiments/homepage/results`);
    return total_users_in_experiment === all.length && [...headlines.keys()].every((visitor_id) => assigned.has(visitor_id)) ? all : undefined;
  }, SETTLE_MS_MAX);
  const given = new Map<string, string>(log.map(({ visitor_id, variant, assignment_timestamp }) => [visitor_id, `${variant} ${assignment_timestamp}`]));
  assert.equal(given.size, log.length, `${hint}: somebody is assigned twice`);
  for (const [visitor_id, answered] of variants) assert.equal(given.get(visitor_id), answered, `${hint}: ${visitor_id}`);

  const shown = new Map<string, Set<string | undefined>>();
  for (const [visitor_id, headline] of headlines) shown.set(headline, (shown.get(headline) ?? new Set()).add(given.get(visitor_id)?.split(' ', 1)[0]));
  assert.equal(shown.size, 2, hint);
  assert.ok([...shown.values()].every((names) => names.size === 1), `${hint}: somebody was shown another variant than is stored`);

  for (const [event_type, users] of [['kill_direct', variants.size], ['kill_landing', headlines.size], ['page_view', headlines.size]] as const) {
    const converted = async (): Promise<number> => {
      const { variant_stats } = await ask(`${system.metrics.url}/experiments/homepage/results?event_type=${event_type}`);
      return Object.values<any>(variant_stats).reduce((sum, { conversion_count }) => sum + conversion_count, 0);
    };
    await until(`${hint}: ${users} users with ${event_type}`, async () => (await converted()) >= users, SETTLE_MS_MAX);
    assert.equal(await converted(), users, hint);
  }
  const { exclusions } = await ask(`${system.metrics.url}/experiments/homepage/results`);
  assert.equal(exclusions.conflicting_assignments, 0, hint);
  const surprises = system.logs.filter((line) => line.includes('"level":"error"'));
  assert.deepEqual(surprises, [], hint);
});
