import { parseArgs } from 'node:util';
import { StartFault } from '../../shared/start-fault.ts';

/** What `npm run bench` was asked to do. */
export interface BenchOptions {
  /** Beginnings of the names of cases; all that do not grow, when empty. */
  readonly names: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly grow: boolean;
  readonly events: number;
  readonly assignments: number;
  /** Where the figures go as JSON as well. */
  readonly json: string | undefined;
  /** Where profiles of the services go. */
  readonly profile: string | undefined;
  readonly help: boolean;
}

/** What `--help` prints before the names of the cases. */
export const USAGE = `Measures the services, built, against the limit: a bare node:http server that does the same HTTP work.

  npm run bench [-- NAME…] [--rounds 3] [--seconds 3] [--json FILE]

  NAME               cases, or how their names begin; without any, all that do not grow
  --rounds N         how often each is measured, in turns with the limit (3)
  --seconds N        how long a measurement takes, after the warm-up (3)
  --grow             large databases as well, which takes minutes
  --events N         how many events the large one has (1e6)
  --assignments N    how many assignments the large one has (1e6)
  --json FILE        writes every figure of every round
  --profile DIR      writes CPU profiles of the services, which makes them slower`;

const positive = (option: string, text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new StartFault(`--${option} takes a number above 0, not "${text?.slice(0, 40)}".`);
  return value;
};

/** Reads the command line; throws StartFault with what is wrong. */
export const readBenchOptions = (args: readonly string[]): BenchOptions => {
  const text = { type: 'string' } as const;
  const parse = () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rounds: text, seconds: text, events: text, assignments: text, json: text, profile: text, grow: { type: 'boolean' }, help: { type: 'boolean' } },
    });
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (error) {
    throw new StartFault(`${(error as Error).message.split('. ')[0]}. --help shows what there is.`);
  }
  const { values, positionals } = parsed;
  const rounds = positive('rounds', values.rounds, 3);
  if (!Number.isInteger(rounds)) throw new StartFault('--rounds takes a whole number.');
  return {
    names: positionals,
    rounds,
    seconds: positive('seconds', values.seconds, 3),
    grow: values.grow ?? false,
    events: positive('events', values.events, 1e6),
    assignments: positive('assignments', values.assignments, 1e6),
    json: values.json,
    profile: values.profile,
    help: values.help ?? false,
  };
};
