import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import { list, text } from '../../../shared/schema/answers.ts';
import { object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { integer, oneOf } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { EXPERIMENT_EXAMPLE, experimentAnswer } from '../experiment/experiment-answers.ts';
import { TOGGLE_RULE_EXAMPLE, toggleRule } from '../toggle/toggle-answers.ts';

/** All definitions of an installation. */
export interface TransferAnswer {
  readonly format: number;
  readonly experiments: readonly Experiment[];
  readonly toggles: readonly Toggle[];
}

/** Describes what is exported. */
export const transferAnswer: ObjectSchema<TransferAnswer> = object<TransferAnswer>({ format: integer({ min: 1, description: 'Of this document.' }), experiments: list(experimentAnswer), toggles: list(toggleRule) });

/** An export for the reader of the documentation. */
export const TRANSFER_EXAMPLE: TransferAnswer = { format: 1, experiments: [EXPERIMENT_EXAMPLE], toggles: [TOGGLE_RULE_EXAMPLE] };

/** What became of one definition. */
export interface TransferEntry {
  readonly kind: 'experiment' | 'toggle';
  readonly key: string;
  readonly why?: string;
}

/** What became of all of them. */
export interface OutcomeAnswer {
  readonly created: readonly TransferEntry[];
  readonly replaced: readonly TransferEntry[];
  readonly unchanged: readonly TransferEntry[];
  readonly refused: readonly TransferEntry[];
}

const entry = object<TransferEntry>({ kind: oneOf(['experiment', 'toggle']), key: text(), why: optional(text({ description: 'Why it was refused.' })) }, { title: 'TransferEntry' });

/** Describes what an import did. */
export const outcomeAnswer: ObjectSchema<OutcomeAnswer> = object<OutcomeAnswer>({ created: list(entry), replaced: list(entry), unchanged: list(entry), refused: list(entry) });

/** What an import did, for the reader of the documentation. */
export const OUTCOME_EXAMPLE: OutcomeAnswer = {
  created: [{ kind: 'experiment', key: 'hero-wording' }],
  replaced: [],
  unchanged: [{ kind: 'toggle', key: 'contact_form' }],
  refused: [{ kind: 'toggle', key: 'announcement', why: 'There is another one by this key here, which differs.' }],
};
