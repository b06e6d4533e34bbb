import type { Clock } from '../../../shared/clock.ts';
import type { EventAnswer } from '../../../shared/contract/event.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';
import { eventTime } from '../../../shared/event-time.ts';
import type { Call } from '../../../shared/http/call.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Exclusions } from '../visitor/exclusion.ts';
import type { Tally } from '../visitor/tally.ts';
import { visitOf } from '../visitor/visit.ts';
import type { Visit } from '../visitor/visit.ts';
import { readVisitor } from '../visitor/visitor-cookie.ts';
import { outboxEvent } from './outbox-event.ts';
import { requestContext } from './request-context.ts';
import { readView, viewTime } from './view-token.ts';
import type { View } from './view-token.ts';

/** The page that events are about when nothing is said. */
const FIRST_PAGE = 'home';
/** How long after its rendering a page's word counts (milliseconds); a page left open for longer goes by its cookies. */
const VIEW_AGE_MS_MAX = 604_800_000;

/** What taking events needs. */
export interface EventDoorNeeds {
  readonly configuration: Configuration;
  readonly outbox: Outbox;
  readonly tally: Tally;
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly exclusions: Exclusions;
}

/** The experiment and variant that something belongs to; null where the visitor takes no part. */
export interface Part {
  readonly experiment: string | null;
  readonly variant: string | null;
}

/** Events as a browser sent them, and what it says of itself. */
export interface SentEvents {
  readonly events: readonly ValidEvent[];
  /** The page that they happened on; undefined when that is not said. */
  readonly page: string | undefined;
  /** The rendering that they happened on; undefined on a site of one's own elsewhere. */
  readonly view: View | undefined;
  /** When they were sent, by the browser's clock. */
  readonly sent_at: number | undefined;
}

/** The first-party way of events to metrics-service: on disk here before anybody is answered. */
export class EventDoor {
  readonly #needs: EventDoorNeeds;

  constructor(needs: EventDoorNeeds) {
    this.#needs = needs;
  }

  /** Reads the rendering that events come from; undefined for one that we did not sign, or that is too old. */
  viewOf(token: string | undefined): View | undefined {
    const view = token === undefined ? undefined : readView(token, this.#needs.key);
    return view === undefined || this.#needs.clock() - viewTime(view) > VIEW_AGE_MS_MAX ? undefined : view;
  }

  /** Who sends events: whom the page was rendered for, else whom the cookie or the tracker's signed id names, else somebody new. */
  visitOf(call: Call, view: View | undefined, signed_visitor: string | undefined): Visit {
    const { key, exclusions } = this.#needs;
    const visit = visitOf(call, key, exclusions);
    if (visit.exclusion === 'privacy') return visit;
    const known = view?.visitor_id ?? (visit.returning ? undefined : readVisitor(signed_visitor, key));
    return known == null ? visit : { ...visit, visitor_id: known, returning: true };
  }

  /** Records events of a visitor; resolves, when they are on disk, to one answer each. Throws Problem `overloaded` or `disk_full`. */
  async take(call: Call, visit: Visit, sent: SentEvents): Promise<readonly EventAnswer[]> {
    const { outbox, clock, tally, exclusions } = this.#needs;
    const now = clock();
    // What the signed page or cookie says, whatever the body does.
    const part: Part = sent.view ?? this.partOf(visit, sent.page ?? FIRST_PAGE);
    const own = requestContext(call);
    const taken = sent.events.map((event) => {
      const event_id = event.event_id ?? uuidv7(now);
      const excluded = visit.exclusion ?? exclusions.ofEvent(event.context?.automation);
      if (excluded !== undefined) tally.add(`event ${excluded}`);
      const at = eventTime({ timestamp: event.timestamp, sent_at: event.sent_at ?? sent.sent_at }, now);
      const { event_type, event_name, value, properties } = event;
      const item = excluded === undefined ? outboxEvent({ event_id, visitor_id: visit.visitor_id, event_type, event_name, experiment: part.experiment, variant: part.variant, at, value, properties, context: { ...event.context, ...own } }, now) : undefined;
      return { event_id, excluded, item };
    });
    const items = taken.flatMap(({ item }) => (item === undefined ? [] : [item]));
    const fresh = items.length === 0 ? [] : await outbox.add(items);
    const isFresh = new Map(items.map((item, index) => [item, fresh[index] === true]));
    return taken.map(({ event_id, excluded, item }) => ({
      event_id,
      experiment_id: part.experiment,
      variant: part.variant,
      duplicate: item !== undefined && isFresh.get(item) === false,
      ...(excluded === undefined ? {} : { excluded: 'bot' as const }),
    }));
  }

  /** Which experiment and variant a visitor has on a page, by the signed cookie. */
  partOf(visit: Visit, page: string): Part {
    const experiment = this.#needs.configuration.experimentOn(page);
    const entry = visit.entries.find(({ experiment_id }) => experiment_id === experiment?.experiment_id);
    const variant = experiment?.variants.find(({ variant_id }) => variant_id === entry?.variant_id);
    return experiment === undefined || variant === undefined ? { experiment: null, variant: null } : { experiment: experiment.key, variant: variant.variant_name };
  }

  /** Whether a request comes from somebody who is counted. */
  counts(call: Call): boolean {
    return this.#needs.exclusions.of(call) === undefined;
  }
}
