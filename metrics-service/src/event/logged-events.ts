import { isoTime } from '../../../shared/clock.ts';
import type { EventContext, LoggedEvent } from '../../../shared/contract/event.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { VisitorStore } from '../visitor/visitor-store.ts';
import type { WordStore } from '../word/word-store.ts';
import { placeOf, valueAt } from './event-block.ts';
import type { EventDetails } from './event-block.ts';
import type { EventBlock, EventReader } from './event-reader.ts';

/** What shows events. */
export interface LoggedEventsNeeds {
  readonly events: EventReader;
  readonly visitors: VisitorStore;
  readonly words: WordStore;
  readonly experiments: ExperimentStore;
}

const parsed = <T>(json: string | null): T | null => (json === null ? null : (JSON.parse(json) as T));

/** Shows events as answers have them, those of one page: it remembers their visitors, and the block that was read last. */
export class LoggedEvents {
  private readonly needs: LoggedEventsNeeds;
  private readonly visitors = new Map<number, string | undefined>();
  private block: EventBlock | undefined;
  private details: EventDetails | undefined;

  constructor(needs: LoggedEventsNeeds) {
    this.needs = needs;
  }

  /** Shows the event with a place in the log; undefined if it is gone. Quick for one that lies in the same block as the one before. */
  find(seq: number): LoggedEvent | undefined {
    const block = this.block !== undefined && placeOf(this.block, seq) !== undefined ? this.block : this.needs.events.next(seq - 1);
    const place = block === undefined ? undefined : placeOf(block, seq);
    return block === undefined || place === undefined ? undefined : this.show(block, place);
  }

  /** Shows an event; undefined if its visitor is gone. */
  show(block: EventBlock, place: number): LoggedEvent | undefined {
    const { words, experiments } = this.needs;
    const visitor_id = this.visitorIdOf(block.first_visitor + (block.visitor[place] as number));
    if (visitor_id === undefined) return undefined;
    const details = this.detailsOf(block);
    const event_type = words.wordOf(block.type[place] as number);
    const [name, experiment, variant] = [block.name[place] as number, block.experiment[place] as number, block.variant[place] as number];
    return {
      seq: block.first_seq + (block.seq[place] as number),
      event_id: details.event_id(place),
      visitor_id,
      event_type,
      event_name: name === 0 ? null : words.wordOf(name).slice(event_type.length + 1),
      experiment_id: experiment === 0 ? null : experiments.textOf(experiment),
      variant: variant === 0 ? null : words.wordOf(variant),
      timestamp: isoTime(block.first_at + (block.at[place] as number)),
      received_at: isoTime(block.first_arrived + (block.arrived[place] as number)),
      value: valueAt(block, place),
      properties: parsed<JsonObject>(details.properties(place)),
      context: parsed<EventContext>(details.context(place)),
      imported: block.imported[place] === 1,
    };
  }

  private detailsOf(block: EventBlock): EventDetails {
    if (this.details === undefined || this.block !== block) {
      this.details = this.needs.events.details(block.key);
      this.block = block;
    }
    return this.details;
  }

  private visitorIdOf(visitor: number): string | undefined {
    let id = this.visitors.get(visitor);
    if (id === undefined) {
      id = this.needs.visitors.findId(visitor);
      this.visitors.set(visitor, id);
    }
    return id;
  }
}
