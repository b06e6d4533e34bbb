import type { AssignmentLog, AssignmentLogEntry } from '../../../shared/contract/assignment-log.ts';
import type { AssignmentAnswer } from '../../../shared/contract/experiment.ts';
import { anything, list, named, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, integer } from '../../../shared/schema/scalars.ts';

const NOT_STORED = 'Null where nothing is stored: the visitor sees this variant but takes no part.';

/** Describes what a visitor is shown. */
export const assignmentAnswer: ObjectSchema<AssignmentAnswer> = object<AssignmentAnswer>(
  {
    visitor_id: text(),
    experiment_id: text(),
    experiment: text({ description: 'Its key.' }),
    variant_id: text(),
    variant: text({ description: 'Its name.' }),
    configuration_json: named(anything(), { description: 'Slot values of the page under this variant.' }),
    assignment_timestamp: nullable(time(), { description: NOT_STORED }),
    is_new: boolean({ description: 'Whether this very call stored the assignment.' }),
  },
  { title: 'Assignment' },
);

/** Describes what many visitors are shown. */
export const assignmentsAnswer: ObjectSchema<{ readonly assignments: readonly AssignmentAnswer[] }> = object({ assignments: list(assignmentAnswer, { description: 'In the order in which they were asked for.' }) });

/** What a visitor is shown, for the reader of the documentation. */
export const ASSIGNMENT_EXAMPLE: AssignmentAnswer = {
  visitor_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70',
  experiment_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d10',
  experiment: 'homepage',
  variant_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d12',
  variant: 'B',
  configuration_json: { headline: 'Try it today' },
  assignment_timestamp: '2026-01-05T12:00:00.000Z',
  is_new: true,
};

/** What `GET /experiments/{id}/assignment/{user_id}` answers. */
export interface UserAssignment {
  readonly experiment_id: string;
  readonly user_id: string;
  readonly variant_id: string;
  readonly variant_name: string;
  readonly assignment_timestamp: string | null;
}

/** Describes a user's variant. */
export const userAssignmentAnswer: ObjectSchema<UserAssignment> = object<UserAssignment>({
  experiment_id: text(),
  user_id: text(),
  variant_id: text(),
  variant_name: text(),
  assignment_timestamp: nullable(time(), { description: NOT_STORED }),
});

/** A user's variant, for the reader of the documentation. */
export const USER_ASSIGNMENT_EXAMPLE: UserAssignment = { experiment_id: ASSIGNMENT_EXAMPLE.experiment_id, user_id: 'user-1', variant_id: ASSIGNMENT_EXAMPLE.variant_id, variant_name: 'B', assignment_timestamp: '2026-01-05T12:00:00.000Z' };

const entry = object<AssignmentLogEntry>(
  {
    seq: integer({ min: 1, description: 'Grows from entry to entry; there are gaps.' }),
    experiment_id: nullable(text(), { description: 'Null in an erasure, as are the three after `visitor_id`.' }),
    visitor_id: text(),
    variant_id: nullable(text()),
    variant: nullable(text(), { description: "The variant's name." }),
    assignment_timestamp: nullable(time()),
    forced: boolean({ description: 'A tester who was put into the variant by name: no part of results.' }),
    erased: boolean({ description: 'Forget everything about this visitor that earlier entries said.' }),
  },
  { title: 'AssignmentLogEntry' },
);

/** Describes a stretch of the assignment log. */
export const logAnswer: ObjectSchema<AssignmentLog> = object<AssignmentLog>({
  log: text({ description: 'Names this log.' }),
  data: list(entry, { description: 'Oldest first.' }),
  last_seq: integer({ min: 0, description: 'Where to go on: send it back as `after`.' }),
});

/** A stretch of the log, for the reader of the documentation. */
export const LOG_EXAMPLE: AssignmentLog = {
  log: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d01',
  data: [{ seq: 1, experiment_id: ASSIGNMENT_EXAMPLE.experiment_id, visitor_id: ASSIGNMENT_EXAMPLE.visitor_id, variant_id: ASSIGNMENT_EXAMPLE.variant_id, variant: 'B', assignment_timestamp: '2026-01-05T12:00:00.000Z', forced: false, erased: false }],
  last_seq: 1,
};

/** Who was left out of one experiment. */
export interface ExperimentExclusions {
  readonly experiment_id: string;
  readonly experiment: string;
  readonly requests: Readonly<Record<string, number>>;
  readonly total_requests: number;
  readonly testers: number;
}

/** Describes who was left out. */
export const exclusionsAnswer: ObjectSchema<{ readonly data: readonly ExperimentExclusions[] }> = object({
  data: list(
    object<ExperimentExclusions>({
      experiment_id: text(),
      experiment: text({ description: 'Its key.' }),
      requests: named(integer({ min: 0 }), { description: 'Requests of programs, by reason.' }),
      total_requests: integer({ min: 0 }),
      testers: integer({ min: 0, description: 'Visitors who were put into a variant by name.' }),
    }),
  ),
});

/** Who was left out, for the reader of the documentation. */
export const EXCLUSIONS_EXAMPLE: { readonly data: readonly ExperimentExclusions[] } = {
  data: [{ experiment_id: ASSIGNMENT_EXAMPLE.experiment_id, experiment: 'homepage', requests: { crawler: 12, prefetch: 3 }, total_requests: 15, testers: 1 }],
};
