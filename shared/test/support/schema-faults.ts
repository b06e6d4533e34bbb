import { isDeepStrictEqual } from 'node:util';

type Json = any;

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value);

const fitsType = (type: string, value: unknown): boolean => typeOf(value) === type || (type === 'number' && typeOf(value) === 'integer');

const bounds = (schema: Json, value: any): string[] => {
  const said: string[] = [];
  const bound = (wrong: boolean, words: string): void => void (wrong && said.push(words));
  if (typeof value === 'number') bound(value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity), 'is out of bounds');
  if (typeof value === 'string') {
    bound(value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? Infinity), 'has a wrong length');
    bound(schema.pattern !== undefined && !new RegExp(schema.pattern, 'su').test(value), `does not match ${schema.pattern}`);
    bound(schema.format === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value), 'is no time as we write them');
  }
  if (Array.isArray(value)) bound(value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity), 'has a wrong number of items');
  return said;
};

/** Says why a value does not fit a schema of the document; members that the schema does not know are faults, too. */
export const schemaFaults = (document: Json, given: Json, value: any, at = ''): readonly string[] => {
  const schema = given.$ref === undefined ? given : { ...document.components.schemas[given.$ref.split('/').at(-1)], ...given, $ref: undefined };
  const within = (inner: Json, member: unknown, name: string | number): readonly string[] => schemaFaults(document, inner, member, `${at}/${name}`);
  for (const [choices, fewest] of [[schema.anyOf, 1], [schema.oneOf, 1]]) {
    if (choices === undefined) continue;
    const found = choices.map((choice: Json) => schemaFaults(document, choice, value, at));
    return found.filter((faults: readonly string[]) => faults.length === 0).length >= fewest ? [] : found[0];
  }
  if (schema.enum !== undefined && !schema.enum.some((word: unknown) => isDeepStrictEqual(word, value))) return [`${at} is none of ${schema.enum.join(', ')}`];
  if (schema.type !== undefined && !fitsType(schema.type, value)) return [`${at} is ${typeOf(value)}, not ${schema.type}`];
  const faults = bounds(schema, value).map((words) => `${at} ${words}`);
  if (Array.isArray(value)) value.forEach((item, index) => faults.push(...within(schema.prefixItems?.[index] ?? schema.items ?? {}, item, index)));
  else if (schema.type === 'object') {
    for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) faults.push(`${at}/${name} is missing`);
    for (const [name, member] of Object.entries(value)) {
      const inner = schema.properties?.[name] ?? schema.additionalProperties;
      if (inner !== undefined) faults.push(...within(inner, member, name));
      else if (schema.properties !== undefined) faults.push(`${at}/${name} is not described`);
    }
  }
  return faults;
};
