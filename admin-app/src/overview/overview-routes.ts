import { jsonReply } from '../../../shared/http/call.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import type { Route } from '../../../shared/http/route.ts';
import { feedReply, feedText } from '../../../shared/http/sse.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { html } from '../../../shared/html.ts';
import { object } from '../../../shared/schema/composites.ts';
import { string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { formatFor, localeOf } from '../page/format.ts';
import { shellReply } from '../page/shell.ts';
import type { Door } from '../session/door.ts';
import type { Session } from '../session/session.ts';
import type { Overview } from './overview.ts';
import type { OverviewSource } from './overview-source.ts';
import { overviewView } from './overview-view.ts';

/** What the overview's routes work with. */
export interface OverviewRouteNeeds {
  readonly source: OverviewSource;
  readonly door: Door;
  readonly assets: Assets;
  readonly landing_url: string;
}

interface OverviewQuery {
  readonly experiment?: string;
  readonly ask?: string;
}

const query = object<OverviewQuery>({ experiment: optional(string({ max: 256 })), ask: optional(string({ max: 16 })) });
/** A listener that does not read is let go of; its browser comes back. */
const QUEUED_BYTES_MAX = 1_048_576;
const HEARTBEAT_MS = 15_000;

const SCRIPTS = ['overview-live.ts', 'local-time.ts', 'switch-form.ts', 'ask-first.ts', 'auto-submit.ts', 'rate-chart.ts'];
const STYLES = ['overview.css', 'figures.css', 'chart.css', 'print.css'];

/** `GET /`, its live feed, and who is signed in. */
export const overviewRoutes = ({ source, door, assets, landing_url }: OverviewRouteNeeds): readonly Route[] => {
  /** Listeners with the same role and language are sent the same text. */
  const rendered = new WeakMap<Overview, Map<string, string>>();

  const textFor = (overview: Overview, call: Call, { role }: Session): string => {
    const locale = localeOf(call.headers['accept-language']);
    const known = rendered.get(overview) ?? new Map<string, string>();
    rendered.set(overview, known);
    const key = `${role} ${locale}`;
    const text = known.get(key) ?? overviewView({ overview, format: formatFor(locale), role, landing_url, ask: undefined }).text;
    known.set(key, text);
    return text;
  };

  const page = async (call: Call, session: Session, { experiment, ask }: OverviewQuery): Promise<Reply> => {
    const overview = await source.read(experiment);
    const view = overviewView({ overview, format: formatFor(localeOf(call.headers['accept-language'])), role: session.role, landing_url, ask });
    const feed = overview.chosen === undefined ? '/overview/live' : `/overview/live?experiment=${encodeURIComponent(overview.chosen.key)}`;
    return shellReply(assets, {
      title: overview.chosen?.name ?? 'Overview',
      session,
      styles: STYLES,
      scripts: SCRIPTS,
      bar: html`<span class="live-state" id="live-state" hidden></span><noscript><a class="button quiet" href="">Refresh</a></noscript><a class="button quiet" href="${landing_url}" target="_blank" rel="noopener">Landing page<span aria-hidden="true"> ↗</span><span class="visually-hidden"> (opens a new tab)</span></a>`,
      main: html`<overview-live data-feed="${feed}">${view}</overview-live>`,
    });
  };

  const live = (call: Call, session: Session, experiment: string | undefined): Reply =>
    feedReply((sink) => {
      let sent = '';
      const end = (): void => {
        sink.write(feedText({ event: 'ended', data: 'The session has ended.' }));
        sink.close();
      };
      const send = (overview: Overview): void => {
        if (!door.stillOpen(call)) return end();
        if (sink.queued > QUEUED_BYTES_MAX) return sink.close();
        const text = textFor(overview, call, session);
        if (text === sent) return;
        sent = text;
        sink.write(feedText({ event: 'overview', data: text }));
      };
      sink.write('retry: 1000\n\n');
      const stop = source.listen(experiment, send);
      const heartbeat = setInterval(() => (door.stillOpen(call) ? sink.write(': still here\n\n') : end()), HEARTBEAT_MS).unref();
      sink.onClose(() => {
        clearInterval(heartbeat);
        stop();
      });
    });

  return [
    door.route('GET /', { summary: 'Shows the overview', role: 'viewer', query, handle: ({ call, query }, session) => page(call, session, query) }),
    door.route('GET /overview/live', { summary: 'Sends the overview with each change', role: 'viewer', query, handle: ({ call, query }, session) => live(call, session, query.experiment) }),
    door.route('GET /session', {
      summary: 'Says who is signed in',
      role: 'viewer',
      handle: (_, { account, role }) => jsonReply(200, { account, role }, { 'cache-control': 'no-store' }),
    }),
  ];
};
