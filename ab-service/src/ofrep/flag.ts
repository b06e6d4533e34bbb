import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import type { DecisionReason } from '../../../shared/assign.ts';
import type { ToggleEvaluation, ToggleReason } from '../../../shared/toggle.ts';
import type { ReadyVariant } from '../experiment/live-experiment.ts';

/** The error codes of OFREP that a flag or a request can have. */
export type ErrorCode = 'PARSE_ERROR' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'FLAG_NOT_FOUND' | 'GENERAL';

/** How an experiment's decision is called in OFREP: the same before and after it is stored. */
const REASONS: Readonly<Record<DecisionReason | 'stored', ToggleReason>> = {
  stored: 'SPLIT',
  bucket: 'SPLIT',
  tester: 'SPLIT',
  winner: 'STATIC',
  not_running: 'DISABLED',
  ended: 'DISABLED',
  switched_off: 'DISABLED',
  automation: 'DEFAULT',
  other_experiment: 'DEFAULT',
  not_covered: 'DEFAULT',
  not_targeted: 'DEFAULT',
  no_weights: 'DEFAULT',
};

const toggle_texts = new WeakMap<Toggle, Map<string, string>>();
const experiment_texts = new WeakMap<ReadyVariant, Map<string, string>>();

const remembered = <K extends object>(texts: WeakMap<K, Map<string, string>>, owner: K, name: string, write: () => string): string => {
  let own = texts.get(owner);
  if (own === undefined) {
    own = new Map();
    texts.set(owner, own);
  }
  let text = own.get(name);
  if (text === undefined) {
    text = write();
    own.set(name, text);
  }
  return text;
};

/** A toggle's evaluation as OFREP answers it; written once per toggle and outcome. A null value is left out: the client uses its own default. */
export const toggleText = (toggle: Toggle, { value, variant, reason }: ToggleEvaluation): string =>
  remembered(toggle_texts, toggle, `${variant} ${reason}`, () =>
    JSON.stringify({ key: toggle.key, reason, ...(value === null ? {} : { value }), variant, metadata: { kind: 'toggle', updated_at: toggle.updated_at } }));

/** What a visitor gets of an experiment as OFREP answers it: the value is the configuration that is shown. */
export const experimentText = (experiment: Experiment, ready: ReadyVariant, reason: DecisionReason | 'stored'): string => {
  const word = REASONS[reason];
  const { variant } = reason === 'stored' ? { variant: ready.shown } : ready;
  return remembered(experiment_texts, ready, `${word} ${variant.variant_id}`, () => {
    const metadata = { kind: 'experiment', experiment_id: experiment.experiment_id, variant_id: variant.variant_id, version: experiment.version };
    return JSON.stringify({ key: experiment.key, reason: word, value: variant.configuration_json, variant: variant.variant_name, metadata });
  });
};

/** A failure as OFREP answers it; the key is left out when the whole request is bad. */
export const failureText = (key: string | undefined, errorCode: ErrorCode, errorDetails: string): string =>
  JSON.stringify({ ...(key === undefined ? {} : { key }), errorCode, errorDetails });
