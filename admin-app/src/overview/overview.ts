import type { ConfigDocument } from '../../../shared/contract/config.ts';
import type { Experiment, ExperimentStatus } from '../../../shared/contract/experiment.ts';
import type { KnownExperiment, ResultsAnswer } from '../../../shared/contract/results.ts';
import type { CurvePoint } from './curve.ts';
import type { ServiceState } from './service-watch.ts';

/** An experiment that can be looked at. */
export interface ExperimentChoice {
  readonly id: string;
  /** What names it in addresses: its key, or its id where it has none. */
  readonly key: string;
  readonly name: string;
  readonly status: ExperimentStatus;
  /** Where the experiment is kept: only ab-service's can be paused. */
  readonly source: KnownExperiment['source'];
  /** Counts changes in ab-service; undefined where that does not know it. */
  readonly version: number | undefined;
}

/** The results of one experiment as they were last heard. */
export interface Figures {
  readonly answer: ResultsAnswer;
  /** When they became what they are; milliseconds. */
  readonly since: number;
  /** What was seen while somebody looked on, for a curve before there is a series. */
  readonly trail: readonly CurvePoint[];
  /** When metrics-service last confirmed them, where it no longer does. */
  readonly stale_since: number | undefined;
}

/** Everything that the overview shows. */
export interface Overview {
  readonly choices: readonly ExperimentChoice[];
  readonly chosen: ExperimentChoice | undefined;
  readonly figures: Figures | undefined;
  readonly config: ConfigDocument | undefined;
  /** Whether ab-service sends its changes at this moment; switches wait while it does not. */
  readonly config_live: boolean;
  readonly services: readonly ServiceState[];
}

const fromAb = ({ experiment_id, key, name, status, version }: Experiment): ExperimentChoice => ({ id: experiment_id, key, name, status, source: 'ab', version });

const fromMetrics = ({ experiment_id, key, name, status, source }: KnownExperiment): ExperimentChoice => ({ id: experiment_id, key: key ?? experiment_id, name, status, source, version: undefined });

const ORDER: Readonly<Record<ExperimentStatus, number>> = { RUNNING: 0, PAUSED: 1, COMPLETED: 2, DRAFT: 3 };

/** Joins what ab-service and metrics-service know: ab-service's word counts; running ones first, then by name. */
export const joinChoices = (experiments: readonly Experiment[], known: readonly KnownExperiment[]): readonly ExperimentChoice[] => {
  const own = experiments.map(fromAb);
  const names = new Set(own.flatMap(({ id, key }) => [id, key]));
  const others = known.map(fromMetrics).filter(({ id, key }) => !names.has(id) && !names.has(key));
  return [...own, ...others].toSorted((a, b) => ORDER[a.status] - ORDER[b.status] || a.name.localeCompare(b.name, 'en'));
};

/** The experiment that is shown: the one asked for by id or key, else the home page's, else the first. */
export const chooseExperiment = (choices: readonly ExperimentChoice[], wanted: string | undefined): ExperimentChoice | undefined =>
  wanted === undefined ? (choices.find(({ key, status }) => key === 'homepage' && status === 'RUNNING') ?? choices[0]) : choices.find(({ id, key }) => id === wanted || key === wanted);
