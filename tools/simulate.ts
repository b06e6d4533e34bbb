import { setTimeout as pause } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Experiment } from '../shared/contract/experiment.ts';
import type { ResultsAnswer } from '../shared/contract/results.ts';
import { Peer, PeerAway } from '../shared/http/peer.ts';
import { openSecrets } from '../shared/secrets.ts';
import { StartFault } from '../shared/start-fault.ts';
import { analyse } from '../shared/statistics/analysis.ts';
import { ProgressDisplay } from './import/progress.ts';
import { visit } from './simulate/simulated-visitor.ts';
import { settingsOf } from './start/settings.ts';

const USAGE = `Drives the running landing page as browsers would, and compares what is measured with what is true.

  npm run simulate -- --visitors 5000 --lift 0.2 --seed 7

  --visitors N       how many come (1000)
  --baseline RATE    share of the control's visitors who send the form (0.1)
  --lift EFFECT      relative effect of the other variants: 0.2 is a fifth more (0.1)
  --seed N           the same number, the same behaviour (1)
  --experiment KEY   the experiment whose effect is measured (homepage)
  --parallel N       visitors at a time (16)

What it sends is counted like everybody's: use it on an installation made for trying.`;

const SETTLE_MS = 30_000;
const percent = (rate: number, digits = 2): string => `${(rate * 100).toFixed(digits)} %`;

interface Counts {
  readonly users: number;
  readonly conversions: number;
}

const countsOf = (results: ResultsAnswer | undefined, variant: string): Counts => {
  const stats = results?.variant_stats[variant];
  return { users: stats?.total_assigned_users ?? 0, conversions: stats?.conversion_count ?? 0 };
};

const numberOption = (name: string, text: string | undefined, fallback: number, min: number, max: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isFinite(value) || value < min || value > max) throw new StartFault(`--${name} must be a number from ${min} to ${max}.`);
  return value;
};

const readOptions = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { visitors: text, baseline: text, lift: text, seed: text, experiment: text, parallel: text } });
  const baseline = numberOption('baseline', values.baseline, 0.1, 0, 1);
  const lift = numberOption('lift', values.lift, 0.1, -1, 100);
  if (baseline * (1 + lift) > 1) throw new StartFault('--baseline with --lift is more than every visitor.');
  return {
    visitors: Math.trunc(numberOption('visitors', values.visitors, 1_000, 1, 10_000_000)),
    baseline,
    lift,
    seed: Math.trunc(numberOption('seed', values.seed, 1, 0, 2 ** 32 - 1)),
    experiment: values.experiment ?? 'homepage',
    parallel: Math.trunc(numberOption('parallel', values.parallel, 16, 1, 256)),
  };
};

const simulate = async (args: readonly string[]): Promise<void> => {
  const options = readOptions(args);
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = settingsOf(process.env, process.cwd());
  const { api_token } = openSecrets(settings);
  const urlOf = (name: string): string => settings.services.find((service) => service.name === name)?.url ?? '';
  const ab = new Peer({ url: urlOf('ab-service'), token: api_token });
  const metrics = new Peer({ url: urlOf('metrics-service'), token: api_token, timeout_ms: 10_000 });

  const found = await ab.json({ method: 'GET', path: `/experiments/${encodeURIComponent(options.experiment)}` });
  if (found.status !== 200) throw new StartFault(`There is no experiment ${options.experiment}.`);
  const experiment = found.body as Experiment;
  if (experiment.status !== 'RUNNING') throw new StartFault(`The experiment ${experiment.key} is not running.`);
  const control = experiment.variants.find(({ is_control }) => is_control);
  const results = async (): Promise<ResultsAnswer | undefined> => {
    const { status, body } = await metrics.json({ method: 'GET', path: `/experiments/${experiment.experiment_id}/results` });
    return status === 200 ? (body as ResultsAnswer) : undefined;
  };
  const before = await results();

  const page = {
    url: urlOf('landing-service'),
    experiment_id: experiment.experiment_id,
    token: api_token,
    rateOf: (variant_id: string | undefined) => (variant_id === undefined || variant_id === control?.variant_id ? options.baseline : options.baseline * (1 + options.lift)),
  };
  const display = new ProgressDisplay(process.stdout, 'visitors');
  let next = 0;
  let done = 0;
  let converted = 0;
  const worker = async (): Promise<void> => {
    while (next < options.visitors) {
      const outcome = await visit(page, options.seed, next++);
      done += 1;
      if (outcome.converted) converted += 1;
      display.show({ done, total: options.visitors, rows: done });
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, worker));
  display.end({ done, total: options.visitors, rows: done });

  const totalOf = (answer: ResultsAnswer | undefined): number => experiment.variants.reduce((sum, { variant_name }) => sum + countsOf(answer, variant_name).conversions, 0);
  const settled = performance.now() + SETTLE_MS;
  let after = await results();
  while (totalOf(after) < totalOf(before) + converted && performance.now() < settled) {
    await pause(200);
    after = await results();
  }
  report(experiment, before, after, options, converted);
  ab.close();
  metrics.close();
};

const report = (experiment: Experiment, before: ResultsAnswer | undefined, after: ResultsAnswer | undefined, options: ReturnType<typeof readOptions>, converted: number): void => {
  const variants = experiment.variants.map(({ variant_name, is_control, traffic_allocation_percent }) => {
    const [then, now] = [countsOf(before, variant_name), countsOf(after, variant_name)];
    return { variant_name, is_control, traffic_allocation: traffic_allocation_percent, users: now.users - then.users, conversions: now.conversions - then.conversions };
  });
  const analysis = analyse({ variants });
  const write = (line: string): unknown => process.stdout.write(`${line}\n`);
  const counted = variants.reduce((sum, { conversions }) => sum + conversions, 0);
  write(`\n${experiment.name}: ${options.visitors} visitors, ${converted} sent the form, ${counted} of them are counted.`);
  write('variant       visitors  converted   true rate   measured   95 % interval');
  for (const { variant_name, is_control, users, conversions } of variants) {
    const estimate = analysis.rates.find((rate) => rate.variant_name === variant_name);
    const truth = is_control ? options.baseline : options.baseline * (1 + options.lift);
    write(`${variant_name.padEnd(12)} ${String(users).padStart(9)} ${String(conversions).padStart(10)} ${percent(truth).padStart(11)} ${(estimate?.rate == null ? '–' : percent(estimate.rate)).padStart(10)}   ${estimate?.ci ? estimate.ci.map((end) => percent(end)).join(' to ') : '–'}`);
  }
  for (const { variant_name, relative_lift, relative_lift_ci, p_value } of analysis.comparisons)
    write(`lift of ${variant_name}: true ${percent(options.lift, 1)}, measured ${relative_lift === null ? '–' : percent(relative_lift, 1)}${relative_lift_ci ? ` (95 %: ${relative_lift_ci.map((end) => percent(end, 1)).join(' to ')})` : ''}${p_value === null ? '' : `, p = ${p_value.toPrecision(3)}`}`);
  write(analysis.decision.reason);
};

try {
  const args = process.argv.slice(2);
  if (args.includes('--help')) process.stdout.write(`${USAGE}\n`);
  else await simulate(args);
} catch (error) {
  const away = error instanceof PeerAway || (error instanceof TypeError && error.message === 'fetch failed');
  process.stderr.write(`${error instanceof StartFault ? error.message : away ? 'Fairsplit does not answer. Is it running (npm start)?' : ((error as { readonly code?: string }).code ?? '').startsWith('ERR_PARSE_ARGS') ? `${(error as Error).message} --help shows what there is.` : (error as Error).message}\n`);
  process.exitCode = 1;
}
