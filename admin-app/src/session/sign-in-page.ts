import type { Reply } from '../../../shared/http/call.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { html } from '../../../shared/html.ts';
import { alertBox, cardReply } from '../page/card-page.ts';
import { passwordField } from '../page/fields.ts';

/** What the form shows when it comes back. */
export interface SignInForm {
  readonly next: string;
  readonly name?: string;
  readonly message?: string;
}

/** Answers with the form for signing in. */
export const signInPage = (assets: Assets, status: number, { next, name = '', message }: SignInForm, headers: Reply['headers'] = {}): Reply =>
  cardReply(assets, status, {
    title: 'Sign in',
    scripts: ['password-field.ts'],
    headers,
    content: html`${alertBox(message)}
<form method="post" action="/sign-in" class="stack">
<input type="hidden" name="next" value="${next}">
<div class="field"><label for="name">Name</label>
<input id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required ${name === '' ? html`autofocus` : ''}></div>
${passwordField({ autocomplete: 'current-password', focus: name !== '' })}
<button class="button primary">Sign in</button>
</form>`,
  });
