/** Text that is safe to stand in an HTML document as it is; only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What a template may hold: everything but `Html` is escaped; lists are joined; null, undefined and false are nothing. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for element content and for quoted attribute values. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

const render = (value: HtmlValue): string => {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === null || value === undefined || value === false) return '';
  return escapeHtml(String(value));
};

/**
 * Builds HTML from a template in which every value is escaped unless it is `Html` itself.
 * Attribute values must be quoted in the template: html`<a href="${link}">${label}</a>`.
 */
export const html = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html => {
  let text = parts[0] ?? '';
  for (let index = 0; index < values.length; index += 1) text += render(values[index]) + (parts[index + 1] ?? '');
  return new Html(text);
};

/** JSON that may stand inside a `<script type="application/json">`: no `<`, so no tag can end it. */
export const jsonScript = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
