import { parseArgs } from 'node:util';
import { launchChromium } from './chromium/launch-chromium.ts';

const USAGE = `Usage: node tools/screenshot.ts URL OUT.png [options]
  --width 1280 --height 800   size of the view in CSS pixels
  --dark                      prefers-color-scheme: dark
  --full-page                 the whole page, not only what is in view
  --cookie NAME=VALUE         sent with the page; may be given several times
  --wait SELECTOR             waits until such an element is visible
  --no-javascript             turns the page's scripts off
  --audit                     prints what its accessibility audit finds, too`;

/** Paints a page into a PNG, as `USAGE` says; returns the exit code: 1 when the page had errors or, with `--audit`, faults. */
export const screenshot = async (given: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      width: { type: 'string', default: '1280' },
      height: { type: 'string', default: '800' },
      dark: { type: 'boolean', default: false },
      'full-page': { type: 'boolean', default: false },
      cookie: { type: 'string', multiple: true, default: [] },
      wait: { type: 'string' },
      'no-javascript': { type: 'boolean', default: false },
      audit: { type: 'boolean', default: false },
    },
  });
  const [url, path] = positionals;
  const [width, height] = [Number(values.width), Number(values.height)];
  const bad_cookie = values.cookie.find((cookie) => cookie.indexOf('=') < 1);
  if (url === undefined || path === undefined || positionals.length > 2) throw new Error(USAGE);
  if (!(width >= 1 && height >= 1)) throw new Error(`--width and --height are numbers of pixels.\n${USAGE}`);
  if (bad_cookie !== undefined) throw new Error(`--cookie is NAME=VALUE, not ${bad_cookie}.`);

  await using browser = await launchChromium();
  const page = await browser.page({ width, height, dark: values.dark, javascript: !values['no-javascript'], reduced_motion: true });
  for (const cookie of values.cookie) {
    const at = cookie.indexOf('=');
    await page.setCookie(url, cookie.slice(0, at), cookie.slice(at + 1));
  }
  const status = await page.goto(url);
  if (values.wait !== undefined) await page.waitFor(values.wait);
  await page.screenshot(path, { full_page: values['full-page'] });
  const audit = values.audit ? await page.accessibilityFaults() : [];
  console.log(`${path}: ${url} answered ${status ?? 'without a status'}`);
  for (const fault of page.faults) console.log(`  error: ${fault}`);
  for (const fault of audit) console.log(`  audit: ${fault}`);
  return page.faults.length + audit.length > 0 ? 1 : 0;
};

if (import.meta.main) {
  try {
    process.exitCode = await screenshot(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
