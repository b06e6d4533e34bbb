/** A file of the repository: its path from the top with `/`, and its text, which is empty for what is not text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One promise of the house, as a check over all files; every fault reads `path:line what is wrong`. */
export interface Rule {
  /** What is promised, as the end of a test's name. */
  readonly name: string;
  readonly faults: (files: readonly SourceFile[]) => readonly string[];
  /** Files, or groups of them, of which each breaks the promise, so that the rule is known to notice. */
  readonly planted: readonly (SourceFile | readonly SourceFile[])[];
  /** Files that look alike and, all together, keep it. */
  readonly kept: readonly SourceFile[];
}

/** Looks for `pattern` line by line; with `comments: false`, lines that only hold a comment are passed over. */
export const faultyLines = (
  file: SourceFile,
  pattern: RegExp,
  message: string | ((match: RegExpExecArray) => string | undefined),
  { comments = true }: { readonly comments?: boolean } = {},
): string[] => {
  const faults: string[] = [];
  for (const [index, line] of file.text.split('\n').entries()) {
    if (!comments && /^\s*(\/\/|\/\*|\*)/.test(line)) continue;
    for (const match of line.matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`))) {
      const said = typeof message === 'string' ? message : message(match);
      if (said !== undefined) faults.push(`${file.path}:${index + 1} ${said}`);
    }
  }
  return faults;
};

/** Whether a file holds code of ours: TypeScript anywhere, and the plain JavaScript of the launcher. */
export const isCode = ({ path }: SourceFile): boolean => /\.(ts|mjs|js)$/.test(path);

/** Whether a file belongs to the tests, which may do what the product may not. */
export const isTest = ({ path }: SourceFile): boolean => /(^|\/)test\//.test(path);

/** The service that a file belongs to: its folder's name, or undefined. */
export const serviceOf = (path: string): string | undefined => /^([a-z]+-(?:service|app))\//.exec(path)?.[1];

/** Whether a file can reach a browser: what the services and the shared code are made of, without their tests and READMEs. */
export const isServed = (file: SourceFile): boolean =>
  (serviceOf(file.path) !== undefined || file.path.startsWith('shared/')) && !isTest(file) && /\.(ts|html|css|js|mjs|json|svg)$/.test(file.path);
