import type { Toggle } from '../../../shared/contract/toggle.ts';
import { anything, list, named, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema, Shape } from '../../../shared/schema/composites.ts';
import { boolean, number } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';

const members: Shape<Toggle> = {
  key: text({ description: 'How programs call it.' }),
  name: text(),
  description: text(),
  enabled: boolean(),
  rollout_percent: number({ min: 0, max: 100, description: 'Share of the targeted visitors who get `value_on`.' }),
  value_on: anything({ description: 'What visitors get while it is on for them.' }),
  value_off: anything({ description: 'What the others get.' }),
  targeting: nullable(named(anything()), { description: 'A condition that visitors must meet; null for everybody.' }),
  start_time: optional(nullable(time(), { description: 'Off before this time.' })),
  end_time: optional(nullable(time(), { description: 'Off from this time on.' })),
  updated_at: time(),
};

/** Describes the rule of a toggle, as the configuration holds it. */
export const toggleRule: ObjectSchema<Toggle> = object<Toggle>(members, { title: 'ToggleRule' });

/** A toggle, and whether anybody uses it. */
export interface ToggleAnswer extends Toggle {
  readonly evaluated_at: string | null;
  readonly stale: boolean;
}

/** Describes a toggle as it is answered. */
export const toggleAnswer: ObjectSchema<ToggleAnswer> = object<ToggleAnswer>(
  {
    ...members,
    evaluated_at: nullable(time(), { description: 'When somebody last asked for its value; null: not yet.' }),
    stale: boolean({ description: 'Neither changed nor evaluated for 30 days: a candidate for removal.' }),
  },
  { title: 'Toggle' },
);

/** One page of toggles. */
export interface ToggleListAnswer {
  readonly data: readonly ToggleAnswer[];
  readonly next_cursor: string | null;
}

/** Describes a page of toggles. */
export const toggleListAnswer: ObjectSchema<ToggleListAnswer> = object<ToggleListAnswer>({
  data: list(toggleAnswer),
  next_cursor: nullable(text(), { description: 'Sent back as `cursor`; null where nothing follows.' }),
});

/** A toggle's rule for the reader of the documentation. */
export const TOGGLE_RULE_EXAMPLE: Toggle = {
  key: 'contact_form',
  name: 'Contact form',
  description: 'The form at the end of the home page.',
  enabled: true,
  rollout_percent: 100,
  value_on: true,
  value_off: false,
  targeting: null,
  start_time: null,
  end_time: null,
  updated_at: '2026-01-05T12:00:00.000Z',
};

/** A toggle for the reader of the documentation. */
export const TOGGLE_EXAMPLE: ToggleAnswer = { ...TOGGLE_RULE_EXAMPLE, evaluated_at: '2026-01-05T12:30:00.000Z', stale: false };
