import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { AssignmentRecord, ImportRecord } from '../import/import-record.ts';
import { EventColumns } from './event-columns.ts';
import type { SentEvents } from './event-columns.ts';

/** Assignments that differ in who was assigned, and when (ms since 1970). */
export interface SentAssignments {
  readonly experiment_id: string;
  readonly variant: string;
  readonly forced: boolean;
  readonly visitors: readonly string[];
  /** By the place of the visitor. */
  readonly at: readonly number[];
}

/** Records of an import as they go from thread to thread, each kind apart: what they come to does not depend on their order. */
export interface SentRecords {
  readonly definitions: readonly Experiment[];
  readonly assignments: readonly SentAssignments[];
  readonly events: SentEvents;
}

interface Alike extends SentAssignments {
  readonly visitors: string[];
  readonly at: number[];
}

/** Gathers records of an import to be sent. */
export class RecordColumns {
  readonly #definitions: Experiment[] = [];
  readonly #assignments = new Map<string, Alike>();
  readonly #events = new EventColumns();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** How many of them are events. */
  get events(): number {
    return this.#events.count;
  }

  add(record: ImportRecord): void {
    this.#count += 1;
    if (record.record === 'experiment') this.#definitions.push(record.definition);
    else if (record.record === 'event') this.#events.add(record.event);
    else this.#addAssignment(record);
  }

  /** What goes to the other thread. */
  sent(): SentRecords {
    return { definitions: this.#definitions, assignments: [...this.#assignments.values()], events: this.#events.sent() };
  }

  #addAssignment({ visitor_id, experiment_id, variant, timestamp, forced = false }: AssignmentRecord): void {
    const key = `${forced} ${variant.length} ${variant} ${experiment_id}`;
    let alike = this.#assignments.get(key);
    if (alike === undefined) this.#assignments.set(key, (alike = { experiment_id, variant, forced, visitors: [], at: [] }));
    alike.visitors.push(visitor_id);
    alike.at.push(timestamp);
  }
}
