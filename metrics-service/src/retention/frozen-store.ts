import type { Database } from '../../../shared/sqlite/database.ts';

/** The tables of figures, each with the rest of its key and with what is counted. */
const TABLES = [
  ['stats_cells', ['variant', 'type'], ['events', 'visitors']],
  ['result_cells', ['variant', 'metric'], ['users', 'events', 'value_sum', 'value_squares']],
  ['result_buckets', ['metric', 'bucket', 'variant'], ['users']],
  ['exclusions', ['reason'], ['visitors']],
] as const;

/** Figures whose persons retention removed: nobody's events lead to them any more. */
export class FrozenStore {
  private readonly statements;

  constructor(database: Database) {
    this.statements = TABLES.flatMap(([table, keys, figures]) => {
      const add = (target: string, experiment: string, sign: '' | '-'): string =>
        `INSERT INTO ${target} (experiment, ${[...keys, ...figures].join(', ')}) SELECT ${experiment}, ${[...keys, ...figures.map((figure) => sign + figure)].join(', ')} FROM frozen_${table} WHERE experiment = :from
         ON CONFLICT DO UPDATE SET ${figures.map((figure) => `${figure} = ${figure} + excluded.${figure}`).join(', ')}`;
      return [add(table, ':from', '-'), add(table, ':into', ''), add(`frozen_${table}`, ':into', ''), `DELETE FROM frozen_${table} WHERE experiment = :from`].map((sql) => ({ statement: database.prepare(sql), hasTarget: sql.includes(':into') }));
    });
  }

  /** Moves what is closed of one experiment into another that turned out to be the same; a visitor of both counts twice, since nobody can tell any more. */
  move(from: number, into: number): void {
    for (const { statement, hasTarget } of this.statements) statement.run(hasTarget ? { from, into } : { from });
  }
}
