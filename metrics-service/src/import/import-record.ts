import { createHash } from 'node:crypto';
import { EVENT_SCHEMA } from '../../../shared/event-schema.ts';
import type { Fault } from '../../../shared/problem.ts';
import { Problem } from '../../../shared/problem.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import { array, jsonObject, nullable, object } from '../../../shared/schema/composites.ts';
import { parseJson } from '../../../shared/schema/json-limits.ts';
import { boolean, number, oneOf, string, timestamp } from '../../../shared/schema/scalars.ts';
import { Faults, optional } from '../../../shared/schema/schema.ts';
import type { Schema } from '../../../shared/schema/schema.ts';
import { recordableOf } from '../event/recordable-event.ts';
import type { RecordableEvent } from '../event/recordable-event.ts';

/** A line that says who was shown what. */
export interface AssignmentRecord {
  readonly record: 'assignment';
  readonly visitor_id: string;
  readonly experiment_id: string;
  readonly variant: string;
  readonly timestamp: number;
  readonly forced?: boolean;
}

/** A line that says what somebody did. */
export interface EventRecord {
  readonly record: 'event';
  readonly event: RecordableEvent;
}

/** A line that says what an experiment is: only our own export writes it. */
export interface ExperimentRecord {
  readonly record: 'experiment';
  readonly definition: Experiment;
}

/** What a line may be. */
export type ImportRecord = AssignmentRecord | EventRecord | ExperimentRecord;

interface Kind {
  readonly record: 'assignment' | 'event' | 'experiment';
}

/** What only our own export says of an event. */
interface ExportedArrival {
  readonly received_at?: number;
  readonly imported?: boolean;
}

const KIND = object<Kind>({ record: oneOf(['assignment', 'event', 'experiment']) });
const ASSIGNMENT = object<Omit<AssignmentRecord, 'record'>>({
  visitor_id: string({ min: 1, max: 256 }),
  experiment_id: string({ min: 1, max: 256 }),
  variant: string({ min: 1, max: 64 }),
  timestamp: timestamp(),
  forced: optional(boolean()),
});
const METRICS = array(string({ min: 1, max: 193 }), { max: 100 });
const DEFINITION = object<Pick<Experiment, 'experiment_id' | 'key' | 'name' | 'description' | 'status' | 'primary_metric_name' | 'secondary_metric_names' | 'guardrail_metric_names' | 'start_time' | 'end_time' | 'variants' | 'phases' | 'updated_at'>>({
  experiment_id: string({ min: 1, max: 256 }),
  key: string({ min: 1, max: 256 }),
  name: string({ min: 1, max: 1_000 }),
  description: string({ max: 20_000 }),
  status: oneOf(['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED']),
  primary_metric_name: string({ min: 1, max: 193 }),
  secondary_metric_names: METRICS,
  guardrail_metric_names: METRICS,
  start_time: nullable(string({ max: 40 })),
  end_time: nullable(string({ max: 40 })),
  variants: array(
    object({ variant_id: string({ max: 256 }), variant_name: string({ min: 1, max: 64 }), is_control: boolean(), traffic_allocation_percent: number({ min: 0, max: 100 }), configuration_json: jsonObject({ bytes_max: 65_536 }) }),
    { max: 100 },
  ),
  phases: array(object({ start_time: string({ max: 40 }), coverage_percent: number({ min: 0, max: 100 }), weights: jsonObject({ bytes_max: 8_192 }) as unknown as Schema<Readonly<Record<string, number>>> }), { max: 10_000 }),
  updated_at: string({ max: 40 }),
});
const DEFINED = object<{ readonly definition: unknown }>({ definition: DEFINITION });
const EXPORTED = object<ExportedArrival>({ received_at: optional(timestamp()), imported: optional(boolean()) });

/** A line that is not what it should be. */
export class LineFault extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super('The line is not acceptable.');
    this.faults = faults;
  }
}

/** The id of an event that was given none: made from all that is said of it, so that the same line again is the same event. */
const idOf = (line: string): string => {
  const hex = createHash('sha256').update(line).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const parsed = (line: string): unknown => {
  try {
    return parseJson(line);
  } catch (error) {
    throw new LineFault([{ field: '', message: error instanceof Problem ? error.message : 'is not JSON' }]);
  }
};

/** Reads one line of an import; throws LineFault with every fault. `now` is the time of arrival of what says none: nothing happens after it. */
export const readRecord = (line: string, now: number): ImportRecord => {
  const value = parsed(line);
  const faults = new Faults();
  const { record } = KIND.check(value, '', faults);
  if (faults.list.length > 0) throw new LineFault(faults.list);
  if (record === 'assignment') {
    const assignment = ASSIGNMENT.check(value, '', faults);
    if (assignment.timestamp > now) faults.add('/timestamp', 'must not be in the future');
    if (faults.list.length > 0) throw new LineFault(faults.list);
    return { record, ...assignment };
  }
  if (record === 'experiment') {
    const { definition } = DEFINED.check(value, '', faults);
    if (faults.list.length > 0) throw new LineFault(faults.list);
    return { record, definition: definition as unknown as Experiment };
  }
  const event = EVENT_SCHEMA.check(value, '', faults);
  const { received_at, imported } = EXPORTED.check(value, '', faults);
  if (event.timestamp !== undefined && event.timestamp > now) faults.add('/timestamp', 'must not be in the future');
  if (faults.list.length > 0) throw new LineFault(faults.list);
  const arrival = { at: event.timestamp ?? now, arrived: received_at ?? now, imported: received_at === undefined ? true : (imported ?? false) };
  return { record, event: recordableOf(event.event_id === undefined ? { ...event, event_id: idOf(line) } : event, arrival) };
};
