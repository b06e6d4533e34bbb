import { html } from '../../../shared/html.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { problemHeaders, statusOf, titleOf } from '../../../shared/http/problem-reply.ts';
import { Problem } from '../../../shared/problem.ts';
import { freshNonce, pageReply } from './page-reply.ts';

/** Shows a Problem to a person: what went wrong, and the way back. Anything else is thrown on, for the log. */
export const problemPage = (error: unknown): Reply => {
  if (!(error instanceof Problem)) throw error;
  const nonce = freshNonce();
  const title = titleOf(error.kind);
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 1.0625rem/1.6 system-ui, sans-serif; }
body { display: grid; place-content: center; min-height: 100svh; margin: 0; padding: 2rem; text-align: center; background: light-dark(#fbfaf8, #12141c); color: light-dark(#1a1d29, #eceef6); }
h1 { margin: 0; font-size: 1.75rem; letter-spacing: -0.02em; }
p { margin: 0.5rem 0 1.5rem; color: light-dark(#555b70, #a5abc0); }
a { color: inherit; }
</style>
<main>
<h1>${title}</h1>
<p>${error.message}</p>
<a href="/">Back to the first page</a>
</main>
</html>
`;
  const reply = pageReply(statusOf(error.kind), nonce, page.text, []);
  return { ...reply, headers: { ...reply.headers, ...problemHeaders(error) } };
};
