import type { Change, ChangeList, Difference } from '../../../shared/contract/change.ts';
import { anything, list, named, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { integer, oneOf } from '../../../shared/schema/scalars.ts';

const difference = object<Difference>(
  {
    field: text({ description: 'A JSON Pointer: `/variants/0/configuration_json/headline`.' }),
    before: anything({ description: 'Null where it was not there.' }),
    after: anything({ description: 'Null where it is not there any more.' }),
  },
  { title: 'Difference' },
);

/** Describes a change as the audit keeps it. */
export const changeAnswer: ObjectSchema<Change> = object<Change>(
  {
    seq: integer({ min: 1, description: 'Grows from change to change.' }),
    changed_at: time(),
    actor: text({ description: 'Who did it: an account of admin-app, `api-token`, or `schedule` for what a set time did.' }),
    kind: oneOf(['experiment', 'toggle', 'settings']),
    key: text({ description: 'Of the experiment or toggle; `settings` for the settings.' }),
    action: oneOf(['created', 'updated', 'deleted']),
    before: nullable(named(anything()), { description: 'The whole definition; null where it did not exist.' }),
    after: nullable(named(anything()), { description: 'The whole definition; null where it does not exist any more.' }),
    differences: list(difference),
    summary: text({ description: 'The differences in words.' }),
    reverts: nullable(integer({ min: 1 }), { description: 'The `seq` of the change that this one took back.' }),
  },
  { title: 'Change' },
);

/** Describes a page of changes. */
export const changeListAnswer: ObjectSchema<ChangeList> = object<ChangeList>({
  data: list(changeAnswer),
  next_cursor: nullable(text(), { description: 'Sent back as `cursor`; null where nothing follows.' }),
});

/** A change for the reader of the documentation. */
export const CHANGE_EXAMPLE: Change = {
  seq: 8,
  changed_at: '2026-01-05T12:00:00.000Z',
  actor: 'ada',
  kind: 'settings',
  key: 'settings',
  action: 'updated',
  before: { experiment_enabled: true },
  after: { experiment_enabled: false },
  differences: [{ field: '/experiment_enabled', before: true, after: false }],
  summary: 'Switched off experiment_enabled.',
  reverts: null,
};
