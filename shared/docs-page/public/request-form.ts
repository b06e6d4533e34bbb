import { codeBlock } from './code-block.ts';
import { element } from './element.ts';
import { accessWords, tokenNameOf } from './labels.ts';
import { schemaOf } from './open-api.ts';
import type { ContentObject, OpenApi, Operation, ParameterObject } from './open-api.ts';
import { prettyText } from './pretty-json.ts';
import { curlOf, targetOf } from './request-draft.ts';
import type { RequestDraft } from './request-draft.ts';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const ROWS_MAX = 24;

/** Methods whose path is left for the reader to fill in: one press must not change or delete what an example happens to name. */
const CAREFUL = new Set(['PUT', 'PATCH', 'DELETE']);

const choicesOf = (document: OpenApi, { schema }: ParameterObject): readonly string[] | undefined => {
  const { type, enum: words } = schemaOf(document, schema);
  return type === 'boolean' ? ['true', 'false'] : words?.map(String);
};

const fieldOf = (document: OpenApi, operation: Operation, parameter: ParameterObject): Field => {
  const { name, in: place, required, example, explode } = parameter;
  const id = `${place}-${name}`;
  const choices = choicesOf(document, parameter);
  if (choices !== undefined) return element('select', { id, required }, element('option', { value: '' }, 'any'), choices.map((word) => element('option', { value: word }, word)));
  const filled = required && example !== undefined && !CAREFUL.has(operation.method) ? String(example) : '';
  return element('input', { id, type: 'text', required, value: filled, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', placeholder: explode === true ? 'name=value&name=value' : example === undefined ? undefined : String(example) });
};

const bodyText = (value: unknown): string => (typeof value === 'string' ? value : prettyText(value));

/** The form that fills in a request of one operation, with the curl command that says the same. */
export class RequestForm {
  readonly form: HTMLFormElement;
  private readonly operation: Operation;
  private readonly fields: readonly (readonly [ParameterObject, Field])[];
  private readonly body: HTMLTextAreaElement | undefined;
  private readonly type: HTMLSelectElement | undefined;
  private readonly curl = element('code');
  private readonly base: string;

  /** `base` is the address of the service; `send` is called when the reader sends. */
  constructor(document: OpenApi, operation: Operation, base: string, send: (draft: RequestDraft) => void) {
    this.operation = operation;
    this.base = base;
    this.fields = (operation.parameters ?? []).map((parameter) => [parameter, fieldOf(document, operation, parameter)] as const);
    const content = Object.entries(operation.requestBody?.content ?? {});
    const [, first] = content[0] ?? [];
    const examples = first === undefined ? [] : Object.values(first.examples ?? {});
    if (first !== undefined) {
      this.body = element('textarea', { id: 'request-body', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off' });
      this.fill(examples[0]?.value ?? '');
      if (content.length > 1) this.type = element('select', { id: 'request-type' }, content.map(([type]) => element('option', { value: type }, type)));
    }
    this.form = element(
      'form',
      { class: 'request-form' },
      this.fields.map(([parameter, field]) => element('div', { class: 'field' }, element('label', { for: field.id }, element('code', {}, parameter.name), parameter.required ? '' : ' (optional)'), field)),
      this.bodyPart(first, examples),
      element('div', { class: 'send' }, element('button', { class: `button primary${operation.method === 'DELETE' ? ' danger' : ''}` }, `Send ${operation.method}`), element('span', { class: 'muted' }, operation['x-access'] === 'open' ? 'No token is needed.' : `Needs: ${accessWords(operation)}.`)),
    );
    this.form.addEventListener('input', () => this.show());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      send(this.draft());
    });
    this.form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    this.show();
  }

  private bodyPart(content: ContentObject | undefined, examples: readonly { readonly summary: string; readonly value: unknown }[]): HTMLElement | false {
    if (content === undefined || this.body === undefined) return false;
    const picker = element('select', { id: 'request-example' }, examples.map(({ summary }, index) => element('option', { value: String(index) }, summary)));
    picker.addEventListener('change', () => {
      this.fill(examples[Number(picker.value)]?.value ?? '');
      this.show();
    });
    return element(
      'div',
      { class: 'field' },
      examples.length > 1 && element('div', { class: 'field' }, element('label', { for: picker.id }, 'Begin with'), picker),
      this.type !== undefined && element('div', { class: 'field' }, element('label', { for: this.type.id }, 'Content type'), this.type),
      element('label', { for: this.body.id }, 'Body'),
      this.body,
      element('p', { class: 'body-fault', id: 'body-fault', 'aria-live': 'polite' }),
    );
  }

  private fill(value: unknown): void {
    if (this.body === undefined) return;
    this.body.value = bodyText(value);
    this.body.rows = Math.min(ROWS_MAX, this.body.value.split('\n').length + 1);
  }

  private show(): void {
    this.curl.textContent = curlOf(this.draft(), this.base, tokenNameOf(this.operation));
    const fault = this.form?.querySelector('.body-fault');
    if (fault instanceof HTMLElement) fault.textContent = this.bodyFault();
  }

  private bodyFault(): string {
    const type = this.bodyType();
    if (this.body === undefined || type !== 'application/json') return '';
    try {
      JSON.parse(this.body.value);
      return '';
    } catch (error) {
      return `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  private bodyType(): string {
    return this.type?.value ?? Object.keys(this.operation.requestBody?.content ?? {})[0] ?? 'application/json';
  }

  /** What would be sent as the form stands. */
  draft(): RequestDraft {
    const { method, path } = this.operation;
    const valuesIn = (place: ParameterObject['in']): (readonly [string, string])[] => this.fields.filter(([parameter]) => parameter.in === place && parameter.explode !== true).map(([{ name }, field]) => [name, field.value] as const);
    const further = this.fields.filter(([{ explode }]) => explode === true).flatMap(([, field]) => [...new URLSearchParams(field.value)]);
    const draft = { method, path, path_values: Object.fromEntries(valuesIn('path')), query: [...valuesIn('query'), ...further], headers: valuesIn('header') };
    return this.body === undefined ? draft : { ...draft, body: { type: this.bodyType(), text: this.body.value } };
  }

  /** The curl command, which follows the form. */
  curlBlock(): HTMLElement {
    return codeBlock('For a POSIX shell', [this.curl], true);
  }

  /** The address that would be asked, without the origin. */
  target(): string {
    return targetOf(this.draft());
  }
}
