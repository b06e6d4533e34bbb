import { element } from './element.ts';
import { nameOf, schemaOf } from './open-api.ts';
import type { OpenApi, SchemaObject } from './open-api.ts';
import { phrases } from './prose.ts';

/** How deep members are unfolded; a name that comes again is not unfolded at all. */
const DEPTH_MAX = 6;

/** Whether a schema is of what is sent or of what is answered. */
export type SchemaKind = 'body' | 'answer';

const plainTypeOf = (schema: SchemaObject): string => {
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  if (schema.format === 'date-time') return 'time (ISO 8601)';
  return schema.type === 'integer' ? 'whole number' : schema.type === 'array' ? 'list' : (schema.type ?? 'any JSON');
};

/** A schema's type in words: `list of Variant or null`. */
export const typeWords = (document: OpenApi, given: SchemaObject): string => {
  if (given.$ref !== undefined) return nameOf(given.$ref);
  const choices = given.anyOf ?? given.oneOf;
  if (choices !== undefined) return choices.map((choice) => typeWords(document, choice)).join(' or ');
  if (given.prefixItems !== undefined) return `[${given.prefixItems.map((item) => typeWords(document, item)).join(', ')}]`;
  if (given.type === 'array' && given.items !== undefined) return `list of ${typeWords(document, given.items)}`;
  if (given.type === 'object' && typeof given.additionalProperties === 'object') return `object of ${typeWords(document, given.additionalProperties)}`;
  return plainTypeOf(given);
};

const range = (low: number | undefined, high: number | undefined, unit: string): string | undefined => {
  const shown = (bound: number): string => bound.toLocaleString('en', { maximumFractionDigits: 12 });
  if (low === undefined) return high === undefined ? undefined : `up to ${shown(high)}${unit}`;
  return high === undefined ? `from ${shown(low)}${unit}` : `${shown(low)} to ${shown(high)}${unit}`;
};

/** What is said of a schema: by itself, else by the first of its choices that is not null. */
const spokenOf = (document: OpenApi, given: SchemaObject): SchemaObject => {
  const schema = schemaOf(document, given);
  const choice = schema.anyOf?.find(({ type }) => type !== 'null');
  return choice === undefined ? schema : { ...schemaOf(document, choice), ...schema };
};

/** A schema's bounds in words. */
export const boundsWords = (schema: SchemaObject): string =>
  [range(schema.minimum, schema.maximum, ''), range(schema.minLength, schema.maxLength, ' characters'), range(schema.minItems, schema.maxItems, ' items'), range(undefined, schema.maxProperties, ' members')]
    .filter((words) => words !== undefined)
    .join(', ');

/** What is inside: of an object its members, of a list those of its items, of choices those of the first that has any. */
const membersOf = (document: OpenApi, given: SchemaObject, names: readonly string[]): { readonly schema: SchemaObject; readonly names: readonly string[] } | undefined => {
  const name = given.$ref === undefined ? undefined : nameOf(given.$ref);
  if (name !== undefined && names.includes(name)) return undefined;
  const inner = name === undefined ? names : [...names, name];
  const schema = schemaOf(document, given);
  if (schema.properties !== undefined) return { schema, names: inner };
  const parts = [schema.items, typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined, ...(schema.anyOf ?? schema.oneOf ?? []), ...(schema.prefixItems ?? [])];
  for (const part of parts) {
    const found = part === undefined ? undefined : membersOf(document, part, inner);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** In a body, what must be there is marked; in an answer, what may be missing. */
const markOf = (kind: SchemaKind, required: boolean): HTMLElement | false => {
  if (kind === 'body') return required && element('span', { class: 'tag required' }, 'required');
  return !required && element('span', { class: 'tag' }, 'may be absent');
};

const rowOf = (document: OpenApi, kind: SchemaKind, name: string, member: SchemaObject, required: boolean, names: readonly string[]): HTMLElement => {
  const schema = spokenOf(document, member);
  const bounds = boundsWords(schema);
  const inner = names.length < DEPTH_MAX ? membersOf(document, member, names) : undefined;
  return element(
    'li',
    { class: 'member' },
    element('p', { class: 'member-head' }, element('code', { class: 'member-name' }, name), ' ', element('span', { class: 'member-type' }, typeWords(document, member)), markOf(kind, required)),
    (schema.description !== undefined || bounds !== '') && element('p', { class: 'member-words' }, phrases(schema.description ?? ''), bounds !== '' && element('span', { class: 'bounds' }, ` ${bounds}`)),
    schema.pattern !== undefined && element('p', { class: 'member-words' }, 'matches ', element('code', {}, schema.pattern)),
    inner !== undefined && element('details', { class: 'members-more' }, element('summary', {}, `Members of ${name}`), memberList(document, kind, inner.schema, [...inner.names, name])),
  );
};

const memberList = (document: OpenApi, kind: SchemaKind, schema: SchemaObject, names: readonly string[]): HTMLElement =>
  element('ul', { class: 'members' }, Object.entries(schema.properties ?? {}).map(([name, member]) => rowOf(document, kind, name, member, schema.required?.includes(name) ?? false, names)));

/** Shows a schema: its type, its bounds, and its members, each with its own. */
export const schemaView = (document: OpenApi, kind: SchemaKind, given: SchemaObject): HTMLElement => {
  const schema = schemaOf(document, given);
  const inner = membersOf(document, given, []);
  const words = [schema.description ?? '', boundsWords(schema)].filter((part) => part !== '').join(' · ');
  return element(
    'div',
    { class: 'schema' },
    element('p', { class: 'schema-type' }, typeWords(document, given)),
    words !== '' && element('p', { class: 'member-words' }, phrases(words)),
    inner !== undefined && memberList(document, kind, inner.schema, inner.names),
  );
};
