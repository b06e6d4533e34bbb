/** A request as the form holds it, before it is sent. */
export interface RequestDraft {
  readonly method: string;
  /** With the names in braces. */
  readonly path: string;
  readonly path_values: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: { readonly type: string; readonly text: string };
}

/** The address of a draft, without the origin: empty values of the query are left out, empty parts of the path stay as their names. */
export const targetOf = ({ path, path_values, query }: RequestDraft): string => {
  const filled = path.replace(/\{(\w+)\}/g, (braces, name: string) => {
    const value = path_values[name] ?? '';
    return value === '' ? braces : encodeURIComponent(value);
  });
  const sent = query.filter(([, value]) => value !== '');
  return sent.length === 0 ? filled : `${filled}?${sent.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
};

/** Whether every part of the path has a value. */
export const isComplete = ({ path, path_values }: RequestDraft): boolean => [...path.matchAll(/\{(\w+)\}/g)].every(([, name = '']) => (path_values[name] ?? '') !== '');

/** Quotes a word for a POSIX shell; nothing in it is looked at by the shell. */
export const shellQuoted = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

/** Writes a draft as a curl command for a POSIX shell; a token is named, never shown. */
export const curlOf = (draft: RequestDraft, base: string, token_name: string | undefined): string => {
  const { method, headers, body } = draft;
  const parts = [`curl ${method === 'GET' ? '' : `-X ${method} `}${shellQuoted(base.replace(/\/$/, '') + targetOf(draft))}`];
  if (token_name !== undefined) parts.push(`-H "Authorization: Bearer $${token_name}"`);
  for (const [name, value] of headers) if (value !== '') parts.push(`-H ${shellQuoted(`${name}: ${value}`)}`);
  if (body !== undefined) {
    parts.push(`-H ${shellQuoted(`Content-Type: ${body.type}`)}`);
    parts.push(`--data-raw ${shellQuoted(body.text)}`);
  }
  return parts.join(' \\\n  ');
};
