import type { ExperimentStatus } from '../../../shared/contract/experiment.ts';
import { cursorOf, PAGE_DEFAULT, readCursor } from '../../../shared/page-cursor.ts';
import type { LiveExperiment } from './live-experiment.ts';

/** Which experiments are wanted; times in ms. */
export interface ExperimentFilter {
  readonly status?: ExperimentStatus | undefined;
  readonly page?: string | undefined;
  readonly group?: string | undefined;
  /** Words that name, key, description or hypothesis have, all of them. */
  readonly search?: string | undefined;
  readonly archived?: boolean | undefined;
  /** Those changed after this time alone, oldest change first, archived ones included. */
  readonly updated_after?: number | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** One page of a list. */
export interface ExperimentPage {
  readonly data: readonly LiveExperiment[];
  readonly next_cursor: string | null;
}

const placeOf = ({ definition, row }: LiveExperiment, by_change: boolean): number => (by_change ? Date.parse(definition.updated_at) : -row);

/** The experiments that fit, newest first; with `updated_after` in the order of their changes, so that a follower can go on from the last. Throws Problem `invalid` for a bad cursor. */
export const listExperiments = (experiments: readonly LiveExperiment[], filter: ExperimentFilter): ExperimentPage => {
  const { status, page, group, updated_after, archived, limit = PAGE_DEFAULT, cursor } = filter;
  const words = (filter.search ?? '').toLowerCase().split(/\s+/).filter((word) => word !== '');
  const by_change = updated_after !== undefined;
  const after = cursor === undefined ? -Infinity : Number(readCursor(cursor, 1)[0]);
  const fitting = experiments
    .filter((experiment) => {
      const { definition } = experiment;
      if (status !== undefined && definition.status !== status) return false;
      if (page !== undefined && definition.page !== page) return false;
      if (group !== undefined && definition.group !== group) return false;
      if (by_change ? Date.parse(definition.updated_at) <= updated_after : definition.archived === true && archived !== true) return false;
      if (archived === true && definition.archived !== true) return false;
      const text = `${definition.name}\n${definition.key}\n${definition.description}\n${definition.hypothesis}`.toLowerCase();
      return words.every((word) => text.includes(word)) && placeOf(experiment, by_change) > after;
    })
    .sort((a, b) => placeOf(a, by_change) - placeOf(b, by_change));
  const data = fitting.slice(0, limit);
  const last = data.at(-1);
  return { data, next_cursor: last !== undefined && fitting.length > limit ? cursorOf([placeOf(last, by_change)]) : null };
};
