const BASE = 'http://own.invalid';

/** Where a browser may be sent after signing in: a path of our own as it was given, or `/` for anything that could lead elsewhere. */
export const ownPath = (next: string | null | undefined): string => {
  if (!next || next.length > 2_000 || !/^\/[\x21-\x7e]*$/.test(next)) return '/';
  const url = URL.parse(next, BASE);
  // Normalising can make `//host` of what did not look like it: `/.//host`.
  if (url?.origin !== BASE || url.pathname.startsWith('//') || /^\/(sign-in|sign-out|setup)$/.test(url.pathname)) return '/';
  return url.pathname + url.search;
};
