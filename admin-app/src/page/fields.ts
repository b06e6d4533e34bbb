import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';

/** What a field for a password says of itself. */
export interface PasswordField {
  readonly autocomplete: 'current-password' | 'new-password';
  readonly hint?: string;
  readonly fault?: string | undefined;
  readonly length_min?: number;
  readonly focus?: boolean;
}

/** The line below a field that says what is wrong with it. */
export const faultLine = (id: string, fault: string | undefined): Html | undefined => (fault === undefined ? undefined : html`<p class="fault" id="${id}">${fault}</p>`);

/** A field for a password, with a button that shows it where scripts run. */
export const passwordField = ({ autocomplete, hint, fault, length_min, focus = false }: PasswordField): Html => {
  const described = [hint === undefined ? '' : 'password-hint', fault === undefined ? '' : 'password-fault'].join(' ').trim();
  return html`<div class="field"><label for="password">Password</label>
<password-field><input id="password" name="password" type="password" autocomplete="${autocomplete}" ${length_min === undefined ? '' : html`minlength="${length_min}"`} maxlength="256" required ${
    described === '' ? '' : html`aria-describedby="${described}"`
  } ${fault === undefined ? '' : html`aria-invalid="true"`} ${focus ? html`autofocus` : ''}></password-field>
${hint === undefined ? '' : html`<p class="hint" id="password-hint">${hint}</p>`}${faultLine('password-fault', fault)}</div>`;
};
