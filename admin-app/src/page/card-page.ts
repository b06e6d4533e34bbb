import type { Reply } from '../../../shared/http/call.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { brandMark } from './brand.ts';
import { documentReply } from './document.ts';

/** What stands on a page that is one card: signing in, set-up, an error. */
export interface CardParts {
  readonly title: string;
  readonly content: Html;
  readonly scripts?: readonly string[];
  readonly headers?: Reply['headers'];
}

/** Answers with a page that is one card in the middle. */
export const cardReply = (assets: Assets, status: number, { title, content, ...rest }: CardParts): Reply =>
  documentReply(assets, status, {
    title,
    styles: ['card.css'],
    ...rest,
    body: html`<main class="card-page">
<div class="card-brand">${brandMark}<span>Fairsplit</span></div>
<section class="card" aria-labelledby="title">
<h1 id="title">${title}</h1>
${content}
</section>
</main>`,
  });

/** Says what is wrong above a form; read out as soon as the page is there. */
export const alertBox = (message: string | undefined): Html | undefined => (message === undefined ? undefined : html`<p class="alert" role="alert">${message}</p>`);
