/** The kind of machine that a user agent names. Televisions and what says nothing count as desktop. */
export type DeviceKind = 'desktop' | 'mobile' | 'tablet';

/** What targeting knows of a browser. */
export interface Device {
  readonly device: DeviceKind;
  /** A family in lower case, such as `chrome`, `safari` or `samsung`; `other` when unknown. */
  readonly browser: string;
}

/** How much of a user agent is looked at, in UTF-16 units. */
const USER_AGENT_LENGTH_MAX = 1_024;

// In this order: nearly every browser also names those it descends from.
const BROWSERS: readonly (readonly [sign: string, browser: string])[] = [
  ['fban/', 'facebook'],
  ['fbav/', 'facebook'],
  ['fb_iab/', 'facebook'],
  ['instagram', 'instagram'],
  ['edg/', 'edge'],
  ['edga/', 'edge'],
  ['edgios/', 'edge'],
  ['edge/', 'edge'],
  ['opr/', 'opera'],
  ['opt/', 'opera'],
  ['opios/', 'opera'],
  ['opera', 'opera'],
  ['samsungbrowser/', 'samsung'],
  ['yabrowser/', 'yandex'],
  ['ucbrowser/', 'uc'],
  ['vivaldi/', 'vivaldi'],
  ['duckduckgo/', 'duckduckgo'],
  ['ddg/', 'duckduckgo'],
  ['silk/', 'silk'],
  ['fxios/', 'firefox'],
  ['focus/', 'firefox'],
  ['firefox/', 'firefox'],
  ['crios/', 'chrome'],
  ['chrome/', 'chrome'],
  ['chromium/', 'chrome'],
  ['trident/', 'ie'],
  ['msie ', 'ie'],
  ['android', 'android'],
  ['safari/', 'safari'],
  ['iphone', 'safari'],
  ['ipad', 'safari'],
];

const deviceKind = (user_agent: string): DeviceKind => {
  const has = (sign: string): boolean => user_agent.includes(sign);
  if (has('ipad') || has('tablet') || has('kindle') || has('silk/') || has('playbook')) return has('tablet pc') ? 'desktop' : 'tablet';
  if (has('mobi') || has('iphone') || has('ipod') || has('windows phone') || has('opera mini') || has('blackberry')) return 'mobile';
  if (!has('android')) return 'desktop';
  return has(' tv') || has('smarttv') || has('googletv') || has('bravia') ? 'desktop' : 'tablet';
};

/** Reads the kind of device and the browser's family from a user agent. An iPad that asks for desktop pages says it is a Macintosh, and is believed. */
export const deviceOf = (user_agent: string): Device => {
  const text = user_agent.slice(0, USER_AGENT_LENGTH_MAX).toLowerCase();
  return { device: deviceKind(text), browser: BROWSERS.find(([sign]) => text.includes(sign))?.[1] ?? 'other' };
};
