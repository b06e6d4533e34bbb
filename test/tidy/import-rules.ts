import { posix } from 'node:path';
import { isCode, isTest, serviceOf } from './rule.ts';
import type { Rule, SourceFile } from './rule.ts';

interface Import {
  readonly from: SourceFile;
  readonly line: number;
  readonly specifier: string;
  /** The file it leads to, from the top; undefined for a bare one. */
  readonly path: string | undefined;
}

const IMPORT = /^(?:import|export)\s[^'"`;]*?\sfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

const importsOf = (file: SourceFile): readonly Import[] =>
  !isCode(file) ? [] : [...file.text.matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    const line = file.text.slice(0, match.index + match[0].lastIndexOf(specifier)).split('\n').length;
    const path = specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file.path), specifier)) : undefined;
    return { from: file, line, specifier, path };
  });

const each = (check: (one: Import) => string | undefined) => (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap(importsOf).flatMap((one) => {
    const fault = check(one);
    return fault === undefined ? [] : [`${one.from.path}:${one.line} ${fault}`];
  });

/** The part of the house a path lies in: a service, shared, tools, test, or the top. */
const partOf = (path: string): string => path.split('/')[0] ?? path;

const direction = each(({ from, path, specifier }) => {
  if (path === undefined) return undefined;
  const [here, there] = [partOf(from.path), partOf(path)];
  if (here === there || here === 'test' || there === 'shared') return undefined;
  return `${here} must not import ${specifier}: imports point down, to shared`;
});

const bare = each(({ specifier }) =>
  /^(node:|\.\.?\/)/.test(specifier) ? undefined : `"${specifier}" is neither a file of ours nor part of Node (node:…)`);

const extension = each(({ path, specifier }) => (path === undefined || /\.(ts|mjs)$/.test(path) ? undefined : `"${specifier}" must end in .ts`));

const sqlite = each(({ from, specifier }) => {
  if (specifier !== 'node:sqlite' || isTest(from)) return undefined;
  if (/(-store|\/schema)\.ts$/.test(from.path) || from.path.startsWith('shared/sqlite/')) return undefined;
  return 'only a store, schema.ts and shared/sqlite know the database';
});

const sockets = each(({ from, specifier }) => {
  if (!/^node:(http2?|https|net|tls|dgram)$/.test(specifier) || isTest(from)) return undefined;
  if (serviceOf(from.path) === undefined && (!from.path.startsWith('shared/') || from.path.startsWith('shared/http/'))) return undefined;
  return `only shared/http imports ${specifier}`;
});

/** Places that the house fixes whoever uses them: the contract, the numbers that a domain file may import, and browser code, which pages name by its address. */
const SHARED_ANYWAY = /^shared\/(contract|statistics|test|[\w-]+\/public)\//;

const shared_by_two = (files: readonly SourceFile[]): readonly string[] => {
  const users = new Map<string, Set<string>>();
  for (const { from, path } of files.flatMap(importsOf)) {
    if (path === undefined || isTest(from)) continue;
    users.set(path, (users.get(path) ?? new Set()).add(partOf(from.path)));
  }
  return files.flatMap(({ path }) => {
    if (!path.startsWith('shared/') || !path.endsWith('.ts') || SHARED_ANYWAY.test(path)) return [];
    const own = users.get(path) ?? new Set();
    if (own.has('shared') || own.size >= 2) return [];
    return [`${path}:1 ${own.size === 0 ? 'is used by nobody' : `is used by ${[...own].join()} alone: it belongs there`}`];
  });
};

const file = (path: string, text: string): SourceFile => ({ path, text });

/** Who may import whom, and what. */
export const importRules: readonly Rule[] = [
  {
    name: 'imports point down: shared imports no service, a service only itself and shared',
    faults: direction,
    planted: [
      file('shared/x.ts', "import { a } from '../ab-service/src/a.ts';"),
      file('ab-service/src/x.ts', "import {\n  a,\n} from '../../metrics-service/src/a.ts';"),
      file('admin-app/test/x.test.ts', "import type { A } from '../../ab-service/src/a.ts';"),
      file('landing-service/src/x.ts', "const a = await import('../../tools/a.ts');"),
      file('tools/x.ts', "import '../ab-service/src/a.ts';"),
    ],
    kept: [
      file('ab-service/src/x.ts', "import { a } from '../../shared/a.ts';\nimport { b } from './b.ts';"),
      file('test/x.test.ts', "import { a } from '../ab-service/src/a.ts';"),
    ],
  },
  {
    name: 'nothing is imported but files of ours and Node itself',
    faults: bare,
    planted: [file('ab-service/src/x.ts', "import express from 'express';"), file('tools/run.mjs', "import 'fs';"), file('shared/x.ts', "export { a } from '/a.ts';")],
    kept: [file('shared/x.ts', "import { readFile } from 'node:fs/promises';\nimport { b } from './b.ts';\nconst text = \"import it from 'here'\";")],
  },
  {
    name: 'relative imports end in .ts',
    faults: extension,
    planted: [file('shared/x.ts', "import { a } from './a';"), file('shared/x.ts', "import { a } from './a.js';")],
    kept: [file('shared/x.ts', "import { a } from './a.ts';")],
  },
  {
    name: 'only stores, schema.ts and shared/sqlite import node:sqlite',
    faults: sqlite,
    planted: [file('ab-service/src/toggle.ts', "import type { DatabaseSync } from 'node:sqlite';"), file('shared/log.ts', "import { DatabaseSync } from 'node:sqlite';")],
    kept: [file('ab-service/src/toggle-store.ts', "import type { DatabaseSync } from 'node:sqlite';"), file('ab-service/test/x.test.ts', "import { DatabaseSync } from 'node:sqlite';")],
  },
  {
    name: 'only shared/http knows sockets',
    faults: sockets,
    planted: [file('ab-service/src/toggle.ts', "import type { IncomingMessage } from 'node:http';"), file('shared/log.ts', "import { connect } from 'node:net';")],
    kept: [file('shared/http/server.ts', "import { createServer } from 'node:http';"), file('tools/x.ts', "import { get } from 'node:http';")],
  },
  {
    name: 'a file in shared is used by two services or more',
    faults: shared_by_two,
    planted: [
      file('shared/x.ts', ''),
      [file('shared/y.ts', ''), file('ab-service/src/x.ts', "import { y } from '../../shared/y.ts';"), file('shared/test/y.test.ts', "import { y } from '../y.ts';")],
    ],
    kept: [
      file('shared/x.ts', ''),
      file('shared/y.ts', "import { x } from './x.ts';"),
      file('ab-service/src/x.ts', "import { y } from '../../shared/y.ts';"),
      file('admin-app/src/x.ts', "import { y } from '../../shared/y.ts';"),
      file('shared/contract/event.ts', ''),
    ],
  },
];
