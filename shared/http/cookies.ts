/** Reads the named cookies of a `Cookie` header and no others: other services of the host share the jar. */
export const readCookies = (header: string | undefined, names: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  if (header === undefined || header.length > 16_384) return found;
  for (const pair of header.split(';')) {
    const mark = pair.indexOf('=');
    const name = pair.slice(0, mark).trim();
    if (mark > 0 && names.includes(name) && !found.has(name)) found.set(name, pair.slice(mark + 1).trim());
  }
  return found;
};

/** What a cookie says besides its value; `path` is `/`, and it is always out of reach of scripts. */
export interface CookieRules {
  readonly max_age_seconds: number;
  readonly same_site: 'Lax' | 'Strict';
  readonly secure: boolean;
}

/** Writes a `Set-Cookie` header; the value must already be free of `;` and white space. */
export const setCookie = (name: string, value: string, rules: CookieRules): string =>
  `${name}=${value}; Path=/; Max-Age=${rules.max_age_seconds}; HttpOnly; SameSite=${rules.same_site}${rules.secure ? '; Secure' : ''}`;
