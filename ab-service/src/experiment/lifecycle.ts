import type { ExperimentStatus } from '../../../shared/contract/experiment.ts';

const STEPS: Readonly<Record<ExperimentStatus, readonly ExperimentStatus[]>> = {
  DRAFT: ['RUNNING'],
  RUNNING: ['PAUSED', 'COMPLETED'],
  PAUSED: ['RUNNING', 'COMPLETED'],
  COMPLETED: [],
};

const REASONS: Readonly<Record<ExperimentStatus, string>> = {
  DRAFT: 'A draft has no visitors yet: it can only be started (RUNNING) or deleted.',
  RUNNING: 'A running experiment can be paused or completed; it does not become a draft again, because visitors have seen it.',
  PAUSED: 'A paused experiment can go on (RUNNING) or be completed; it does not become a draft again, because visitors have seen it.',
  COMPLETED: 'A completed experiment stays completed, so that its results stay what they were; duplicate it to test again.',
};

/** Why an experiment cannot go from one status to another, in words that say what can be done instead; undefined where it can. Staying is no step. */
export const stepRefusal = (from: ExperimentStatus, to: ExperimentStatus): string | undefined =>
  from === to || STEPS[from].includes(to) ? undefined : `${from} to ${to} is not possible. ${REASONS[from]}`;

/** The statuses that an experiment can go to. */
export const stepsFrom = (from: ExperimentStatus): readonly ExperimentStatus[] => STEPS[from];
