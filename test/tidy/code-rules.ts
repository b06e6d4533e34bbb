import { faultyLines, isCode, isTest } from './rule.ts';
import type { Rule, SourceFile } from './rule.ts';

const LINES_MAX = 299;

const EXPORT = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type)\s+([\w$]+)/;

const documented = (file: SourceFile): readonly string[] => {
  const lines = file.text.split('\n');
  const seen = new Set<string>();
  return lines.flatMap((line, index) => {
    const name = EXPORT.exec(line)?.[1];
    if (name === undefined || seen.has(name)) return [];
    seen.add(name); // Further overloads go without.
    let at = index - 1;
    if (lines[at]?.trimEnd().endsWith('*/')) {
      while (at > 0 && !lines[at]?.trimStart().startsWith('/*')) at -= 1;
      if (/^\/\*\*\s*(\S.*[^*/\s]|$)/.test(lines[at] ?? '')) return [];
    }
    return [`${file.path}:${index + 1} ${name} has no doc comment`];
  });
};

const in_code = (check: (file: SourceFile) => readonly string[]) => (files: readonly SourceFile[]): readonly string[] => files.filter(isCode).flatMap(check);

const in_product = (check: (file: SourceFile) => readonly string[]): Rule['faults'] => in_code((file) => (isTest(file) ? [] : check(file)));

const file = (path: string, text: string): SourceFile => ({ path, text });

/** What code looks like. */
export const codeRules: readonly Rule[] = [
  {
    name: 'every export has a doc comment',
    faults: in_code(documented),
    planted: [
      file('shared/x.ts', 'export const a = 1;'),
      file('shared/x.ts', '// Not for the reader of an export.\nexport interface A {}'),
      file('shared/x.ts', '/* Neither. */\nexport function a(): void {}'),
      file('shared/x.ts', '/** Apart. */\n\nexport class A {}'),
      file('shared/x.ts', '/** */\nexport type A = 1;'),
    ],
    kept: [file('shared/x.ts', '/** One. */\nexport const a = 1;\n\n/**\n * Two.\n */\nexport async function b(x: 1): Promise<1>;\nexport async function b(x: 2): Promise<2>;\nconst c = 3;')],
  },
  {
    name: `no file has more than ${LINES_MAX} lines`,
    faults: (files) =>
      files.flatMap(({ path, text }) => {
        const lines = text.trimEnd().split('\n').length;
        return /\.(ts|mjs|js|css|html)$/.test(path) && lines > LINES_MAX ? [`${path}:${LINES_MAX + 1} ${lines} lines are too many`] : [];
      }),
    planted: ['a.ts', 'a.mjs', 'a.css', 'a.html'].map((path) => file(path, 'a\n'.repeat(300))),
    kept: [file('a.ts', 'a\n'.repeat(299)), file('a.md', 'a\n'.repeat(400))],
  },
  {
    name: 'nothing is exported as default or on behalf of another file',
    faults: in_code((one) => [
      ...faultyLines(one, /^export default\b|^export \{[^}]*\bas default\b/, 'exports a default'),
      ...faultyLines(one, /^export\s+(type\s+)?(\*|\{[^}]*\}\s*from\b)|^\} from .*;\s*\/\/ export/, 're-exports what another file owns'),
    ]),
    planted: [
      file('shared/x.ts', 'export default 1;'),
      file('shared/x.ts', 'export { a as default };'),
      file('shared/x.ts', "export * from './y.ts';"),
      file('shared/x.ts', "export type { Y } from './y.ts';"),
    ],
    kept: [file('shared/x.ts', "import type { Y } from './y.ts';\nexport const defaults = 1;")],
  },
  {
    name: 'no enum, no namespace',
    faults: in_code((one) => faultyLines(one, /^\s*(export\s+)?(declare\s+)?(const\s+)?(enum|namespace)\s+[A-Za-z]\w*\s*\{/, 'uses what type stripping cannot strip')),
    planted: [file('shared/x.ts', 'enum A {'), file('shared/x.ts', 'export const enum A {'), file('shared/x.ts', '  namespace B {')],
    kept: [file('shared/x.ts', "const schema = { enum: ['a'] };\nconst namespace = 1;")],
  },
  {
    name: 'only config.ts reads the environment',
    faults: in_product((one) => (/^tools\/|(^|\/)config\.ts$/.test(one.path) ? [] : faultyLines(one, /\bprocess\.env\b|\benv\s*\}?\s*(from|=\s*process)\b/, 'reads process.env', { comments: false }))),
    planted: [file('ab-service/src/app.ts', 'const port = process.env.PORT;'), file('shared/log.ts', "import { env } from 'node:process';"), file('shared/x.ts', 'const { env } = process;')],
    kept: [file('ab-service/src/config.ts', 'const port = process.env.PORT;'), file('shared/x.ts', '/** Not process.env itself. */'), file('ab-service/test/x.test.ts', 'process.env.X')],
  },
  {
    name: 'no text is turned into markup or code',
    faults: in_product((one) =>
      faultyLines(one, /\b(innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe)|(?<![\w.])eval\(|\bnew Function\b/, (match) => `uses ${match[0]}`, { comments: false })),
    planted: [
      file('admin-app/public/x.ts', 'element.innerHTML = text;'),
      file('admin-app/public/x.ts', "element.insertAdjacentHTML('beforeend', text);"),
      file('admin-app/public/x.ts', 'element.outerHTML = text;'),
      file('shared/x.ts', 'const sum = eval(text);'),
      file('shared/x.ts', "const f = new Function('a', text);"),
    ],
    kept: [file('admin-app/public/x.ts', 'element.textContent = text;\n// No innerHTML here.'), file('tools/x.ts', 'page.evaluate(retrieval(1));'), file('test/x.test.ts', 'innerHTML')],
  },
  {
    name: 'nothing is left to be done',
    faults: (files) => files.flatMap((one) => faultyLines(one, /\b(TO[D]O|FIX[M]E)\b/, 'is not finished')),
    planted: [file('README.md', ['TO', 'DO later'].join('')), file('shared/x.ts', ['// FIX', 'ME'].join(''))],
    kept: [file('shared/x.ts', 'const todo = 1;')],
  },
  {
    name: 'no test is skipped for good or run alone',
    faults: in_code((one) =>
      one.path.endsWith('.test.ts') ? faultyLines(one, /\b(test|it|describe|suite)\.(only|skip|todo)\b|\b(only|skip|todo):\s*(true|['"`])/, 'leaves tests out', { comments: false }) : []),
    planted: [file('test/x.test.ts', "test.only('a')"), file('shared/test/x.test.ts', "test.skip('a')"), file('test/x.test.ts', "test('a', { skip: true }")],
    kept: [file('test/x.test.ts', "test('a', { skip: existsSync(path) ? false : 'no data here' })")],
  },
];
