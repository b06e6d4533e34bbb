import { randomBytes } from 'node:crypto';
import { HTML_TYPE } from '../../../shared/http/call.ts';
import type { Reply } from '../../../shared/http/call.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';

/** The parts of a whole page. */
export interface DocumentParts {
  /** Stands before the product's name in the window's title. */
  readonly title: string;
  readonly body: Html;
  /** Style sheets of `public/style/` besides those that every page has. */
  readonly styles?: readonly string[];
  /** Browser modules of `public/`. */
  readonly scripts?: readonly string[];
  readonly headers?: Reply['headers'];
}

const STYLES = ['tokens.css', 'base.css', 'controls.css'];
const NONCE_BYTES = 16;

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Answers with a page: nothing from outside, no inline script, kept by no cache. */
export const documentReply = (assets: Assets, status: number, parts: DocumentParts): Reply => {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${parts.title} · Fairsplit</title>
<link rel="icon" href="${assets.url('icon.svg')}" type="image/svg+xml">
${[...STYLES, ...(parts.styles ?? [])].map((name) => html`<link rel="stylesheet" href="${assets.url(`style/${name}`)}">\n`)}${(parts.scripts ?? []).map(
    (name) => html`<script type="module" nonce="${nonce}" src="${assets.url(name)}"></script>\n`,
  )}</head>
<body>
${parts.body}
</body>
</html>
`;
  return {
    status,
    type: HTML_TYPE,
    headers: {
      'content-security-policy': policy(nonce),
      'cache-control': 'private, no-store',
      // With `no-referrer` a browser would send `Origin: null` with our own forms.
      'referrer-policy': 'same-origin',
      ...parts.headers,
    },
    body: page.text,
  };
};
