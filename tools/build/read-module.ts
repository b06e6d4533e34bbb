import { posix } from 'node:path';
import { Script } from 'node:vm';
import { StartFault } from '../../shared/start-fault.ts';

/** A compiled module, made ready to be a function in a file with others. Modules are named by their paths from the top, or `node:…`. */
export interface ReadModule {
  /** The body of the function; it calls `$use` for what it imports, `$load` for `import()` and `$meta` for `import.meta`. */
  readonly code: string;
  readonly exported: readonly string[];
  readonly imports: readonly { readonly from: string; readonly names: readonly string[] }[];
  /** What it imports while it runs. */
  readonly loads: readonly string[];
}

const STATEMENT = /^(?:import|export)\b/;
const IMPORT = /^import \{ (.+) \} from '((?:\.|node:)[^']+)';$/;
const EXPORT = /^export ((?:const|class|(?:async )?function\*?) ([\w$]+)\b.*)$/;
const DYNAMIC_IMPORT = /\bimport\((?:'(\.[^']+)'\))?/g;
const META = /\bimport\.meta\b(\.(?:url|filename|dirname)\b)?/g;

/** What keeps code from being the body of a function, in V8's words. */
export const syntaxFault = (code: string, kind: 'async ' | '' = ''): string | undefined => {
  try {
    new Script(`'use strict'; (${kind}() => {\n${code}\n})`);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

/**
 * Reads a module as tsc writes it. Throws StartFault, with the place, for a form of import or export that it does not know,
 * and for a line that only looks like one.
 */
export const readModule = (path: string, text: string): ReadModule => {
  const exported: string[] = [];
  const imports: { from: string; names: readonly string[] }[] = [];
  const loads: string[] = [];
  let code = '';
  let is_head = true;
  const placeOf = (specifier: string): string => (specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier);

  const readStatement = (line: string, fault: (what: string) => Error): string => {
    // Where the lines above are no whole code, this one is in the middle of a template literal.
    if (syntaxFault(code, 'async ') !== undefined) throw fault('a text has a line that begins like a statement');
    if (line === 'export {};') return '';
    const [, names, specifier] = IMPORT.exec(line) ?? [];
    if (names !== undefined && specifier !== undefined) {
      if (!is_head) throw fault('imports come before all else');
      imports.push({ from: placeOf(specifier), names: names.split(', ').map((name) => name.replace(/ as .*/, '')) });
      return `const { ${names.replaceAll(' as ', ': ')} } = $use('${placeOf(specifier)}');`;
    }
    const [, declaration, name] = EXPORT.exec(line) ?? [];
    if (declaration === undefined || name === undefined) throw fault('this form of import or export is not known');
    exported.push(name);
    return declaration;
  };

  for (const [index, line] of text.split('\n').entries()) {
    is_head &&= line === '' || IMPORT.test(line);
    const fault = (what: string): Error => new StartFault(`${path}:${index + 1} cannot be joined, ${what}: ${line.trim()}`);
    const read = (STATEMENT.test(line) ? readStatement(line, fault) : line)
      .replace(DYNAMIC_IMPORT, (_, specifier: string | undefined) => {
        if (specifier === undefined) throw fault('import() takes a path in single quotes');
        loads.push(placeOf(specifier));
        return `$load('${placeOf(specifier)}')`;
      })
      .replace(META, (_, property: string | undefined) => {
        if (property === undefined) throw fault('of import.meta only url, filename and dirname are known');
        return `$meta('${path}')${property}`;
      });
    code += `${read}\n`;
  }
  return { code, exported, imports, loads };
};
