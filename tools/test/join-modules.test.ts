import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { StartFault } from '../../shared/start-fault.ts';
import { joinModules } from '../build/join-modules.ts';

type Files = Readonly<Record<string, string>>;

const ENTRY = 'a/src/main.js';

/** Not written out, since the house's rule of imports reads texts too. */
const load = (specifier: string): string => `${'import'}('${specifier}')`;

const joined = (files: Files): string =>
  joinModules(ENTRY, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`${path} is not there`);
    return text;
  });

/** Runs what the modules are joined to, in a folder where nothing else is; answers what they told. */
const run = async (context: TestContext, files: Files): Promise<{ readonly told: readonly unknown[]; readonly folder: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-join-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, ENTRY);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const told: unknown[] = [];
  Object.assign(globalThis, { tell: (what: unknown) => told.push(what) });
  writeFileSync(file, joined(files));
  await import(pathToFileURL(file).href);
  return { told, folder };
};

test('joinModules() hands over whatever is exported, under its own name', async (context) => {
  const { told } = await run(context, {
    [ENTRY]: "import { basename } from 'node:path';\nimport { add as plus, Sum, twice, count, later, slowly } from '../../shared/x.js';\n"
      + 'tell([plus(1, 2), plus.name, new Sum(3).value, Sum.name, twice(2), [...count(2)], await later(), (await slowly().next()).value, basename("/a/b")]);\n',
    'shared/x.js': 'const base = 0;\nexport const add = (a, b) => base + a + b;\nexport class Sum {\n    constructor(value) {\n        this.value = value;\n    }\n}\n'
      + 'export function twice(a) {\n    return 2 * a;\n}\nexport function* count(to) {\n    for (let i = 0; i < to; i += 1)\n        yield i;\n}\n'
      + 'export async function later() {\n    return 5;\n}\nexport async function* slowly() {\n    yield 6;\n}\n',
  });
  assert.deepEqual(told, [[3, 'add', 3, 'Sum', 4, [0, 1], 5, 6, 'b']]);
});

test('joinModules() has each module evaluated once, in the order of the imports, and those of import() when they are asked for', async (context) => {
  const { told } = await run(context, {
    [ENTRY]: "import { one } from './one.js';\nimport { two } from './two.js';\n"
      + `tell('main');\nconst both = await Promise.all([${load('./late.js')}, ${load('./late.js')}]);\n`
      + "tell(both[0].late.two === two && one.two === two && both[0] === both[1]);\n"
      + `tell(await ${load('./broken.js')}.catch((error) => error.message));\n`,
    'a/src/broken.js': "throw new Error('broken');\n",
    'a/src/one.js': "import { two } from './two.js';\ntell('one');\nexport const one = { two };\n",
    'a/src/two.js': "import { base } from '../../shared/base.js';\ntell('two');\nexport const two = { base };\n",
    'a/src/late.js': "import { two } from './two.js';\nimport { Only } from './only.js';\ntell('late');\nexport const late = { two, only: new Only() };\n",
    'a/src/only.js': "tell('only');\nexport class Only {\n}\n",
    'shared/base.js': "tell('base');\nexport const base = 1;\n",
  });
  assert.deepEqual(told, ['base', 'two', 'one', 'main', 'only', 'late', true, 'broken']);
});

test('joinModules() keeps the names of modules apart from each other', async (context) => {
  const { told } = await run(context, {
    [ENTRY]: "import { x } from './x.js';\nimport { value } from './y.js';\nconst join = 'mine';\ntell([x, value, join]);\n",
    'a/src/x.js': "import { join } from 'node:path';\nconst value = join('a', 'b');\nexport const x = value;\n",
    'a/src/y.js': "const x = 'other';\nexport const value = x;\nexport {};\n",
  });
  assert.deepEqual(told, [['a/b', 'other', 'mine']]);
});

test('joinModules() leaves import.meta what it was: the place of the module, not of the file', async (context) => {
  const { told, folder } = await run(context, {
    [ENTRY]: "import { deep } from '../../shared/deep/x.js';\ntell([...deep(), import.meta.url]);\n",
    'shared/deep/x.js': "export const deep = () => [new URL('public/', import.meta.url).href, import.meta.filename, import.meta.dirname];\n",
  });
  const top = pathToFileURL(folder).href;
  assert.deepEqual(told, [[`${top}/shared/deep/public/`, join(folder, 'shared/deep/x.js'), join(folder, 'shared/deep'), `${top}/${ENTRY}`]]);
});

test('joinModules() takes a line of a text for nothing else, or refuses it', async (context) => {
  const { told } = await run(context, { [ENTRY]: "import { text } from './x.js';\ntell(text);\n", 'a/src/x.js': 'export const text = `\n exports\nimportant $use ${`\n`}`;\n' });
  assert.deepEqual(told, ['\n exports\nimportant $use \n']);
  for (const line of ["import { a } from './a.js';", 'export const a = 1;', 'export {};']) {
    for (const text of [`const text = \`\n${line}\n\`;\n`, `const text = \`\${\`\n${line}\n\`}\`;\n`, `/*\n${line}\n*/\n`]) {
      assert.throws(() => joined({ [ENTRY]: text }), { name: 'StartFault', message: `${ENTRY}:2 cannot be joined, a text has a line that begins like a statement: ${line}` });
    }
  }
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["import x from './x.js';", /^a\/src\/main\.js:1 .*not known: import x/],
  ["import * as x from './x.js';", /not known/],
  ["import './x.js';", /not known/],
  ["import {} from './x.js';", /not known/],
  ["import { x } from './x.js' with { type: 'json' };", /not known/],
  ["import { x } from 'package';", /not known/],
  ["import {\n    x } from './x.js';", /not known/],
  ['export default 1;', /not known/],
  ['export let x = 1;', /not known/],
  ['export const { x } = {};', /not known/],
  ['const x = 1;\nexport { x };', /^a\/src\/main\.js:2 .*not known: export/],
  ["export * from './x.js';", /not known/],
  ["export { x } from './x.js';", /not known/],
  ["const y = 1;\nimport { x } from './x.js';", /imports come before all else/],
  ["const name = './x.js';\nawait import(name);", /import\(\) takes a path in single quotes: await/],
  [`await ${load('node:fs')};`, /import\(\) takes a path/],
  ['if (import.meta.main) tell(1);', /only url, filename and dirname/],
  ["import { y } from './x.js';", /^a\/src\/main\.js imports y, which a\/src\/x\.js does not export/],
  ["import { second } from './pair.js';", /imports second, which/],
  ["import { nothing } from 'node:fs';", /imports nothing, which node:fs/],
  ["import { patience } from './waits.js';", /^a\/src\/waits\.js cannot be joined: await is only valid/],
  ["import { a } from './a.js';", /in a circle: a\/src\/a\.js, a\/src\/b\.js, a\/src\/a\.js/],
  ["import { back } from './back.js';", /in a circle: a\/src\/main\.js, a\/src\/back\.js, a\/src\/main\.js/],
  [`export const main = 1;\nawait ${load('./back.js')};`, /back\.js imports a\/src\/main\.js, which cannot be imported/],
  [`export const main = 1;\nawait ${load('./main.js')};`, /main\.js imports a\/src\/main\.js, which cannot be imported/],
  ['const = 1;', /^a\/src\/main\.js cannot be joined: Unexpected token/],
];

for (const [text, message] of REFUSED) {
  test(`joinModules() refuses ${text.replaceAll('\n', ' ')}`, () => {
    const files = {
      [ENTRY]: `${text}\n`,
      'a/src/x.js': 'export const x = 1;\n',
      'a/src/pair.js': 'export const first = 1, second = 2;\n',
      'a/src/waits.js': 'export const patience = await 1;\n',
      'a/src/a.js': "import { b } from './b.js';\nexport const a = b;\n",
      'a/src/b.js': "import { a } from './a.js';\nexport const b = a;\n",
      'a/src/back.js': "import { main } from './main.js';\nexport const back = main;\n",
    };
    assert.throws(() => joined(files), (error: unknown) => error instanceof StartFault && message.test(error.message) ? true : assert.fail(String(error)));
  });
}
