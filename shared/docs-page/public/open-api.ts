/** A schema as the document holds it. */
export interface SchemaObject {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaObject>>;
  readonly required?: readonly string[];
  readonly items?: SchemaObject;
  readonly prefixItems?: readonly SchemaObject[];
  readonly additionalProperties?: SchemaObject | boolean;
  readonly anyOf?: readonly SchemaObject[];
  readonly oneOf?: readonly SchemaObject[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly pattern?: string;
}

/** A parameter of path, query or header. */
export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly explode?: boolean;
  readonly schema: SchemaObject;
  readonly example?: unknown;
}

/** A body in one content type. */
export interface ContentObject {
  readonly schema?: SchemaObject;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}

/** One answer of an operation. */
export interface ResponseObject {
  readonly $ref?: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string }>>;
  readonly content?: Readonly<Record<string, ContentObject>>;
}

/** A route, with the method and path that the document keeps above it. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly content: Readonly<Record<string, ContentObject>> };
  readonly responses: Readonly<Record<string, ResponseObject>>;
  readonly 'x-access': 'open' | 'ingest' | 'api';
  readonly 'x-rate-limit'?: { readonly class: string; readonly per_minute: number; readonly counts: string };
}

/** The document, as far as the page reads it. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, SchemaObject>>; readonly responses: Readonly<Record<string, ResponseObject>> };
}

/** All operations of a document, in the order of its groups. */
export const operationsOf = ({ paths, tags }: OpenApi): readonly Operation[] => {
  const all = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })));
  return tags.flatMap(({ name }) => all.filter((operation) => operation.tags[0] === name));
};

/** The name at the end of a reference. */
export const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/** Follows a reference to a schema; what stands beside it wins. */
export const schemaOf = (document: OpenApi, schema: SchemaObject): SchemaObject => {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  return { ...document.components.schemas[nameOf($ref)], ...beside };
};

/** Follows a reference to an answer. */
export const responseOf = (document: OpenApi, response: ResponseObject): ResponseObject =>
  (response.$ref === undefined ? undefined : document.components.responses[nameOf(response.$ref)]) ?? response;
