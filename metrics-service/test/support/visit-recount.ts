import type { EventContext } from '../../../shared/contract/event.ts';

/** An event as a test of visits knows it. */
export interface ToldVisitEvent {
  readonly event_id: string;
  readonly visitor_id: string;
  readonly type: string;
  readonly name: string | undefined;
  readonly at: number;
  readonly properties: { readonly time_on_page?: number; readonly depth?: number };
  readonly context: EventContext | undefined;
}

/** A session as it is counted anew: plainly, from all events. */
export interface ToldSession {
  readonly visitor_id: string;
  readonly start: number;
  readonly events: readonly ToldVisitEvent[];
  readonly views: number;
  /** Seconds. */
  readonly visible: number;
  readonly scroll: number;
  readonly bounce: boolean;
  readonly opening: EventContext | undefined;
  readonly entry: string | null;
}

const INTEREST = ['click', 'cta_click', 'form_submit'];

const sessionOf = (visitor_id: string, events: readonly ToldVisitEvent[]): ToldSession => {
  const views = events.filter(({ type }) => type === 'page_view');
  const visible = events.filter(({ type }) => type === 'engagement').reduce((sum, { properties }) => sum + Math.round((properties.time_on_page ?? 0) * 10), 0) / 10;
  const opener = [...views, ...events].find(({ context }) => context !== undefined);
  return {
    visitor_id,
    start: (events[0] as ToldVisitEvent).at,
    events,
    views: views.length,
    visible,
    scroll: Math.max(0, ...events.filter(({ type }) => type === 'scroll').map(({ properties }) => properties.depth ?? 0)),
    bounce: views.length === 1 && visible < 10 && !events.some(({ type }) => INTEREST.includes(type)),
    opening: opener?.context,
    entry: opener?.type === 'page_view' ? (opener.context?.path ?? null) : null,
  };
};

/** Cuts events, given in the order they came, into sessions in order of their start. Shares no code with the service. */
export const recountSessions = (events: readonly ToldVisitEvent[]): readonly ToldSession[] => {
  const sessions: ToldSession[] = [];
  for (const visitor_id of new Set(events.map((event) => event.visitor_id))) {
    let current: ToldVisitEvent[] = [];
    for (const event of events.filter((each) => each.visitor_id === visitor_id).sort((a, b) => a.at - b.at)) {
      const last = current.at(-1);
      if (last !== undefined && event.at - last.at > 30 * 60_000) {
        sessions.push(sessionOf(visitor_id, current));
        current = [];
      }
      current.push(event);
    }
    sessions.push(sessionOf(visitor_id, current));
  }
  return sessions.sort((a, b) => a.start - b.start);
};

/** How many steps of a funnel somebody comes, tried from every beginning there is. */
export const recountFunnel = (events: readonly ToldVisitEvent[], steps: readonly string[], within_ms: number): number => {
  const makes = (event: ToldVisitEvent, step: number): boolean => steps[step] === event.type || (event.name !== undefined && steps[step] === `${event.type}:${event.name}`);
  let farthest = 0;
  events.forEach((first, index) => {
    if (!makes(first, 0)) return;
    let step = 1;
    for (const event of events.slice(index + 1)) if (step < steps.length && event.at - first.at <= within_ms && makes(event, step)) step += 1;
    farthest = Math.max(farthest, step);
  });
  return farthest;
};
