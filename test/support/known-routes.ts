import { fileURLToPath } from 'node:url';
import { repositoryFiles } from '../tidy/repository-files.ts';
import type { ServiceName } from './system.ts';

/** One path of a service with the methods that it takes. */
export interface KnownPath {
  readonly service: ServiceName;
  /** With parameters filled in. */
  readonly path: string;
  /** As the source has it. */
  readonly pattern: string;
  readonly methods: readonly string[];
}

const FOLDERS: Readonly<Record<string, ServiceName>> = { 'ab-service': 'ab', 'metrics-service': 'metrics', 'landing-service': 'landing', 'admin-app': 'admin' };
const ROUTE = /\broute\(\s*'(GET|POST|PUT|PATCH|DELETE) (\/[^']*)'/g;
const HEALTH = ['GET /health', 'GET /api/health', 'GET /metrics', 'POST /backup'];
const DOCUMENTED: readonly ServiceName[] = ['ab', 'metrics'];

/** Reads every route of the four services from their sources, so that none is forgotten. */
export const knownPaths = (): readonly KnownPath[] => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const found = new Map<string, { service: ServiceName; pattern: string; methods: Set<string> }>();
  const add = (service: ServiceName, method: string, pattern: string): void => {
    const key = `${service} ${pattern}`;
    const known = found.get(key) ?? { service, pattern, methods: new Set() };
    found.set(key, known);
    known.methods.add(method);
  };
  for (const { path, text } of repositoryFiles(root)) {
    const service = FOLDERS[path.split('/')[0] ?? ''];
    if (service === undefined || !/^[^/]+\/src\/.*\.ts$/.test(path)) continue;
    for (const [, method = '', pattern = ''] of text.matchAll(ROUTE)) add(service, method, pattern);
  }
  for (const service of Object.values(FOLDERS)) for (const [method = '', path = ''] of HEALTH.map((line) => line.split(' '))) add(service, method, path);
  for (const service of DOCUMENTED) for (const path of ['/openapi.json', '/docs']) add(service, 'GET', path);
  return [...found.values()].map(({ service, pattern, methods }) => ({ service, pattern, methods: [...methods], path: pattern.replace(/\{\w+\}/g, 'homepage') }));
};
