import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoTime } from '../../shared/clock.ts';
import { IMPORT_LINES_AT_ONCE } from '../../shared/import-lines.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { importLines } from '../src/import/importer.ts';
import type { ImportNeeds } from '../src/import/importer.ts';
import type { SentRecords } from '../src/recording/record-columns.ts';
import type { Stores } from '../src/stores.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';
import { storedFigures } from './support/stored-figures.ts';

const NOW = Date.UTC(2026, 0, 10);
const HISTORIES = 20;
const LINES = 150;
const EVENTS_AT_ONCE = IMPORT_LINES_AT_ONCE / 2;

const streamOf = (lines: readonly object[]): AsyncIterable<Uint8Array> => [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))] as unknown as AsyncIterable<Uint8Array>;
const take = ({ recording }: ImportNeeds['stores'], lines: readonly object[]): ReturnType<typeof importLines> => importLines({ stores: { recording }, clock: () => NOW, oldest: () => 0 }, streamOf(lines));

const someLine = (random: Random, visitors: readonly string[]): object => {
  const common = { visitor_id: random.pick(visitors), experiment_id: random.pick(['one', 'other']), timestamp: isoTime(NOW - random.below(3 * 86_400_000)) };
  if (random.chance(0.6)) return { record: 'assignment', ...common, variant: random.pick(['A', 'B']), ...(random.chance(0.1) ? { forced: true } : {}) };
  return { record: 'event', event_id: uuidv7(NOW), event_type: random.pick(['page_view', 'form_submit']), ...(random.chance(0.3) ? { value: random.below(50) } : {}), ...common };
};

const rowsOf = ({ database }: Stores): readonly unknown[] =>
  database.prepare('SELECT visitor_id, experiment, variant, assigned_at, forced, from_log, counted FROM assignments JOIN visitors ON visitors.id = visitor ORDER BY 1, 2, 3, 4').all();

test('importLines() makes of many lines at once what it makes of each by itself', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  for (let index = 0; index < HISTORIES; index += 1) {
    const random = new Random(seed + index);
    const visitors = Array.from({ length: 40 }, (_, number) => (number % 2 === 0 ? uuidv7(NOW) : `"visitor" ${number}`));
    const lines = Array.from({ length: LINES }, () => someLine(random, visitors));
    lines.push(...lines.slice(0, 20));
    const [together, apart] = [openStores(), openStores()];
    // Numbers are given to names in the order in which they come.
    for (const stores of [together, apart]) await take(stores, ['one', 'other'].flatMap((experiment_id) => ['A', 'B'].map((variant) => ({ record: 'assignment', visitor_id: 'known', experiment_id, variant, timestamp: '2026-01-01' }))));
    for (const line of lines) await take(apart, [line]);
    const half = LINES / 2;
    const answers = [await take(together, lines.slice(0, half)), await take(together, lines.slice(half))];
    assert.deepEqual(answers.map(({ accepted, duplicates }) => [accepted, duplicates]), [[half, 0], [half, 20]], `seed ${seed} ${index}`);
    assert.deepEqual(rowsOf(together), rowsOf(apart), `seed ${seed} ${index}`);
    assert.deepEqual([...storedFigures(together, String)].sort(), [...storedFigures(apart, String)].sort(), `seed ${seed} ${index}`);
    for (const stores of [together, apart]) stores.database.close();
  }
});

/** Takes note of what is handed over, and stores it when told to. */
class Slow {
  readonly works: SentRecords[] = [];
  private readonly stored: (() => void)[] = [];

  importRecords(records: SentRecords): Promise<number> {
    this.works.push(records);
    return new Promise((resolve) => this.stored.push(() => resolve(0)));
  }

  store(): void {
    this.stored.shift()?.();
  }
}

const sizeOf = ({ definitions, assignments, events }: SentRecords): number => definitions.length + assignments.reduce((sum, { visitors }) => sum + visitors.length, 0) + events.count;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('importLines() hands over a bounded number of records at a time, and the next when those are stored', async () => {
  const assignment = { record: 'assignment', visitor_id: 'v', experiment_id: 'e', variant: 'A', timestamp: '2026-01-01' };
  const event = { record: 'event', visitor_id: 'v', event_type: 'x', timestamp: '2026-01-01' };
  for (const [line, most] of [[assignment, IMPORT_LINES_AT_ONCE], [event, EVENTS_AT_ONCE]] as const) {
    const recording = new Slow();
    const answer = take({ recording }, Array.from({ length: 2 * most + 5 }, () => line));
    for (const size of [most, most, 5]) {
      while (recording.works.length === 0) await turn();
      for (let turns = 0; turns < 5; turns += 1) await turn();
      assert.deepEqual(recording.works.splice(0).map(sizeOf), [size]);
      recording.store();
    }
    assert.equal((await answer).lines, 2 * most + 5);
  }
});
