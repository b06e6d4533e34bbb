import assert from 'node:assert/strict';
import type { Siege } from './siege.ts';

/** The headers of a form that a page of admin-app itself sends. */
export const formHeaders = (siege: Siege, cookie?: string): Readonly<Record<string, string>> => ({
  'Content-Type': 'application/x-www-form-urlencoded',
  Origin: siege.system.admin.url,
  'Sec-Fetch-Site': 'same-origin',
  ...(cookie === undefined ? {} : { Cookie: cookie }),
});

/** Signs in to admin-app and answers the cookie, `name=value`; its value is a secret from then on. */
export const signIn = async (siege: Siege, name: string, password: string): Promise<string> => {
  siege.secrets.add(password);
  const { headers } = await siege.expect(303, 'admin', 'POST /sign-in', { headers: formHeaders(siege), body: new URLSearchParams({ name, password }).toString() });
  const [cookie = ''] = headers.get('set-cookie') ?? [];
  assert.match(cookie, /HttpOnly; SameSite=Strict/);
  const [pair = ''] = cookie.split(';');
  siege.secrets.add(pair.slice(pair.indexOf('=') + 1));
  return pair;
};
