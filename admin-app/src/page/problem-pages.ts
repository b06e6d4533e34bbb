import type { Handler, Reply } from '../../../shared/http/call.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { html } from '../../../shared/html.ts';
import { cardReply } from './card-page.ts';

interface ProblemBody {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

const asPage = (assets: Assets, reply: Reply): Reply => {
  if (reply.type !== 'application/problem+json' || typeof reply.body !== 'string') return reply;
  const { title, detail } = JSON.parse(reply.body) as ProblemBody;
  const { 'www-authenticate': _, ...headers } = reply.headers ?? {};
  return cardReply(assets, reply.status, { title, headers, content: html`<p>${detail}</p><p><a class="button" href="/">Go to the overview</a></p>` });
};

/** Shows refusals as a page to whoever asked for one: a browser that goes somewhere. Programs keep problem+json. */
export const showProblemsAsPages = (assets: Assets, app: Handler): Handler => (call) => {
  if (!call.headers.accept?.includes('text/html') || call.path.startsWith('/api/')) return app(call);
  const reply = app(call);
  return reply instanceof Promise ? reply.then((settled) => asPage(assets, settled)) : asPage(assets, reply);
};
