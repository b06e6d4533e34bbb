import type { Experiment, ExperimentStatus } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';

/** What a set time does to an experiment. */
export interface DueStep {
  readonly experiment_id: string;
  readonly status: Extract<ExperimentStatus, 'RUNNING' | 'COMPLETED'>;
}

const timesOf = ({ start_time, end_time }: { readonly start_time?: string | null; readonly end_time?: string | null }): readonly number[] =>
  [start_time, end_time].flatMap((time) => (typeof time === 'string' ? [Date.parse(time)] : []));

const stepOf = ({ status, start_time, end_time, archived }: Experiment): readonly [at: number, to: DueStep['status']] | undefined => {
  if (status === 'DRAFT') return start_time === null || archived === true ? undefined : [Date.parse(start_time), 'RUNNING'];
  return status === 'COMPLETED' || end_time === null ? undefined : [Date.parse(end_time), 'COMPLETED'];
};

/** The steps whose time has come: drafts that start, others that end. Ends come first, because they free pages. */
export const dueSteps = (experiments: readonly Experiment[], now: number): readonly DueStep[] =>
  experiments
    .flatMap((experiment) => {
      const step = stepOf(experiment);
      return step !== undefined && step[0] <= now ? [{ experiment_id: experiment.experiment_id, status: step[1], at: step[0] }] : [];
    })
    .sort((a, b) => (a.status === b.status ? a.at - b.at : a.status === 'COMPLETED' ? -1 : 1))
    .map(({ experiment_id, status }) => ({ experiment_id, status }));

/** Whether a toggle began or ceased to be in its schedule after `since`, up to `now`. */
export const togglesTurned = (toggles: readonly Toggle[], since: number, now: number): boolean => toggles.some((toggle) => timesOf(toggle).some((time) => time > since && time <= now));

/** The next time after `now` at which something is to happen, or undefined. */
export const nextTime = (experiments: readonly Experiment[], toggles: readonly Toggle[], now: number): number | undefined => {
  const times = [...experiments.flatMap((experiment) => stepOf(experiment)?.[0] ?? []), ...toggles.flatMap(timesOf)].filter((time) => time > now);
  return times.length === 0 ? undefined : Math.min(...times);
};
