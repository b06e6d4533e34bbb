import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { StartFault } from '../shared/start-fault.ts';
import { analyticsCases } from './bench/analytics-cases.ts';
import { assignCases } from './bench/assign-cases.ts';
import { RouteAbsent } from './bench/bench-case.ts';
import type { Bench, BenchCase, CaseLoad } from './bench/bench-case.ts';
import { startBenchSystem } from './bench/bench-system.ts';
import type { BenchSystem } from './bench/bench-system.ts';
import { tableHead, tableRows } from './bench/bench-table.ts';
import { buildIfOlder } from './bench/build-if-older.ts';
import { eventCases } from './bench/event-cases.ts';
import { generateLoad } from './bench/generate-load.ts';
import { growthCases } from './bench/growth-cases.ts';
import type { LoadResult } from './bench/load-plan.ts';
import { readBenchOptions, USAGE } from './bench/options.ts';
import type { BenchOptions } from './bench/options.ts';
import { pageCases } from './bench/page-cases.ts';
import { startCase } from './bench/start-case.ts';
import { statsCases } from './bench/stats-cases.ts';

const CASES: readonly BenchCase[] = [...eventCases, ...assignCases, ...pageCases, ...statsCases, startCase, ...growthCases, ...analyticsCases];
const CONNECTIONS = 64;
const WARM_MS = 1_500;
/** More processes than this wanted a core before anything was measured: others are at work, and ratios wander. */
const LOAD_MAX = 0.5;
const ABSENT = /^HTTP\/1\.1 (404|405|501)/;

const root = dirname(import.meta.dirname);

/** One line that is written over, where somebody looks on. */
const tell = (text: string): void => {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
};

const load = async (system: BenchSystem, { requests, names, ...more }: CaseLoad, measure_ms: number): Promise<LoadResult> => {
  const processes = names.map((name) => system.process(name).id);
  const result = await generateLoad({ ids: 'v7', connections: CONNECTIONS, ...more, requests, port: system.process(names[0]).port, warm_ms: WARM_MS, measure_ms, processes });
  if (result.refused === 0) return result;
  const [first = 'a connection broke'] = result.refusal.split('\r\n');
  if (result.accepted === 0 && ABSENT.test(result.refusal)) throw new RouteAbsent(`${requests[0]?.split(' HTTP', 1)[0]} answered ${first.slice('HTTP/1.1 '.length)}`);
  throw new Error(`${result.refused} of ${result.refused + result.accepted} answers were not 2xx; the first: ${result.refusal || first}`);
};

const runCases = async (cases: readonly BenchCase[], options: BenchOptions): Promise<readonly unknown[]> => {
  const measure_ms = options.seconds * 1_000;
  const records: unknown[] = [];
  for (const one of cases) {
    const bench: Bench = {
      rounds: options.rounds,
      measure_ms,
      events: options.events,
      assignments: options.assignments,
      start: (...names) => startBenchSystem({ root, names, profile_dir: options.profile }),
      load: (system, what) => load(system, what, measure_ms),
      tell: (text) => tell(`${one.title}: ${text}`),
    };
    try {
      const figures = await one.run(bench);
      tell('');
      process.stdout.write(`${tableRows(one.title, figures)}\n\n`);
      records.push({ name: one.name, title: one.title, figures });
    } catch (error) {
      tell('');
      const { message } = error as Error;
      const skipped = error instanceof RouteAbsent;
      if (!skipped) process.exitCode = 1;
      process.stdout.write(`${one.title}\n  ${skipped ? 'skipped' : 'failed'}: ${message}\n\n`);
      records.push({ name: one.name, title: one.title, [skipped ? 'skipped' : 'failed']: message });
    }
  }
  return records;
};

const main = async (): Promise<void> => {
  const options = readBenchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${USAGE}\n\nCases:\n${CASES.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join('\n')}\n`);
    return;
  }
  const cases = CASES.filter(({ name, grows }) => (options.names.length === 0 ? !grows || options.grow : options.names.some((beginning) => name.startsWith(beginning))));
  if (cases.length === 0) throw new StartFault(`There is no case that begins with ${options.names.join(' or ')}. --help shows what there is.`);
  process.exitCode = await buildIfOlder(root);
  if (process.exitCode !== 0) return;
  const [{ model = 'an unknown processor' } = {}] = cpus();
  const machine = { node: process.version, processors: cpus().length, model };
  process.stdout.write(`Node ${machine.node.slice(1)}, ${machine.processors} × ${model}; ${options.rounds} rounds of ${options.seconds} s, ${CONNECTIONS} connections.\n`);
  const [load_before = 0] = loadavg();
  if (load_before > LOAD_MAX * cpus().length) process.stdout.write(`\nThe machine is busy with something else (load ${load_before.toFixed(1)}): take the figures with care, or more rounds.\n`);
  process.stdout.write(`\n${tableHead()}\n`);
  const records = await runCases(cases, options);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ at: new Date().toISOString(), machine, options, cases: records }, undefined, 2)}\n`);
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof StartFault ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
