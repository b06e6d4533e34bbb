import { automationOf } from '../../../shared/bots.ts';
import type { AutomationReason } from '../../../shared/bots.ts';
import type { Call } from '../../../shared/http/call.ts';

/** Why somebody is served and not counted: they asked for it, or they are no person looking at the page. */
export type Exclusion = 'privacy' | AutomationReason;

/** How many user agents are remembered; all the browsers of a busy hour are fewer. */
const REMEMBERED_MAX = 2_000;

/** Whether the visitor's browser asks not to be followed: Global Privacy Control, or Do Not Track. */
export const wantsPrivacy = (call: Call): boolean => call.headers['sec-gpc'] === '1' || call.headers['dnt'] === '1';

const purposeOf = ({ headers }: Call): string | undefined => {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-purpose'] ?? headers['x-moz'];
  return typeof purpose === 'string' ? purpose : undefined;
};

/** Says why requests are not counted, remembering what it found out about user agents. */
export class Exclusions {
  readonly #bot_filter: boolean;
  readonly #known = new Map<string, AutomationReason | null>();

  /** With `bot_filter` off machines are counted too, but never those who asked not to be. */
  constructor(bot_filter: boolean) {
    this.#bot_filter = bot_filter;
  }

  /** Why a request is not counted; undefined for a person. */
  of(call: Call): Exclusion | undefined {
    if (wantsPrivacy(call)) return 'privacy';
    // A program that only asks whether the page is there has not seen it.
    if (call.method === 'HEAD') return 'prefetch';
    if (!this.#bot_filter) return undefined;
    const purpose = purposeOf(call);
    if (purpose !== undefined && automationOf({ purpose }) !== null) return 'prefetch';
    const user_agent = call.headers['user-agent'];
    return user_agent === undefined ? undefined : (this.#byUserAgent(user_agent) ?? undefined);
  }

  /** Why an event is not counted whose page was a person's: the page says that a program drives the browser. */
  ofEvent(automation: boolean | undefined): Exclusion | undefined {
    return automation === true && this.#bot_filter ? 'automation' : undefined;
  }

  #byUserAgent(user_agent: string): AutomationReason | null {
    const known = this.#known.get(user_agent);
    if (known !== undefined) return known;
    const reason = automationOf({ user_agent });
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(user_agent, reason);
    return reason;
  }
}
