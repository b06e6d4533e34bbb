import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchCase } from './bench-case.ts';
import type { BenchSystem } from './bench-system.ts';
import type { Figure } from './figure.ts';
import { GOALS } from './goal.ts';
import { EVENTS_A_VISIT, monthOfVisits } from './month-of-visits.ts';
import { requestText } from './request-text.ts';

/** Sessions are packed when the number of their blocks has stood still for so long. */
const STILL_MS = 5_000;

const STEPS = ['page_view', 'cta_click', 'form_submit'];
const QUESTIONS: readonly (readonly [what: string, path: string, body?: unknown])[] = [
  ['summary', 'summary'],
  ['summary of a device and a channel', 'summary?device=mobile&channel=direct'],
  ['summary of a variant', 'summary?variant=A'],
  ['series by hour, in Kolkata', 'series?interval=hour&timezone=Asia/Kolkata'],
  ['sources', 'sources'],
  ['devices', 'devices'],
  ['entries', 'entries'],
  ['pages', 'pages'],
  ['events', 'events'],
  ['funnel of 3 steps, by variant', 'funnel', { steps: STEPS, by_variant_of: 'homepage' }],
  ['the same within 5 minutes', 'funnel', { steps: STEPS, within_minutes: 5 }],
  ['the same within an hour', 'funnel', { steps: STEPS, within_minutes: 60 }],
];

const importMonth = async (system: BenchSystem, visits: number): Promise<void> => {
  const answer = await fetch(`${system.process('metrics').url}/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.api_token}`, 'content-type': 'application/x-ndjson' },
    body: ReadableStream.from(monthOfVisits(visits, Date.now())).pipeThrough(new TextEncoderStream()),
    duplex: 'half',
  });
  const { rejected } = (await answer.json()) as { readonly rejected?: number };
  if (rejected !== 0) throw new Error(`The import answered ${answer.status}; ${rejected} lines were rejected.`);
};

const blocksOf = async (system: BenchSystem): Promise<string> => {
  const answer = await fetch(`${system.process('metrics').url}/metrics`, { headers: { authorization: `Bearer ${system.api_token}` } });
  const [line] = /^\w*session_blocks .*$/m.exec(await answer.text()) ?? [];
  if (line === undefined) throw new Error('metrics-service does not say how many blocks of sessions there are.');
  return line;
};

const untilPacked = async (system: BenchSystem): Promise<void> => {
  for (let before = '', now = await blocksOf(system); now !== before; now = await blocksOf(system)) {
    before = now;
    await pause(STILL_MS);
  }
};

const ask = async (bench: Bench, system: BenchSystem, [what, path, body]: (typeof QUESTIONS)[number]): Promise<Figure> => {
  bench.tell(what);
  const values: number[] = [];
  const request = requestText(body === undefined ? 'GET' : 'POST', `/analytics/${path}`, body, { authorization: `Bearer ${system.api_token}` });
  for (let round = 0; round < bench.rounds; round += 1) values.push((await bench.load(system, { requests: [request], connections: 1, names: ['metrics'] })).p50_ms);
  return { what, unit: 'ms', values, goal: GOALS.analytics_ms };
};

/** Questions about a month of many events, each asked again and again on one connection. */
export const analyticsCases: readonly BenchCase[] = [
  {
    name: 'analytics',
    title: 'Questions about visits of a month with many events (--events), median',
    grows: true,
    run: async (bench) => {
      await using system = await bench.start('metrics');
      bench.tell('importing a month');
      await importMonth(system, Math.ceil(bench.events / EVENTS_A_VISIT));
      bench.tell('waiting until its sessions are packed');
      await untilPacked(system);
      const figures: Figure[] = [];
      for (const question of QUESTIONS) figures.push(await ask(bench, system, question));
      return figures;
    },
  },
];
