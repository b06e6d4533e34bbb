import { isBuiltin } from 'node:module';
import { StartFault } from '../../shared/start-fault.ts';
import { readModule, syntaxFault } from './read-module.ts';
import type { ReadModule } from './read-module.ts';

const preambleOf = (entry: string): string => `const $root = new URL('${'../'.repeat(entry.split('/').length - 1)}', import.meta.url);
const $exports = {};
const $use = (name) => ($exports[name] ??= name.startsWith('node:') ? process.getBuiltinModule(name) : $modules[name]());
const $load = async (name) => $use(name);
const $meta = (name) => {
  const url = new URL(name, $root);
  const filename = $use('node:url').fileURLToPath(url);
  return { url: url.href, filename, dirname: $use('node:path').dirname(filename) };
};
`;

// V8 compiles a function in parentheses together with what is around it; others it first skims, and reads again when they are called.
const functionOf = ([path, { code, exported }]: readonly [string, ReadModule]): string => `'${path}': (() => {\n${code}return { ${exported.join(', ')} };\n}),\n`;

/**
 * Joins a compiled module with all that it needs into the text of one file, which is to lie where the first one lay. The code of `entry` stands at
 * the end, where it can await; every other module is a function that is called when it is first imported and answers what it exports.
 * Paths go from the top, with slashes. Throws StartFault for what it cannot join without a change of meaning.
 */
export const joinModules = (entry: string, textOf: (path: string) => string): string => {
  const modules = new Map<string, ReadModule>();

  const add = (path: string, above: readonly string[]): ReadModule => {
    const known = modules.get(path);
    if (known !== undefined) return known;
    if (above.includes(path)) throw new StartFault(`These modules import each other in a circle: ${[...above.slice(above.indexOf(path)), path].join(', ')}`);
    const module = readModule(path, textOf(path));
    for (const { from, names } of module.imports) {
      const exported = isBuiltin(from) ? Object.keys(process.getBuiltinModule(from) as object) : add(from, [...above, path]).exported;
      const absent = names.find((name) => !exported.includes(name));
      if (absent !== undefined) throw new StartFault(`${path} imports ${absent}, which ${from} does not export.`);
    }
    const fault = syntaxFault(module.code, path === entry ? 'async ' : '');
    if (fault !== undefined) throw new StartFault(`${path} cannot be joined: ${fault}`);
    modules.set(path, module);
    return module;
  };

  const { code } = add(entry, []);
  for (const [path, { imports, loads }] of modules) {
    for (const loaded of loads) add(loaded, []);
    if (loads.includes(entry) || imports.some(({ from }) => from === entry)) throw new StartFault(`${path} imports ${entry}, which cannot be imported: the joined file begins there.`);
  }
  modules.delete(entry);
  return `${preambleOf(entry)}const $modules = {\n${[...modules].map(functionOf).join('')}};\n\n// ${entry}\n${code}`;
};
