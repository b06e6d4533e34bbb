import type { JsonSchema } from '../schema/schema.ts';

const isObject = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

const objectExample = (schema: JsonSchema): Record<string, unknown> => {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const shown = Object.entries(properties).filter(([name, member]) => required.has(name) || (isObject(member) && hasExample(member)));
  return Object.fromEntries(shown.map(([name, member]) => [name, exampleOf(member as JsonSchema)]));
};

/** Whether a description has an example of its own, or is made of parts that have. */
const hasExample = (schema: JsonSchema): boolean => {
  if (Array.isArray(schema['examples'])) return true;
  if (isObject(schema['items'])) return hasExample(schema['items']);
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].some((each) => isObject(each) && hasExample(each));
  return isObject(schema['properties']) && Object.values(schema['properties']).some((member) => isObject(member) && hasExample(member));
};

/** An example of what a JSON Schema describes: its own where it has one, else made of the examples of its parts. Members that may be absent are shown where they have one. */
export const exampleOf = (schema: JsonSchema): unknown => {
  const { examples, enum: words, anyOf, type, items } = schema;
  if (Array.isArray(examples)) return examples[0];
  if (Array.isArray(words)) return words[0];
  if (Array.isArray(anyOf) && isObject(anyOf[0])) return exampleOf(anyOf[0]);
  if (type === 'object') return objectExample(schema);
  if (type === 'array') return isObject(items) && (hasExample(items) || Number(schema['minItems'] ?? 0) > 0) ? Array.from({ length: Math.max(1, Number(schema['minItems'] ?? 1)) }, () => exampleOf(items)) : [];
  if (type === 'string') return schema['format'] === 'date-time' ? '2026-01-31T12:00:00.000Z' : 'text';
  if (type === 'integer' || type === 'number') return schema['minimum'] ?? 0;
  return type === 'boolean' ? true : {};
};
