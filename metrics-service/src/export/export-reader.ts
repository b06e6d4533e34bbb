import { isoTime } from '../../../shared/clock.ts';
import type { LoggedEvent } from '../../../shared/contract/event.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { shownId } from '../../../shared/sqlite/stored-id.ts';
import { LoggedEvents } from '../event/logged-events.ts';
import type { LoggedEventsNeeds } from '../event/logged-events.ts';

/** How many records are read before others have the event loop. */
const PAGE = 250;

/** One record of an export, as a line of `POST /import` takes it. */
export type ExportRecord =
  | { readonly record: 'experiment'; readonly definition: Experiment }
  | { readonly record: 'assignment'; readonly visitor_id: string; readonly experiment_id: string; readonly variant: string; readonly timestamp: string; readonly forced?: boolean }
  | {
      readonly record: 'event';
      readonly event_id: string;
      readonly visitor_id: string;
      readonly event_type: string;
      readonly event_name?: string;
      readonly experiment_id?: string;
      readonly variant?: string;
      readonly timestamp: string;
      readonly received_at: string;
      readonly imported?: boolean;
      readonly value?: number;
      readonly properties?: unknown;
      readonly context?: unknown;
    };

interface Stores extends LoggedEventsNeeds {
  readonly database: Database;
}

/** Reads all that is stored, a page at a time by key: no statement is open between two pages, so a slow reader holds up nobody. */
export class ExportReader {
  private readonly stores: Stores;
  private readonly selectAssignments;

  constructor(stores: Stores) {
    this.stores = stores;
    this.selectAssignments = stores.database.prepare(
      `SELECT visitor, visitors.visitor_id, experiment, variant, assigned_at, forced FROM assignments JOIN visitors ON visitors.id = assignments.visitor
       WHERE (visitor, experiment, variant, assigned_at) > (?, ?, ?, ?) ORDER BY visitor, experiment, variant, assigned_at LIMIT ${PAGE}`,
    );
  }

  /** Answers the pages of an export: definitions and assignments first where all is asked for, then the events that were there when it began. */
  *pages(records: 'events' | 'all'): Generator<readonly ExportRecord[]> {
    if (records === 'all') {
      yield* this.definitions();
      yield* this.assignments();
    }
    yield* this.eventPages();
  }

  private *definitions(): Generator<readonly ExportRecord[]> {
    for (let after = 0; ; ) {
      const page = this.stores.experiments.list(after, PAGE);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.flatMap(({ definition }) => (definition === null ? [] : [{ record: 'experiment', definition } as const]));
      after = last.id;
    }
  }

  private *assignments(): Generator<readonly ExportRecord[]> {
    const { words } = this.stores;
    for (let place: readonly [number, number, number, number] = [0, 0, 0, 0]; ; ) {
      const rows = this.selectAssignments.all(...place);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map((row) => ({
        record: 'assignment',
        visitor_id: shownId(row['visitor_id']),
        experiment_id: this.nameOf(row['experiment'] as number),
        variant: words.wordOf(row['variant'] as number),
        timestamp: isoTime(row['assigned_at'] as number),
        ...(row['forced'] === 1 ? { forced: true } : {}),
      }));
      place = [last['visitor'] as number, last['experiment'] as number, last['variant'] as number, last['assigned_at'] as number];
    }
  }

  private *eventPages(): Generator<readonly ExportRecord[]> {
    const end = this.stores.events.lastSeq;
    for (let after = 0; after < end; ) {
      // A block and what is shown of it must be of one moment: others may join or change blocks meanwhile.
      const [page, until] = this.stores.database.snapshot(() => this.eventsBetween(after, end));
      yield page.map((event) => this.eventRecord(event));
      after = until;
    }
  }

  private eventsBetween(after: number, end: number): readonly [page: readonly LoggedEvent[], until: number] {
    const logged = new LoggedEvents(this.stores);
    const page: LoggedEvent[] = [];
    for (const [block, place] of this.stores.events.after(after)) {
      const event = logged.show(block, place);
      if (event === undefined) continue;
      if (event.seq > end) break;
      page.push(event);
      if (page.length === PAGE) return [page, event.seq];
    }
    return [page, end];
  }

  private eventRecord(event: LoggedEvent): ExportRecord {
    const { experiments } = this.stores;
    const { event_name, experiment_id, variant, value, properties, context, imported } = event;
    const name = experiment_id === null ? undefined : experiments.findName(experiment_id);
    return {
      record: 'event',
      event_id: event.event_id,
      visitor_id: event.visitor_id,
      event_type: event.event_type,
      ...(event_name === null ? {} : { event_name }),
      ...(experiment_id === null ? {} : { experiment_id: name === undefined ? experiment_id : this.nameOf(name.experiment) }),
      ...(variant === null ? {} : { variant }),
      timestamp: event.timestamp,
      received_at: event.received_at,
      ...(imported ? { imported } : {}),
      ...(value === null ? {} : { value }),
      ...(properties === null ? {} : { properties }),
      ...(context === null ? {} : { context }),
    };
  }

  /** One name for an experiment in a whole export, one that also means it where its id is another: its key, where it has one. */
  private nameOf(experiment: number): string {
    return this.stores.experiments.exportNameOf(experiment);
  }
}
