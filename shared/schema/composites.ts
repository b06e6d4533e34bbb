import type { OptionalSchema, Schema, Words } from './schema.ts';
import { pointer, worded } from './schema.ts';

/** The members of an object type, each with its description; those that may be absent are marked `optional`. */
export type Shape<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? OptionalSchema<Exclude<T[K], undefined>> : Schema<T[K]>;
};

/** An object's description, which also says what its members are. */
export interface ObjectSchema<T> extends Schema<T> {
  readonly members: ReadonlyMap<string, Schema<unknown>>;
}

/** Words for an object, and other names under which callers may send a member: `{ user_id: 'visitor_id' }`. */
export interface ObjectRules extends Words {
  readonly aliases?: Readonly<Record<string, string>>;
}

/** Tells an object of JSON from everything else that JSON has. */
export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Describes an object with known members; unknown ones are ignored and not copied. */
export const object = <T>(shape: Shape<T>, rules: ObjectRules = {}): ObjectSchema<T> => {
  const members = new Map(Object.entries(shape) as [string, Schema<unknown>][]);
  const aliasOf = new Map(Object.entries(rules.aliases ?? {}).map(([alias, name]) => [name, alias]));
  // Looked up and escaped once, here: `check` runs for every item of a list.
  const entries = [...members].map(([name, schema]) => [name, schema, pointer('', name), aliasOf.get(name)] as const);
  const required = entries.filter(([, schema]) => !schema.optional).map(([name]) => name);
  return {
    members,
    json: worded({ type: 'object', properties: Object.fromEntries(entries.map(([name, schema]) => [name, schema.json])), ...(required.length > 0 ? { required } : {}) }, rules),
    check: (value, at, faults) => {
      const parsed: Record<string, unknown> = {};
      if (!isObject(value)) {
        faults.add(at, 'must be an object');
        return parsed as T;
      }
      for (const [name, schema, step, alias] of entries) {
        let member = Object.hasOwn(value, name) ? value[name] : undefined;
        if (member === undefined && alias !== undefined && Object.hasOwn(value, alias)) member = value[alias];
        if (member !== undefined) parsed[name] = schema.check(member, at + step, faults);
        else if (!schema.optional) faults.add(at + step, 'is required');
      }
      return parsed as T;
    },
  };
};

/** How many items a list may have. */
export interface ListRules extends Words {
  readonly min?: number;
  readonly max: number;
}

/** Describes a list. */
export const array = <T>(item: Schema<T>, rules: ListRules): Schema<readonly T[]> => {
  const { min = 0, max } = rules;
  return {
    json: worded({ type: 'array', items: item.json, ...(min > 0 ? { minItems: min } : {}), maxItems: max }, rules),
    check: (value, at, faults) => {
      if (!Array.isArray(value)) faults.add(at, 'must be a list');
      else if (value.length < min || value.length > max) faults.add(at, `must have ${min} to ${max} items`);
      else return value.map((entry, index) => item.check(entry, pointer(at, index), faults));
      return [];
    },
  };
};

/** Describes an object whose keys are the caller's and whose values are alike, as a Map: names such as `__proto__` are data. */
export const record = <T>(item: Schema<T>, rules: { readonly max: number; readonly key_max: number } & Words): Schema<ReadonlyMap<string, T>> => ({
  json: worded({ type: 'object', additionalProperties: item.json, maxProperties: rules.max }, rules),
  check: (value, at, faults) => {
    const parsed = new Map<string, T>();
    if (!isObject(value)) faults.add(at, 'must be an object');
    else {
      const keys = Object.keys(value);
      if (keys.length > rules.max) faults.add(at, `must have at most ${rules.max} members`);
      else
        for (const key of keys) {
          if (key.length > rules.key_max) faults.add(pointer(at, key), `must have a name of at most ${rules.key_max} characters`);
          else parsed.set(key, item.check(value[key], pointer(at, key), faults));
        }
    }
    return parsed;
  },
});

/** Describes a value that may also be null. */
export const nullable = <T>(schema: Schema<T>, words: Words = {}): Schema<T | null> => ({
  json: worded({ anyOf: [schema.json, { type: 'null' }] }, words),
  check: (value, at, faults) => (value === null ? null : schema.check(value, at, faults)),
});

/** A value of JSON, as `JSON.parse` makes it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** An object of JSON with keys of the caller's choosing: read it with `Object.hasOwn`. */
export interface JsonObject {
  readonly [key: string]: Json;
}

const withinBytes = (value: unknown, max: number): boolean => Buffer.byteLength(JSON.stringify(value)) <= max;

/** Describes any JSON value of at most so many bytes; its depth was bounded when the body was read. */
export const json = (rules: { readonly bytes_max: number } & Words): Schema<Json> => ({
  json: worded({}, rules),
  check: (value, at, faults) => {
    if (!withinBytes(value, rules.bytes_max)) faults.add(at, `must be at most ${rules.bytes_max} bytes of JSON`);
    return value as Json;
  },
});

/** Describes an object with any members, of at most so many bytes of JSON. */
export const jsonObject = (rules: { readonly bytes_max: number } & Words): Schema<JsonObject> => ({
  json: worded({ type: 'object' }, rules),
  check: (value, at, faults) => {
    if (!isObject(value)) faults.add(at, 'must be an object');
    else if (!withinBytes(value, rules.bytes_max)) faults.add(at, `must be at most ${rules.bytes_max} bytes of JSON`);
    return value as JsonObject;
  },
});
