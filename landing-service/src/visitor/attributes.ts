import { deviceOf } from '../../../shared/device.ts';
import type { Attributes } from '../../../shared/targeting/condition.ts';
import type { Call } from '../../../shared/http/call.ts';

const TEXT_MAX = 512;

/** The language a visitor likes best, as the browser says: `de-AT`; null when it says nothing. */
export const languageOf = (accept_language: string | undefined): string | null => /^\s*([a-z]{1,8}(-[a-z0-9]{1,8})*)/i.exec(accept_language ?? '')?.[1] ?? null;

const headerOf = (call: Call, name: string): string | null => {
  const value = call.headers[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_MAX) : null;
};

/** What targeting may look at: of this request alone, and nothing that is kept. `proxied` believes a proxy's word on the country. */
export const attributesOf = (call: Call, returning: boolean, proxied: boolean): Attributes => {
  const user_agent = headerOf(call, 'user-agent') ?? '';
  const attributes: Record<string, unknown> = {
    ...deviceOf(user_agent),
    language: languageOf(call.headers['accept-language']),
    country: proxied ? (headerOf(call, 'cf-ipcountry') ?? headerOf(call, 'x-country-code')) : null,
    referrer: headerOf(call, 'referer'),
    path: call.path.slice(0, TEXT_MAX),
    returning,
  };
  for (const [name, value] of call.query) if (/^utm_[a-z_]{1,32}$/.test(name)) attributes[name] = value.slice(0, TEXT_MAX);
  return attributes;
};
