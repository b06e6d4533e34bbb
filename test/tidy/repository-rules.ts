import { faultyLines } from './rule.ts';
import type { Rule, SourceFile } from './rule.ts';

const DEV_DEPENDENCIES = ['@types/node', 'typescript'];

/** Names that tools or custom give, in another form than ours. */
const GIVEN_NAME = /^(README|CHANGELOG|CONTRIBUTING|SECURITY|LICENSE|Dockerfile)(\.md)?$/;
const KEBAB_NAME = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** Names that say nothing about what a file holds. */
const EMPTY_NAME = /^(index|utils?|types|helpers?|common|misc|constants|shared|lib)\.(ts|mjs|js)$/;

const dependencies = (files: readonly SourceFile[]): readonly string[] =>
  files.filter(({ path }) => /(^|\/)package\.json$/.test(path)).flatMap(({ path, text }) => {
    const manifest = JSON.parse(text) as Record<string, unknown>;
    const named = Object.keys(manifest).filter((key) => /dependencies/i.test(key) && key !== 'devDependencies');
    const development = Object.keys(manifest['devDependencies'] ?? {}).filter((name) => !DEV_DEPENDENCIES.includes(name));
    return [...named.map((key) => `${path}:1 has ${key}`), ...development.map((name) => `${path}:1 depends on ${name}`)];
  });

const locked = (files: readonly SourceFile[]): readonly string[] =>
  files.filter(({ path }) => path === 'package-lock.json').flatMap((one) => {
    const { packages = {} } = JSON.parse(one.text) as { packages?: Record<string, unknown> };
    const foreign = Object.keys(packages).filter((path) => path !== '' && !/^node_modules\/(typescript|undici-types|@types\/node|@typescript\/[a-z0-9-]+)$/.test(path));
    return [...faultyLines(one, /"resolved"/, 'names where a package was fetched from'), ...foreign.map((path) => `${one.path}:1 locks ${path}`)];
  });

const named = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap(({ path }) => {
    const wrong = path.split('/').find((part) => !KEBAB_NAME.test(part) && !GIVEN_NAME.test(part));
    const name = path.split('/').at(-1) ?? path;
    if (wrong !== undefined) return [`${path}:1 "${wrong}" is not in kebab-case`];
    return EMPTY_NAME.test(name) ? [`${path}:1 "${name}" says nothing about what it holds`] : [];
  });

const file = (path: string, text: string): SourceFile => ({ path, text });

/** What the repository as a whole promises. */
export const repositoryRules: readonly Rule[] = [
  {
    name: 'there is no dependency but the two of development',
    faults: dependencies,
    planted: [
      file('package.json', '{"dependencies":{}}'),
      file('package.json', '{"optionalDependencies":{"a":"1"}}'),
      file('package.json', '{"devDependencies":{"typescript":"7","eslint":"1"}}'),
      file('ab-service/package.json', '{"bundledDependencies":[]}'),
    ],
    kept: [file('package.json', '{"devDependencies":{"@types/node":"26","typescript":"7"}}')],
  },
  {
    name: 'the lock file locks those two and names no host',
    faults: locked,
    planted: [
      file('package-lock.json', '{"packages":{"node_modules/typescript":{\n"resolved":"https://localhost/a.tgz"}}}'),
      file('package-lock.json', '{"packages":{"node_modules/left-pad":{}}}'),
    ],
    kept: [file('package-lock.json', '{"packages":{"":{},"node_modules/typescript":{"integrity":"sha512-a"},"node_modules/undici-types":{}}}')],
  },
  {
    name: 'names are in kebab-case and say what a file holds',
    faults: named,
    planted: ['shared/rateLimit.ts', 'shared/rate_limit.ts', 'Shared/x.ts', 'shared/index.ts', 'ab-service/src/utils.ts', 'shared/contract/types.ts'].map((path) => file(path, '')),
    kept: ['README.md', 'ab-service/Dockerfile', '.env.example', 'docs/decisions/001-no-dependencies.md', 'shared/rate-limit.test.ts', '.ci/run', 'admin-app/public/index.html'].map((path) => file(path, '')),
  },
  {
    name: 'no file names a package registry or a path of somebody’s machine',
    faults: (files) =>
      files.flatMap((one) => [
        ...faultyLines(one, /\b(?:registry|artifactory|nexus|verdaccio)\.[a-z0-9-]+\.[a-z]{2,}|\b_npx\//, (match) => `names a registry: ${match[0]}`),
        ...faultyLines(one, /(?<![\w.~$}*-])\/(?:root|work|Users\/\w+|home\/(?!node\b)[a-z]\w*)\/\w/, (match) => `names a machine's path: ${match[0]}`),
      ]),
    planted: [
      file('.npmrc', ['registry=https://registry', '.npmjs', '.org/'].join('')),
      file('README.md', ['cd /ro', 'ot/fairsplit'].join('')),
      file('tools/x.ts', ["'/wo", "rk/main'"].join('')),
      file('docs/x.md', ['/ho', 'me/ada/fairsplit'].join('')),
    ],
    kept: [file('README.md', 'A site without a registry; /home/node/app; https://localhost/pages/home/a; ./work/x; a/root/b')],
  },
];
