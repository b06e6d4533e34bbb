import { Problem } from '../problem.ts';
import { parseQuery } from '../schema/query.ts';
import { parse } from '../schema/schema.ts';
import { BODY_BYTES_MAX, readJson } from './body.ts';
import type { Call, Caller, Handler, Reply } from './call.ts';
import type { Access, RateClass, Route } from './route.ts';

/** What a router asks before it lets a call in; each throws a Problem to refuse. */
export interface Guards {
  /** Says who calls; throws `unauthenticated` for a wrong token. */
  identify(call: Call): Caller;
  authorize(caller: Caller, access: Access): void;
  checkOrigin(call: Call, route: Route): void;
  spend(call: Call, caller: Caller, rate: RateClass, units: number): void;
}

interface Found {
  readonly route: Route;
  readonly parameters: Record<string, string>;
}

const PARAMETER = /^\{(\w+)\}$/;
const NO_PARAMETERS: Record<string, string> = {};
const NO_QUERY = {};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem('malformed', 'The path is not valid percent-encoded UTF-8.');
  }
};

/** Routes by path: exact paths first, then those with parameters; a path never matches another's. */
class Table {
  private readonly exact = new Map<string, Map<string, Route>>();
  private readonly patterns: { readonly segments: readonly string[]; readonly methods: Map<string, Route> }[] = [];

  constructor(routes: readonly Route[]) {
    for (const each of routes) this.methodsFor(each.path).set(each.method, each);
  }

  private methodsFor(path: string): Map<string, Route> {
    const segments = path.split('/');
    const found = path.includes('{') ? this.patterns.find((pattern) => pattern.segments.join('/') === path)?.methods : this.exact.get(path);
    if (found) return found;
    const methods = new Map<string, Route>();
    if (path.includes('{')) this.patterns.push({ segments, methods });
    else this.exact.set(path, methods);
    return methods;
  }

  find(method: string, path: string): Found {
    const exact = this.exact.get(path);
    if (exact) return { route: pick(exact, method), parameters: NO_PARAMETERS };
    const segments = path.split('/');
    for (const pattern of this.patterns) {
      const parameters = match(pattern.segments, segments);
      if (parameters) return { route: pick(pattern.methods, method), parameters };
    }
    throw new Problem('not_found', 'There is nothing at this path.');
  }
}

const match = (pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined => {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = Object.create(null);
  for (let index = 0; index < pattern.length; index += 1) {
    const wanted = pattern[index] as string;
    const segment = segments[index] as string;
    const name = PARAMETER.exec(wanted)?.[1];
    if (name === undefined ? wanted !== segment : segment === '') return undefined;
    if (name !== undefined) parameters[name] = decode(segment);
  }
  return parameters;
};

const pick = (methods: Map<string, Route>, method: string): Route => {
  const found = methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined);
  if (found) return found;
  const allow = [...methods.keys(), ...(methods.has('GET') ? ['HEAD'] : [])];
  throw new Problem('method_not_allowed', `This path takes ${allow.join(', ')}.`, { allow });
};

/** Creates the innermost part of an application: finds the route, asks the guards, reads and validates, then calls the handler. */
export const createRouter = (routes: readonly Route[], guards: Guards): Handler => {
  const table = new Table(routes);

  const enter = (call: Call, { route, parameters }: Found): Reply | Promise<Reply> => {
    guards.checkOrigin(call, route);
    const caller = guards.identify(call);
    guards.authorize(caller, route.access);
    if (route.rate !== undefined && route.cost === undefined) guards.spend(call, caller, route.rate, 1);
    const query = route.query === undefined ? NO_QUERY : parseQuery(route.query, call.query);
    const { body: schema } = route;
    if (schema === undefined) return route.handle({ call, caller, parameters, query, body: undefined });
    const answer = (value: unknown): Reply | Promise<Reply> => {
      const body = parse(schema, value);
      if (route.rate !== undefined && route.cost !== undefined) guards.spend(call, caller, route.rate, route.cost(body));
      return route.handle({ call, caller, parameters, query, body });
    };
    const value = readJson(call, route.body_bytes_max ?? BODY_BYTES_MAX, route.body_types, route.body_optional === true ? '{}' : undefined);
    return value instanceof Promise ? value.then(answer) : answer(value);
  };

  return (call) => {
    const found = table.find(call.method, call.path);
    const { problems } = found.route;
    if (problems === undefined) return enter(call, found);
    try {
      const reply = enter(call, found);
      return reply instanceof Promise ? reply.catch(problems) : reply;
    } catch (error) {
      return problems(error);
    }
  };
};
