import type { ConfigDocument } from '../../../shared/contract/config.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';

/** The last configuration that ab-service gave, and what must be remembered of earlier ones. */
export interface KnownConfiguration {
  readonly document: ConfigDocument;
  /** Experiments of pages that are no longer in the document, latest first: whoever was given a variant keeps it. */
  readonly former: readonly Experiment[];
}

const FORMER_MAX = 50;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isExperiment = (value: unknown): value is Experiment => isObject(value) && typeof value['experiment_id'] === 'string' && Array.isArray(value['variants']) && value['variants'].length > 0;

const isToggle = (value: unknown): value is Toggle => isObject(value) && typeof value['key'] === 'string' && typeof value['enabled'] === 'boolean';

/** Reads a configuration as it came over the wire or from disk; undefined when it is none. */
export const readDocument = (value: unknown): ConfigDocument | undefined => {
  if (!isObject(value) || typeof value['experiment_enabled'] !== 'boolean') return undefined;
  const { experiments, toggle_rules } = value;
  if (!Array.isArray(experiments) || !Array.isArray(toggle_rules)) return undefined;
  if (!experiments.every(isExperiment) || !toggle_rules.every(isToggle)) return undefined;
  return value as unknown as ConfigDocument;
};

/** Takes a newer document: experiments that it no longer has are remembered as paused. */
export const succeed = (known: KnownConfiguration | undefined, document: ConfigDocument): KnownConfiguration => {
  const present = new Set(document.experiments.map(({ experiment_id }) => experiment_id));
  const gone = (known?.document.experiments ?? []).filter(({ page }) => page !== null).map((experiment): Experiment => (experiment.status === 'RUNNING' ? { ...experiment, status: 'PAUSED' } : experiment));
  const former = [...gone, ...(known?.former ?? [])].filter(({ experiment_id }) => !present.has(experiment_id));
  return { document, former: [...new Map(former.map((experiment) => [experiment.experiment_id, experiment])).values()].slice(0, FORMER_MAX) };
};

/** The experiment that decides about a page: the running one, else one that is over but still in force, else the last that ran. */
export const experimentOn = (known: KnownConfiguration, page: string): Experiment | undefined => {
  const here = known.document.experiments.filter((experiment) => experiment.page === page);
  return here.find(({ status }) => status === 'RUNNING') ?? here[0] ?? known.former.find((experiment) => experiment.page === page);
};
