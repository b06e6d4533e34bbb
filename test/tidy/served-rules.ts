import { faultyLines, isServed } from './rule.ts';
import type { Rule, SourceFile } from './rule.ts';

/** Names that lead nowhere outside: this machine, a service by its name, names reserved for examples, and URIs that only identify. */
const INSIDE =
  /^(|localhost|127\.0\.0\.1|0\.0\.0\.0|\[.*\]|[a-z][a-z0-9-]*|([a-z0-9-]+\.)*(example|test|invalid|localhost)|([a-z0-9-]+\.)*example\.(com|org|net)|www\.w3\.org|json-schema\.org|[$<{%:].*)$/i;

const ADDRESS = /(?:\b(?:https?|wss?|ftp):|(?:src|href|action)=["']?|url\(["']?|@import\s+["'])\/\/(\[[^\]]*\]|[^\s'"`()\]},;/:?#\\]*)/i;

const in_served = (check: (file: SourceFile) => readonly string[]): Rule['faults'] => (files) => files.filter(isServed).flatMap(check);

/** In browser files a comment is sent along; elsewhere it may name the source of a formula. */
const readsComments = ({ path }: SourceFile): boolean => /\/(public|pages)\//.test(path) || !path.endsWith('.ts');

const file = (path: string, text: string): SourceFile => ({ path, text });

/** What reaches a browser. */
export const servedRules: readonly Rule[] = [
  {
    name: 'nothing served names an address outside',
    faults: in_served((one) =>
      faultyLines(one, ADDRESS, ([address, host = '']) => (INSIDE.test(host) ? undefined : `names an outside address: ${address}`), { comments: readsComments(one) })),
    planted: [
      file('landing-service/pages/home/page.html', '<link href="https://fonts.googleapis.com/css">'),
      file('landing-service/pages/home/page.html', '<script src="//cdn.jsdelivr.net/x.js"></script>'),
      file('admin-app/public/x.css', '@import "//fonts.bunny.net/css";'),
      file('admin-app/public/x.css', 'a { background: url(https://images.fairsplit.io/a.png) }'),
      file('admin-app/public/x.ts', '// See https://developer.mozilla.org/'),
      file('ab-service/src/x.ts', "const socket = new WebSocket('wss://live.fairsplit.io');"),
      file('shared/x.ts', "fetch('http://8.8.8.8/');"),
    ],
    kept: [
      file('admin-app/src/chart.ts', '/** After https://www.evanmiller.org/. */\nconst svg = `<svg xmlns="http://www.w3.org/2000/svg">`;'),
      file('shared/config.ts', 'const a = `http://localhost:${port}`; const b = `http://${host}/`; const c = /^https?:\\/\\//; const d = "http://[::1]:1"; const e = "https://";'),
      file('admin-app/src/x.ts', 'const hint = "https://hooks.example.com/a"; const f = "http://ab-service:5002"; // a comment'),
      file('ab-service/README.md', 'https://openfeature.dev'),
      file('ab-service/test/x.test.ts', "'https://evil.com'"),
    ],
  },
  {
    name: 'nothing served holds inline scripts, handlers or styles, which its policy would block',
    faults: in_served((one) => [
      ...faultyLines(
        one,
        /<script\b(?![^>]*\ssrc=)(?![^>]*type="?(?:application\/(?:ld\+)?json|importmap|speculationrules))/i,
        'holds an inline script',
        { comments: readsComments(one) },
      ),
      ...faultyLines(one, /<[a-z][^<>]*?\s(on[a-z]+|style)=["'$]/i, (match) => `holds an inline ${match[1]}`, { comments: readsComments(one) }),
      ...faultyLines(one, /unsafe-(inline|eval)|javascript:/i, (match) => `says ${match[0]}`, { comments: false }),
    ]),
    planted: [
      file('admin-app/src/x.ts', 'html`<script>alert(1)</script>`'),
      file('landing-service/pages/home/page.html', '<script type="module">'),
      file('landing-service/pages/home/page.html', '<a href="/" onclick="go()">'),
      file('admin-app/src/x.ts', 'html`<td style="width:${share}%">`'),
      file('shared/http/x.ts', "const policy = \"style-src 'unsafe-inline'\";"),
      file('admin-app/src/x.ts', 'html`<a href="javascript:go()">`'),
    ],
    kept: [
      file('admin-app/src/x.ts', 'html`<script type="module" nonce="${nonce}" src="${url}"></script><script type="application/json">${data}</script>`'),
      file('admin-app/src/x.ts', '/** Never `unsafe-inline`, and no <script> in the page. */\nconst only = one<style;'),
      file('landing-service/test/x.test.ts', 'assert.doesNotMatch(body, /unsafe-inline|<script>/)'),
    ],
  },
];
