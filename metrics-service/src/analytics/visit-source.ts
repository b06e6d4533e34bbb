import type { Channel, VisitSource } from '../../../shared/contract/analytics.ts';
import type { EventContext } from '../../../shared/contract/event.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import { knownHost } from './known-hosts.ts';

/** How much is kept of what a link calls its source, medium and campaign, in UTF-16 units. */
const NAME_LENGTH_MAX = 100;
const PAID = /^(cpc|ppc|cpm|cpv|cpa|cpp|retargeting|remarketing|display|banner|ads?|sem|paid.*)$/;
const EMAIL = /^(e[-_ ]?mail|newsletter)$/;
const SOCIAL = /^(social|social[-_ ]?(network|media)|sm)$/;

const utmOf = (utm: JsonObject | undefined, name: string): string | null => {
  for (const key of [name, `utm_${name}`]) {
    const value = utm !== undefined && Object.hasOwn(utm, key) ? utm[key] : undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value).trim().slice(0, NAME_LENGTH_MAX) || null;
  }
  return null;
};

/** The host of a referrer in lower case, without `www.`; undefined where there is none. */
export const hostOf = (referrer: string | undefined): string | undefined => {
  if (referrer === undefined || !URL.canParse(referrer)) return undefined;
  const host = new URL(referrer).hostname.toLowerCase().replace(/^www\./, '').replace(/\.$/, '');
  return host.slice(0, NAME_LENGTH_MAX) || undefined;
};

const channelOfUtm = (source: string, medium: string): Channel => {
  if (PAID.test(medium)) return 'paid';
  if (EMAIL.test(medium) || EMAIL.test(source)) return 'email';
  if (SOCIAL.test(medium)) return 'social';
  if (medium === 'organic') return 'organic_search';
  if (medium === 'referral' || medium === 'affiliate') return 'referral';
  return 'campaign';
};

/**
 * Says where a visit came from: what the link says of itself (`utm_…`) wins over the referrer, and a page of one's own (`own_hosts`, in lower case
 * and without `www.`) is no source. Neither of them: `direct`.
 */
export const visitSource = (context: Pick<EventContext, 'referrer' | 'utm'>, own_hosts: ReadonlySet<string>): VisitSource => {
  const [source, medium, campaign] = ['source', 'medium', 'campaign'].map((name) => utmOf(context.utm, name)) as [string | null, string | null, string | null];
  const host = hostOf(context.referrer);
  const known = host === undefined ? undefined : knownHost(host);
  const referred = host === undefined || own_hosts.has(host) ? null : (known?.name ?? host);
  if (source !== null || medium !== null || campaign !== null) {
    return { channel: channelOfUtm(source?.toLowerCase() ?? '', medium?.toLowerCase() ?? ''), source: source?.toLowerCase() ?? referred, medium: medium?.toLowerCase() ?? null, campaign };
  }
  const channel = host === undefined ? 'direct' : referred === null ? 'internal' : (known?.channel ?? 'referral');
  return { channel, source: referred, medium: null, campaign: null };
};
