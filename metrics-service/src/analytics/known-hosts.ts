import type { Channel } from '../../../shared/contract/analytics.ts';

/** What a host that sends visitors is, and the name that all of its hosts share. */
export interface KnownHost {
  readonly channel: Channel;
  readonly name: string;
}

const SEARCH =
  'bing.com duckduckgo.com ecosia.org startpage.com qwant.com baidu.com sogou.com so.com naver.com daum.net seznam.cz kagi.com mojeek.com search.brave.com swisscows.com ' +
  'ask.com search.aol.com rambler.ru metager.org lite.duckduckgo.com html.duckduckgo.com yep.com presearch.com coccoc.com petalsearch.com';
const SOCIAL =
  'facebook.com instagram.com linkedin.com pinterest.com reddit.com tiktok.com youtube.com snapchat.com threads.net threads.com bsky.app mastodon.social mstdn.social fosstodon.org ' +
  'quora.com tumblr.com vk.com ok.ru weibo.com xing.com news.ycombinator.com lobste.rs producthunt.com discord.com web.whatsapp.com web.telegram.org medium.com dev.to ' +
  'stackoverflow.com stackexchange.com slashdot.org flipboard.com line.me vimeo.com twitch.tv';
const EMAIL =
  'mail.google.com outlook.live.com outlook.office.com outlook.office365.com mail.yahoo.com mail.aol.com mail.proton.me mail.protonmail.com mail.zoho.com webmail.gmx.net gmx.net web.de ' +
  'app.fastmail.com mail.yandex.ru mail.yandex.com e.mail.ru app.tuta.com mail.tutanota.com icloud.com posteo.de';
/** Short or old hosts, and the programs of telephones (`android-app://…`), with the name that they go by. */
const OTHERS: readonly (readonly [host: string, channel: Channel, name: string])[] = [
  ['t.co', 'social', 'x.com'],
  ['x.com', 'social', 'x.com'],
  ['twitter.com', 'social', 'x.com'],
  ['fb.me', 'social', 'facebook.com'],
  ['messenger.com', 'social', 'facebook.com'],
  ['lnkd.in', 'social', 'linkedin.com'],
  ['redd.it', 'social', 'reddit.com'],
  ['youtu.be', 'social', 'youtube.com'],
  ['pin.it', 'social', 'pinterest.com'],
  ['t.me', 'social', 'telegram.org'],
  ['wa.me', 'social', 'whatsapp.com'],
  ['com.google.android.googlequicksearchbox', 'organic_search', 'google'],
  ['com.google.android.gm', 'email', 'mail.google.com'],
  ['com.linkedin.android', 'social', 'linkedin.com'],
  ['com.facebook.katana', 'social', 'facebook.com'],
  ['com.instagram.android', 'social', 'instagram.com'],
  ['com.twitter.android', 'social', 'x.com'],
  ['com.reddit.frontpage', 'social', 'reddit.com'],
  ['org.telegram.messenger', 'social', 'telegram.org'],
  ['com.slack', 'referral', 'slack.com'],
];
/** Search engines with a host for each country: `google.co.uk`. */
const SEARCH_OF_MANY_COUNTRIES: ReadonlySet<string> = new Set(['google', 'yandex', 'yahoo']);

const table = (hosts: string, channel: Channel): readonly (readonly [string, KnownHost])[] => hosts.split(' ').map((host) => [host, { channel, name: host }]);

const KNOWN: ReadonlyMap<string, KnownHost> = new Map([
  ...table(SEARCH, 'organic_search'),
  ...table(SOCIAL, 'social'),
  ...table(EMAIL, 'email'),
  ...OTHERS.map(([host, channel, name]): readonly [string, KnownHost] => [host, { channel, name }]),
]);

/** The country's part of a host is one or two short labels. */
const isCountry = (labels: readonly string[]): boolean => labels.length >= 1 && labels.length <= 2 && labels.every((label) => label.length <= 3);

/** Finds what is known of a host (in lower case), or of a domain that it belongs to; the longest name decides, so that `mail.google.com` is mail. */
export const knownHost = (host: string): KnownHost | undefined => {
  const labels = host.split('.');
  for (let skipped = 0; skipped < labels.length; skipped += 1) {
    const known = KNOWN.get(labels.slice(skipped).join('.'));
    if (known !== undefined) return known;
    const label = labels[skipped] as string;
    if (SEARCH_OF_MANY_COUNTRIES.has(label) && isCountry(labels.slice(skipped + 1))) return { channel: 'organic_search', name: label };
  }
  return undefined;
};
