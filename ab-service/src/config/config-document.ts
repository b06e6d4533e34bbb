import type { ConfigDocument } from '../../../shared/contract/config.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import { winnerOf } from '../../../shared/assign.ts';
import type { Attributes } from '../../../shared/targeting/condition.ts';
import { evaluateToggle } from '../../../shared/toggle.ts';
import type { Definitions } from '../definitions.ts';

/** For whom a document is written; testers' ids are for holders of a token alone. */
export interface ConfigReader {
  readonly trusted: boolean;
  readonly visitor_id: string | null;
  readonly attributes: Attributes;
  readonly now: number;
}

/** The experiments that say what is shown: the RUNNING ones, and COMPLETED ones with a winner where no RUNNING one has taken their page, the newest of each page. */
export const shownExperiments = (experiments: readonly Experiment[]): readonly Experiment[] => {
  const running = experiments.filter(({ status }) => status === 'RUNNING');
  const pages = new Set(running.map(({ page }) => page).filter((page) => page !== null));
  const won = experiments.filter((experiment) => winnerOf(experiment) !== undefined && experiment.archived !== true).sort((a, b) => Date.parse(b.end_time ?? '') - Date.parse(a.end_time ?? ''));
  const shown = won.filter(({ page }) => {
    if (page === null) return true;
    if (pages.has(page)) return false;
    pages.add(page);
    return true;
  });
  return [...running, ...shown];
};

/** Makes the configuration document. */
export const configDocument = (definitions: Definitions, { trusted, visitor_id, attributes, now }: ConfigReader): ConfigDocument => ({
  version: definitions.version,
  experiment_enabled: definitions.experiment_enabled,
  toggles: Object.fromEntries(definitions.toggles.map((toggle) => [toggle.key, evaluateToggle(toggle, visitor_id, attributes, now).value])),
  toggle_rules: definitions.toggles,
  experiments: shownExperiments(definitions.experiments.map(({ definition }) => definition)).map((experiment) => (trusted ? experiment : { ...experiment, forced: {} })),
});
