/** Why a request is no person's: counted by this word. */
export type AutomationReason = 'automation' | 'prefetch' | 'headless' | 'monitor' | 'preview' | 'bot';

/** What is known of a request, as the browser said it or landing-service handed it on; everything may be absent. */
export interface AutomationSigns {
  readonly user_agent?: string | null | undefined;
  /** `Sec-Purpose`, `Purpose`, `X-Purpose` or `X-Moz` of the request for the page. */
  readonly purpose?: string | null | undefined;
  /** True when the page says so, with `navigator.webdriver` for example. */
  readonly automation?: boolean | null | undefined;
  readonly prefetch?: boolean | null | undefined;
}

/** How much of a user agent is looked at, in UTF-16 units; the longest of real browsers have about 500. */
const USER_AGENT_LENGTH_MAX = 1_024;

// Words of user agents in lower case, as they stand between anything but letters and digits.
const HEADLESS: ReadonlySet<string> = new Set('phantomjs slimerjs htmlunit puppeteer playwright selenium webdriver cypress jsdom happydom testcafe wkhtmltopdf wkhtmltoimage'.split(' '));
const MONITORS: ReadonlySet<string> = new Set(
  (
    'pingdom pingdompagespeed pingdomtms uptimerobot statuscake site24x7 newrelicpinger datadogsynthetics gtmetrix betteruptime betterstack hetrixtools freshping nodeping checkly ' +
    'catchpoint ptst lighthouse speedcurve dareboost googlehc healthchecker zgrab nagios icinga zabbix uptrends montastic ruxitsynthetic panopta yellowlabtools sitespeed'
  ).split(' '),
);
const PREVIEWS: ReadonlySet<string> = new Set(
  (
    'facebookexternalhit facebookcatalog facebot twitterbot linkedinbot slackbot imgproxy telegrambot discordbot skypeuripreview bingpreview microsoftpreview vkshare ' +
    'embedly iframely redditbot bitlybot cardyb mastodon pleroma misskey flipboardproxy viberurldownloader tumblrbot'
  ).split(' '),
);
const BOTS: ReadonlySet<string> = new Set(
  (
    'slurp mediapartners inspectiontool googleother feedfetcher teoma heritrix nutch scrapy httrack ahrefssiteaudit externalagent externalfetcher ' +
    'omgili qwantify ltx71 censysinspect internetmeasurement wappalyzer builtwith grapeshot proximic barkrowler turnitin magpie spiderling seokicks sistrix contentking'
  ).split(' '),
);
const BOT_ENDINGS: readonly string[] = ['bot', 'bots', 'crawler', 'crawlers', 'spider', 'spiders', 'scraper'];
/** A maker of telephones. */
const NO_BOTS: ReadonlySet<string> = new Set(['cubot']);
/** Signs of more than one word. A browser for people never gives the address of a page about itself. */
const PHRASES: readonly (readonly [string, AutomationReason])[] = [
  ['google web preview', 'preview'],
  ['uptime-kuma', 'monitor'],
  ['datadog/synthetics', 'monitor'],
  ['kube-probe', 'monitor'],
  ['ia_archiver', 'bot'],
  ['w3c_validator', 'bot'],
  ['url preview service', 'preview'],
  ['google-pagerenderer', 'preview'],
  ['apis-google', 'bot'],
  ['google-read-aloud', 'bot'],
  ['google favicon', 'bot'],
  ['chatgpt-user', 'bot'],
  ['claude-user', 'bot'],
  ['perplexity-user', 'bot'],
  ['anthropic-ai', 'bot'],
  ['mistralai-user', 'bot'],
  ['+http', 'bot'],
];

/**
 * Tells whether a request comes from a crawler, a link preview, a monitor, a headless or driven browser, or loads a page ahead of need, and which;
 * null for a person. A missing user agent says nothing, nor does one of a plain HTTP library: programs that call the interfaces, `curl` included,
 * are not bots. Looks at words, never at patterns: the time is in proportion to the length.
 */
export const automationOf = (signs: AutomationSigns): AutomationReason | null => {
  if (signs.automation) return 'automation';
  if (signs.prefetch || (signs.purpose && /prefetch|prerender|preview/i.test(signs.purpose.slice(0, 64)))) return 'prefetch';
  return signs.user_agent ? reasonOf(signs.user_agent.slice(0, USER_AGENT_LENGTH_MAX).toLowerCase()) : null;
};

const reasonOf = (user_agent: string): AutomationReason | null => {
  let bot = false;
  for (const word of user_agent.split(/[^a-z0-9]+/)) {
    // The most telling word wins: a monitor may give the address of a bot's page, and a preview end in "bot".
    if (word.startsWith('headless') || HEADLESS.has(word)) return 'headless';
    if (MONITORS.has(word)) return 'monitor';
    if (PREVIEWS.has(word)) return 'preview';
    bot ||= BOTS.has(word) || (BOT_ENDINGS.some((ending) => word.endsWith(ending)) && !NO_BOTS.has(word));
  }
  // The preview of a link in WhatsApp; its browser for people has the name further on.
  if (user_agent.startsWith('whatsapp/')) return 'preview';
  return PHRASES.find(([phrase]) => user_agent.includes(phrase))?.[1] ?? (bot ? 'bot' : null);
};
