import { EVENT_BODY } from '../../../shared/event-body.ts';
import type { EventBody } from '../../../shared/event-body.ts';
import { string, timestamp } from '../../../shared/schema/scalars.ts';
import type { Schema } from '../../../shared/schema/schema.ts';

/** The body of landing-service's `POST /events`: metrics-service's, and what the tracker says of the whole. */
export interface TrackedBody extends EventBody {
  /** The page that it is about, where it is not the first. */
  readonly page: string | undefined;
  /** What the rendering of the page signed. */
  readonly view: string | undefined;
  /** A signed visitor's id, kept by the tracker of a site that our cookie does not reach. */
  readonly visitor: string | undefined;
  /** When it was sent, by the browser's clock. */
  readonly sent_at: number | undefined;
}

const page = string({ max: 64 });
const view = string({ max: 2_048 });
const visitor = string({ max: 256 });
const sent_at = timestamp();

/** Stands in for the visitor where events are checked: who it is, this service knows by itself. */
const ANYBODY = 'anybody';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Describes the body; the events are checked one by one, so that a batch says which of them are at fault. */
export const TRACKED_BODY: Schema<TrackedBody> = {
  json: EVENT_BODY.json,
  check: (value, at, faults) => {
    const body = EVENT_BODY.check(value, at, faults);
    const whole = isObject(value) && body.many ? value : {};
    const member = <T>(name: string, schema: Schema<T>): T | undefined => (Object.hasOwn(whole, name) && whole[name] !== null ? schema.check(whole[name], `${at}/${name}`, faults) : undefined);
    return {
      many: body.many,
      items: body.items.map((item) => (isObject(item) ? { ...item, visitor_id: ANYBODY, experiment_id: undefined, variant: undefined } : item)),
      page: member('page', page),
      view: member('view', view),
      visitor: member('visitor', visitor),
      sent_at: member('sent_at', sent_at),
    };
  },
};
