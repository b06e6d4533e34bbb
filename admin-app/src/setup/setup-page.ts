import type { Reply } from '../../../shared/http/call.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { html } from '../../../shared/html.ts';
import type { Fault } from '../../../shared/problem.ts';
import { PASSWORD_LENGTH_MIN } from '../account/account.ts';
import { alertBox, cardReply } from '../page/card-page.ts';
import { faultLine, passwordField } from '../page/fields.ts';

/** What the form shows when it comes back. */
export interface SetupForm {
  readonly token?: string;
  readonly name?: string;
  readonly message?: string;
  readonly faults?: readonly Fault[];
}

/** Answers with the form that makes the first account; a script takes the token from the link, without one it is pasted. */
export const setupPage = (assets: Assets, status: number, { token = '', name = '', message, faults = [] }: SetupForm, headers: Reply['headers'] = {}): Reply => {
  const fault = (field: string): string | undefined => faults.find((each) => each.field === field)?.message;
  const name_fault = fault('name');
  return cardReply(assets, status, {
    title: 'Create your account',
    scripts: ['setup-token.ts', 'password-field.ts'],
    headers,
    content: html`<p class="lead">Fairsplit runs on your own machine, and this is its first account: an administrator’s.</p>
${alertBox(message)}
<form method="post" action="/setup" class="stack">
<setup-token class="field"><label for="token">Set-up code <span class="hint">(the part of the link after #)</span></label>
<input id="token" name="token" value="${token}" autocomplete="off" spellcheck="false" maxlength="100" required></setup-token>
<div class="field"><label for="name">Name</label>
<input id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required aria-describedby="name-hint${name_fault === undefined ? '' : ' name-fault'}" ${
      name_fault === undefined ? '' : html`aria-invalid="true"`
    }>
<p class="hint" id="name-hint">Letters, digits and . _ @ - are fine.</p>${faultLine('name-fault', name_fault)}</div>
${passwordField({ autocomplete: 'new-password', hint: `At least ${PASSWORD_LENGTH_MIN} characters. A few words in a row are easy to keep in mind.`, fault: fault('password'), length_min: PASSWORD_LENGTH_MIN })}
<button class="button primary">Create account</button>
</form>`,
  });
};
