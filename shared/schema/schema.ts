import type { Fault } from '../problem.ts';
import { invalid } from '../problem.ts';

/** A JSON Schema (2020-12), as it stands in openapi.json. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Collects every fault of one input, up to a limit, so that a hostile body cannot buy a long answer. */
export class Faults {
  static readonly MAX = 100;
  readonly list: Fault[] = [];

  add(field: string, message: string): void {
    if (this.list.length < Faults.MAX) this.list.push({ field, message });
  }
}

/**
 * The one description of a value: validates it, types it, and appears in the documentation.
 * `check` answers the typed value; after a fault its answer means nothing.
 */
export interface Schema<T> {
  readonly json: JsonSchema;
  readonly optional?: boolean;
  check(value: unknown, at: string, faults: Faults): T;
}

/** A member that may be absent. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly optional: true;
}

/** Words for the reader of the documentation. */
export interface Words {
  /** A name of the type: it then stands once in the document, and everything else refers to it. */
  readonly title?: string;
  readonly description?: string;
  readonly example?: unknown;
}

/** Merges the words for a reader into a JSON Schema. */
export const worded = (json: JsonSchema, words: Words): JsonSchema => ({
  ...(words.title === undefined ? {} : { title: words.title }),
  ...json,
  ...(words.description === undefined ? {} : { description: words.description }),
  ...(words.example === undefined ? {} : { examples: [words.example] }),
});

/** Marks a member of an object as one that may be absent. */
export const optional = <T>(schema: Schema<T>): OptionalSchema<T> => ({
  json: schema.json,
  optional: true,
  check: (value, at, faults) => schema.check(value, at, faults),
});

/** Turns `unknown` into a typed value or throws Problem `invalid` with every fault. */
export const parse = <T>(schema: Schema<T>, value: unknown): T => {
  const faults = new Faults();
  const parsed = schema.check(value, '', faults);
  if (faults.list.length > 0) throw invalid(faults.list);
  return parsed;
};

/** A step of a JSON Pointer (RFC 6901), shortened: a field name is the caller's and may be long. */
export const pointer = (at: string, key: string | number): string =>
  `${at}/${typeof key === 'number' ? key : key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`;
