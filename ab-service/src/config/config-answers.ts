import type { ConfigDocument } from '../../../shared/contract/config.ts';
import { anything, list, named } from '../../../shared/schema/answers.ts';
import { object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, integer } from '../../../shared/schema/scalars.ts';
import { EXPERIMENT_EXAMPLE, experimentAnswer } from '../experiment/experiment-answers.ts';
import { TOGGLE_RULE_EXAMPLE, toggleRule } from '../toggle/toggle-answers.ts';

/** Describes the configuration. */
export const configAnswer: ObjectSchema<ConfigDocument> = object<ConfigDocument>(
  {
    version: integer({ min: 0, description: 'Counts changes of anything in here.' }),
    experiment_enabled: boolean({ description: 'False: nobody new is assigned, in any experiment.' }),
    toggles: named(anything(), { description: "Every toggle's value, by key: for an anonymous visitor, or for the one who was asked about." }),
    toggle_rules: list(toggleRule, { description: 'The toggles, whole.' }),
    experiments: list(experimentAnswer, { description: 'The running ones, whole.' }),
  },
  { title: 'Config' },
);

/** The configuration for the reader of the documentation. */
export const CONFIG_EXAMPLE: ConfigDocument = { version: 7, experiment_enabled: true, toggles: { contact_form: true }, toggle_rules: [TOGGLE_RULE_EXAMPLE], experiments: [EXPERIMENT_EXAMPLE] };
