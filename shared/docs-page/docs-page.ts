import { randomBytes } from 'node:crypto';
import { html } from '../html.ts';
import { HTML_TYPE } from '../http/call.ts';
import type { Reply } from '../http/call.ts';
import type { OpenApiWords } from '../http/openapi.ts';
import type { Assets } from '../http/static.ts';

const NONCE_BYTES = 16;
const STYLES = ['tokens.css', 'base.css', 'layout.css', 'endpoints.css', 'operation.css', 'request.css'];

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

/** The page's frame: it holds nothing of the document, which may need a token, and asks for nothing from outside. Addresses are relative, so that it also works below a gateway. */
export const docsPage = (assets: Assets, { title, version }: OpenApiWords): Reply => {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href=".${assets.url('icon.svg')}" type="image/svg+xml">
${STYLES.map((name) => html`<link rel="stylesheet" href=".${assets.url(`style/${name}`)}">\n`)}<script type="module" nonce="${nonce}" src=".${assets.url('docs.ts')}"></script>
</head>
<body>
<a class="skip-link" id="skip" href="#main">Skip to the content</a>
<header class="bar">
<a class="brand" href="#overview"><svg class="brand-mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><path class="brand-left" d="M14.5 3.1a13 13 0 0 0 0 25.8z"/><path class="brand-right" d="M17.5 3.1a13 13 0 0 1 0 25.8z"/></svg><span>${title}</span> <span class="tag">${version}</span></a>
<button type="button" class="button list-button" id="list-button" aria-expanded="false" aria-controls="endpoints" hidden>Endpoints</button>
<form class="token-form" id="token-form" autocomplete="off">
<label for="token">Token</label>
<input id="token" type="password" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="4096" placeholder="API or ingest token" aria-describedby="token-hint">
<button class="button" id="token-button">Use</button>
<span class="visually-hidden" id="token-hint">Kept in this tab alone, until it is closed; sent with each request.</span>
</form>
</header>
<div class="frame">
<nav class="endpoints" id="endpoints" aria-label="Endpoints" hidden></nav>
<main id="main" tabindex="-1">
<p id="state" role="status">Reading the description…</p>
<noscript><p>This page needs JavaScript. The description itself is at <a href="./openapi.json">openapi.json</a>.</p></noscript>
</main>
</div>
<p class="visually-hidden" role="status" id="announcer"></p>
</body>
</html>
`;
  return { status: 200, type: HTML_TYPE, headers: { 'content-security-policy': policy(nonce), 'cache-control': 'private, no-store' }, body: page.text };
};
