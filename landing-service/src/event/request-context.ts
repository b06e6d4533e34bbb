import type { EventContext } from '../../../shared/contract/event.ts';
import type { Call } from '../../../shared/http/call.ts';
import { languageOf } from '../visitor/attributes.ts';

const USER_AGENT_MAX = 1_024;
const LANGUAGE_MAX = 64;
const UTM_MAX = 256;

/** The `utm_…` members of a query, without the prefix; undefined when there is none. */
export const utmOf = (query: URLSearchParams): Record<string, string> | undefined => {
  const found = [...query].filter(([name]) => /^utm_[a-z]{1,20}$/.test(name)).map(([name, value]) => [name.slice('utm_'.length), value.slice(0, UTM_MAX)] as const);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

/** What a browser's request itself says of the place where an event happened; the tracker's words are added by the caller. */
export const requestContext = (call: Call): EventContext => {
  const language = languageOf(call.headers['accept-language'])?.slice(0, LANGUAGE_MAX);
  const user_agent = call.headers['user-agent']?.slice(0, USER_AGENT_MAX);
  return { ...(user_agent === undefined ? {} : { user_agent }), ...(language === undefined ? {} : { language }) };
};
