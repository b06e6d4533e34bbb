import type { JsonSchema } from './schema.ts';

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

const mapped = (members: unknown, change: (schema: JsonSchema) => JsonSchema): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members as Record<string, JsonSchema>).map(([name, member]) => [name, change(member)]));

/** Gathers the schemas that have a `title`, so that a document holds each of them once and refers to it everywhere else. */
export class NamedSchemas {
  private readonly known = new Map<string, { readonly source: string; readonly json: JsonSchema }>();

  /** Answers the schema with every named one in it (itself included) replaced by a reference; throws when two different ones have a name. */
  refer(schema: JsonSchema): JsonSchema {
    const { title } = schema;
    if (typeof title !== 'string') return this.within(schema);
    const source = JSON.stringify(schema);
    const known = this.known.get(title);
    if (known === undefined) {
      // Kept before its members are looked at: a name that comes again inside must find it.
      this.known.set(title, { source, json: schema });
      this.known.set(title, { source, json: this.within(schema) });
    } else if (known.source !== source) throw new Error(`two different schemas are named ${title}`);
    return { $ref: `#/components/schemas/${title}` };
  }

  /** What was gathered so far, by name. */
  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.known].map(([title, { json }]) => [title, json]));
  }

  /** Only where JSON Schema has a schema: a member that happens to be called `title` is data. */
  private within(schema: JsonSchema): JsonSchema {
    const refer = (each: JsonSchema): JsonSchema => this.refer(each);
    const changed: Record<string, unknown> = { ...schema };
    if (isSchema(schema['properties'])) changed['properties'] = mapped(schema['properties'], refer);
    for (const place of ['items', 'additionalProperties']) if (isSchema(schema[place])) changed[place] = refer(schema[place]);
    for (const place of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) if (Array.isArray(schema[place])) changed[place] = (schema[place] as JsonSchema[]).map(refer);
    return changed;
  }
}
