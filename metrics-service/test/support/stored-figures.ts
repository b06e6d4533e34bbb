import type { Period } from '../../src/result/result-store.ts';
import type { ResultCell } from '../../src/result/scope-count.ts';
import type { StatsCell } from '../../src/stats/stats.ts';
import type { Stores } from '../../src/stores.ts';
import type { Figures } from './recount.ts';

const put = (figures: Figures, name: string, amount: number): void => {
  if (amount !== 0) figures.set(name, amount);
};

const addStats = (figures: Figures, experiment: string, cells: readonly StatsCell[]): void => {
  for (const { variant, type, events, visitors } of cells) {
    put(figures, `${experiment} ${variant ?? '*'} ${type ?? '*'} stats events`, events);
    put(figures, `${experiment} ${variant ?? '*'} ${type ?? '*'} stats visitors`, visitors);
  }
};

const addResults = (figures: Figures, experiment: string, cells: readonly ResultCell[], wordOf: (id: number) => string): void => {
  for (const { variant, metric, users, events, value_sum, value_squares } of cells) {
    const place = `${experiment} ${wordOf(variant)}`;
    if (metric === 0) put(figures, `${place} users`, users);
    else {
      put(figures, `${place} ${wordOf(metric)} converted`, users);
      put(figures, `${place} ${wordOf(metric)} events`, events);
      put(figures, `${place} ${wordOf(metric)} value`, value_sum);
      put(figures, `${place} ${wordOf(metric)} squares`, value_squares);
    }
  }
};

/** Reads every figure of the rollups under the names that the recount gives them. */
export const storedFigures = ({ database, experiments, results, stats, words }: Stores, nameOf: (public_id: string) => string): Figures => {
  const figures: Figures = new Map();
  const wordOf = (id: number): string => words.wordOf(id);
  for (const { id, public_id } of experiments.list(0, 1_000)) {
    const experiment = nameOf(public_id);
    addStats(figures, experiment, stats.cells(id));
    addResults(figures, experiment, results.cells(id), wordOf);
    for (const [reason, visitors] of results.exclusions(id)) put(figures, `${experiment} excluded ${reason}`, visitors);
    for (const row of database.prepare('SELECT * FROM result_buckets WHERE experiment = ?').all(id)) {
      const metric = row['metric'] as number;
      put(figures, `${experiment} ${wordOf(row['variant'] as number)} ${metric === 0 ? 'assigned' : `${wordOf(metric)} converted`} in ${row['bucket']}`, row['users'] as number);
    }
  }
  return figures;
};

/** The same figures, without those by time, as the filtered reads work them out from events and assignments. */
export const readFigures = async ({ experiments, results, stats, words }: Stores, nameOf: (public_id: string) => string, period: Period = { from: 0, to: Number.MAX_SAFE_INTEGER }): Promise<Figures> => {
  const figures: Figures = new Map();
  for (const { id, public_id } of experiments.list(0, 1_000)) {
    addStats(figures, nameOf(public_id), await stats.cellsBetween(id, period.from, period.to));
    addResults(figures, nameOf(public_id), await results.scopedCells(id, { period, segment: {} }), (word) => words.wordOf(word));
  }
  return figures;
};
