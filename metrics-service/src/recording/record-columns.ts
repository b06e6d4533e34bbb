import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { ImportRecord } from '../import/import-record.ts';
import { EventColumns } from './event-columns.ts';
import type { SentEvents } from './event-columns.ts';
import { Texts } from './sent-texts.ts';
import type { SentTexts } from './sent-texts.ts';

/** Assignments of an import column by column, to be sent as events are. */
export interface SentAssignments {
  readonly count: number;
  readonly visitors: SentTexts;
  readonly experiments: SentTexts;
  readonly variants: SentTexts;
  readonly at: Float64Array;
  /** The places of those that were forced upon a tester. */
  readonly forced: ReadonlySet<number>;
}

/** Records of an import, each kind apart: what they come to does not depend on their order. */
export interface SentRecords {
  readonly definitions: readonly Experiment[];
  readonly assignments: SentAssignments;
  readonly events: SentEvents;
}

/** Texts of a column that grows. */
class TextColumn {
  readonly #texts = new Texts();
  readonly #places: number[] = [];

  add(text: string): void {
    this.#places.push(this.#texts.placeOf(text));
  }

  sent(): SentTexts {
    return { texts: this.#texts.texts, places: Int32Array.from(this.#places) };
  }
}

/** Gathers records of an import to be sent. */
export class RecordColumns {
  readonly #definitions: Experiment[] = [];
  readonly #events = new EventColumns();
  readonly #visitors = new TextColumn();
  readonly #experiments = new TextColumn();
  readonly #variants = new TextColumn();
  readonly #at: number[] = [];
  readonly #forced = new Set<number>();

  get count(): number {
    return this.#definitions.length + this.#at.length + this.#events.count;
  }

  /** How many of them are events. */
  get events(): number {
    return this.#events.count;
  }

  add(record: ImportRecord): void {
    if (record.record === 'experiment') this.#definitions.push(record.definition);
    else if (record.record === 'event') this.#events.add(record.event);
    else {
      this.#visitors.add(record.visitor_id);
      this.#experiments.add(record.experiment_id);
      this.#variants.add(record.variant);
      if (record.forced === true) this.#forced.add(this.#at.length);
      this.#at.push(record.timestamp);
    }
  }

  /** What goes to the other thread. */
  sent(): SentRecords {
    const assignments = { count: this.#at.length, visitors: this.#visitors.sent(), experiments: this.#experiments.sent(), variants: this.#variants.sent(), at: Float64Array.from(this.#at), forced: this.#forced };
    return { definitions: this.#definitions, assignments, events: this.#events.sent() };
  }
}
