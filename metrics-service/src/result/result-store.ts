import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';
import type { EventReader } from '../event/event-reader.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import { inSteps } from '../in-steps.ts';
import type { Steps } from '../in-steps.ts';
import { CLOCK_TOLERANCE_MS } from '../rollup/attribution.ts';
import { ASSIGNED } from '../rollup/cell-deltas.ts';
import { BUCKET_MS } from '../schema.ts';
import { Turns } from '../turns.ts';
import type { WordStore } from '../word/word-store.ts';
import { ScopeCount } from './scope-count.ts';
import type { ResultCell } from './scope-count.ts';
import { dimensionSql, segmentSql, segmentValues } from './segment.ts';
import type { Dimension, Segment } from './segment.ts';

/** Users of one variant in one bucket of time, which begins at `at`. */
export interface TimedUsers {
  readonly at: number;
  readonly variant: number;
  readonly users: number;
}

/** A stretch of time, `to` exclusive; milliseconds since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Unfiltered results read these rows alone, at any number of events. */
export const RESULT_CELLS_SQL = 'SELECT variant, metric, users, events, value_sum, value_squares FROM result_cells WHERE experiment = ?';

/** The visitors that count of a slice of a period, and of a segment. */
const COUNTED = `FROM assignments WHERE experiment = :experiment AND counted = 1 AND +assigned_at < :to
    AND (assigned_at, variant, visitor) > (:after_at, :after_variant, :after_visitor)
    AND assigned_at <= :until_at AND (assigned_at < :until_at OR (variant, visitor) <= (:until_variant, :until_visitor))`;
/** The visitors of a slice who are in a segment. */
export const scopedVisitorsSql = (segment: Segment): string => `SELECT visitor, variant, assigned_at ${COUNTED}${segmentSql(segment)}`;

/** How many events are as much work as reading a block. */
const EVENTS_PER_STEP = 300;
/** How many visitors are looked at together, and how many blocks of events could be read meanwhile. */
export const SLICE_VISITORS = 200;
const SLICE_WORTH = 20;
/** The last visitor of the slice after a place. */
export const SLICE_SQL: string = `SELECT assigned_at AS until_at, variant AS until_variant, visitor AS until_visitor FROM assignments
  WHERE experiment = :experiment AND counted = 1 AND assigned_at < :to AND (assigned_at, variant, visitor) > (:after_at, :after_variant, :after_visitor)
  ORDER BY assigned_at, variant, visitor LIMIT 1 OFFSET ${SLICE_VISITORS - 1}`;
const LAST_SLICE = { until_at: Number.MAX_SAFE_INTEGER, until_variant: 0, until_visitor: 0 };
/** What is added up over the slices; rows are told apart by the rest. */
const FIGURES = ['users', 'events', 'value_sum', 'value_squares'];

/** What is looked at where it is not everything. */
export interface Scope {
  readonly period: Period;
  readonly segment: Segment;
}

/** Users with the same value of a dimension in one variant; null where no visit is known. */
export interface DimensionUsers {
  readonly value: string | null;
  readonly variant: number;
  readonly users: number;
}

const scopedConversionsSql = (segment: Segment): string => `
  WITH counted AS (${scopedVisitorsSql(segment)})
  SELECT m.first_at / ${BUCKET_MS} AS bucket, c.variant, count(*) AS users FROM counted c
  JOIN visitor_metrics m ON m.visitor = c.visitor AND m.experiment = :experiment AND m.metric = :metric
  WHERE m.first_at < :to GROUP BY 1, 2`;

const BUCKETS_SQL = 'SELECT bucket, variant, users FROM result_buckets WHERE experiment = :experiment AND metric = :metric AND bucket >= :first AND bucket < :last AND users <> 0 ORDER BY bucket';

/** What results are read from. */
export interface ResultStoreNeeds {
  readonly words: WordStore;
  readonly experiments: ExperimentStore;
  readonly events: EventReader;
}

/** Reads what results are made of. */
export class ResultStore {
  private readonly database: Database;
  private readonly needs: ResultStoreNeeds;
  private readonly statements = new Map<string, StatementSync>();
  private readonly selectCells;
  private readonly selectBuckets;
  private readonly selectExclusions;
  private readonly selectExtent;
  private readonly sumBuckets;
  private readonly countUsers;
  private readonly selectSlice;
  private readonly turns;

  constructor(database: Database, needs: ResultStoreNeeds) {
    this.database = database;
    this.needs = needs;
    this.selectCells = database.prepare(RESULT_CELLS_SQL);
    this.selectBuckets = database.prepare(BUCKETS_SQL);
    this.turns = new Turns(database);
    this.selectSlice = database.prepare(SLICE_SQL);
    this.selectExclusions = database.prepare('SELECT reason, visitors FROM exclusions WHERE experiment = ?');
    // Two subqueries, because SQLite takes min or max from the end of an index only when it is asked for one of them.
    const extreme = (which: 'min' | 'max'): string => `(SELECT ${which}(assigned_at) FROM assignments WHERE experiment = :experiment AND counted = 1)`;
    this.selectExtent = database.prepare(`SELECT ${extreme('min')} AS first, ${extreme('max')} AS last`);
    this.sumBuckets = database.prepare(`SELECT coalesce(sum(users), 0) AS users FROM result_buckets WHERE experiment = ? AND metric = ${ASSIGNED} AND bucket >= ? AND bucket < ?`);
    this.countUsers = database.prepare('SELECT count(*) AS users FROM assignments WHERE experiment = ? AND counted = 1 AND assigned_at >= ? AND assigned_at < ?');
  }

  /** Reads an experiment's cells. */
  cells(experiment: number): readonly ResultCell[] {
    return this.selectCells.all(experiment) as unknown as readonly ResultCell[];
  }

  /** Works out the cells of a scope: of those of its segment who were assigned in its period, and what they did in it. Throws Problem `overloaded` where too many wait to do so. */
  scopedCells(experiment: number, scope: Scope): Promise<readonly ResultCell[]> {
    return inSteps(this.database, this.turns, this.countScope(experiment, scope));
  }

  private *countScope(experiment: number, scope: Scope): Steps<readonly ResultCell[]> {
    const { events, experiments } = this.needs;
    const { period: { to }, segment } = scope;
    const count = new ScopeCount();
    const visitors = this.statement(scopedVisitorsSql(segment));
    // Half the time of rows that are objects.
    visitors.setReturnArrays(true);
    yield* this.slices(visitors, experiment, scope, {}, (row) => count.addVisitor(...(row as unknown as readonly [number, number, number])));
    if (count.earliest === Infinity) return [];
    const names = new Set([0, ...experiments.namesOf(experiment)]);
    for (const block of events.between(count.earliest - CLOCK_TOLERANCE_MS, to)) {
      count.addEvents(block, names, to);
      yield 1 + block.count / EVENTS_PER_STEP;
    }
    return count.cells();
  }

  /** Reads from the rollup when users were assigned, or first converted in a metric, by bucket; periods begin and end with one. */
  usersOver(experiment: number, metric: number, { from, to }: Period): readonly TimedUsers[] {
    return this.selectBuckets.all({ experiment, metric, first: Math.floor(from / BUCKET_MS), last: Math.ceil(to / BUCKET_MS) }).map(toTimed);
  }

  /** Works out when users of a scope were assigned, by bucket. */
  async scopedAssigned(experiment: number, scope: Scope): Promise<readonly TimedUsers[]> {
    if (isWhole(scope.segment)) return this.usersOver(experiment, ASSIGNED, scope.period);
    return timed(await this.scoped(`SELECT assigned_at / ${BUCKET_MS} AS bucket, variant, count(*) AS users FROM (${scopedVisitorsSql(scope.segment)}) GROUP BY 1, 2`, experiment, scope));
  }

  /** Works out when users of a scope first converted, by bucket; from the rollup, where the scope is all users who were assigned before its end. */
  async scopedConverted(experiment: number, metric: number, scope: Scope): Promise<readonly TimedUsers[]> {
    if (isWhole(scope.segment) && scope.period.from === 0) return this.usersOver(experiment, metric, scope.period);
    return timed(await this.scoped(scopedConversionsSql(scope.segment), experiment, scope, { metric }));
  }

  /** Counts users by what they have in a dimension. */
  async usersBy(experiment: number, dimension: Dimension, scope: Scope): Promise<readonly DimensionUsers[]> {
    const sql = `SELECT ${dimensionSql(dimension)} AS value, variant, count(*) AS users ${COUNTED}${segmentSql(scope.segment)} GROUP BY 1, 2`;
    return (await this.scoped(sql, experiment, scope)) as unknown as readonly DimensionUsers[];
  }

  /** Works a question out slice by slice of the visitors, each of whom is in one: what the slices answer adds up. Throws Problem `overloaded` where too many wait to do so. */
  private scoped(sql: string, experiment: number, scope: Scope, more: Readonly<Record<string, number>> = {}): Promise<readonly Record<string, unknown>[]> {
    return inSteps(this.database, this.turns, this.sum(sql, experiment, scope, more));
  }

  private *sum(sql: string, experiment: number, scope: Scope, more: Readonly<Record<string, number>>): Steps<readonly Record<string, unknown>[]> {
    const sums = new Map<string, Record<string, unknown>>();
    yield* this.slices(this.statement(sql), experiment, scope, more, (row) => addRow(sums, row));
    return [...sums.values()];
  }

  /** Hands over what is answered of each slice of the visitors. */
  private *slices(statement: StatementSync, experiment: number, { period, segment }: Scope, more: Readonly<Record<string, number>>, take: (row: Record<string, unknown>) => void): Steps<void> {
    const scope = { experiment, to: period.to, ...segmentValues(segment, this.needs.words), ...more };
    const bounds = { experiment, to: period.to };
    for (let after = { after_at: period.from, after_variant: -1, after_visitor: -1 }; ; yield SLICE_WORTH) {
      const until = (this.selectSlice.get({ ...bounds, ...after }) ?? LAST_SLICE) as typeof LAST_SLICE;
      for (const row of statement.all({ ...scope, ...after, ...until })) take(row);
      if (until === LAST_SLICE) return;
      after = { after_at: until.until_at, after_variant: until.until_variant, after_visitor: until.until_visitor };
    }
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) this.statements.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }

  /** Reads how many visitors are left out, by reason. */
  exclusions(experiment: number): ReadonlyMap<string, number> {
    return new Map(this.selectExclusions.all(experiment).map((row) => [row['reason'] as string, row['visitors'] as number]));
  }

  /** Reads when the first and the last counted user were assigned; undefined without users. */
  extent(experiment: number): { readonly first: number; readonly last: number } | undefined {
    const row = this.selectExtent.get({ experiment }) as { first: number | null; last: number | null } | undefined;
    return row === undefined || row.first === null || row.last === null ? undefined : { first: row.first, last: row.last };
  }

  /** Counts the users of a scope one by one. */
  async scopedUsers(experiment: number, scope: Scope): Promise<number> {
    const rows = await this.scoped(`SELECT count(*) AS users FROM (${scopedVisitorsSql(scope.segment)})`, experiment, scope);
    return rows[0]?.['users'] as number;
  }

  /** Counts the users assigned in any period: whole buckets from the rollup, what is left at its ends from the index. */
  usersBetween(experiment: number, { from, to }: Period): number {
    if (to <= from) return 0;
    const count = (start: number, end: number): number => (end <= start ? 0 : (this.countUsers.get(experiment, start, end)?.['users'] as number));
    const first = Math.ceil(from / BUCKET_MS);
    const last = Math.floor(to / BUCKET_MS);
    if (last <= first) return count(from, to);
    return count(from, first * BUCKET_MS) + (this.sumBuckets.get(experiment, first, last)?.['users'] as number) + count(last * BUCKET_MS, to);
  }
}

const timed = (rows: readonly Record<string, unknown>[]): readonly TimedUsers[] => rows.map(toTimed).sort((one, other) => one.at - other.at);

const addRow = (sums: Map<string, Record<string, unknown>>, row: Record<string, unknown>): void => {
  const key = JSON.stringify(row, (name, value: unknown) => (FIGURES.includes(name) ? undefined : value));
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, row);
  else for (const name of FIGURES) if (name in row) sum[name] = (sum[name] as number) + (row[name] as number);
};

const isWhole = (segment: Segment): boolean => Object.keys(segment).length === 0;

const toTimed = (row: Record<string, unknown>): TimedUsers => ({ at: (row['bucket'] as number) * BUCKET_MS, variant: row['variant'] as number, users: row['users'] as number });
