import type { Assets } from '../../../shared/http/static.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import type { Session } from '../session/session.ts';
import { brandMark } from './brand.ts';
import { documentReply } from './document.ts';

/** A page for somebody who is signed in. */
export interface ShellParts {
  readonly title: string;
  readonly main: Html;
  /** Stands at the right end of the bar, before the account. */
  readonly bar?: Html;
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  readonly session: Session;
}

/** Answers with a page under the bar that all of them share. */
export const shellReply = (assets: Assets, { title, main, bar, styles, scripts, session }: ShellParts): Reply =>
  documentReply(assets, 200, {
    title,
    styles: ['shell.css', ...styles],
    scripts,
    body: html`<a class="skip-link" href="#main">Skip to the content</a>
<header class="bar"><a class="brand" href="/">${brandMark}<span>Fairsplit</span></a>
<nav aria-label="Main"><ul><li><a href="/" aria-current="page">Overview</a></li></ul></nav>
<div class="bar-end">${bar}<span class="account"><span class="account-name">${session.account}</span> <span class="tag">${session.role}</span></span>
<form method="post" action="/sign-out"><button class="button quiet">Sign out</button></form></div></header>
<main id="main" tabindex="-1">${main}</main>
<p class="visually-hidden" role="status" id="announcer"></p>`,
  });
