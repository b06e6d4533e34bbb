import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ProcessGuard } from '../process-guard.ts';
import { Browser } from './browser.ts';
import { DevTools } from './devtools.ts';
import { findChromium } from './find-chromium.ts';

const START_MS_MAX = 60_000;

/** How many of the browser's last lines an error about its start repeats. */
const LINES_KEPT = 12;

/** Nothing may leave the machine, and what a browser does for its owner would only disturb a test. */
const SWITCHES = [
  '--headless=new',
  '--remote-debugging-port=0',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-breakpad',
  '--disable-crash-reporter',
  '--disable-dev-shm-usage',
  '--disable-search-engine-choice-screen',
  '--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication',
  // Otherwise navigator.webdriver is true and the system under test rightly takes the browser for a bot.
  '--disable-blink-features=AutomationControlled',
  // Pages beside the one in front must go on running their timers and frames.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--password-store=basic',
  '--use-mock-keychain',
  '--force-color-profile=srgb',
  '--mute-audio',
];

/**
 * Starts a headless Chromium with an empty profile and connects to it. The browser and its profile go when the Browser is closed
 * or disposed, and when this process dies, however it dies. Throws when there is no Chromium or it does not start.
 */
export const launchChromium = async (): Promise<Browser> => {
  const binary = findChromium();
  const profile = mkdtempSync(join(tmpdir(), 'fairsplit-chromium-'));
  const guard = new ProcessGuard(profile);
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // A process group of its own: one signal reaches the renderers too, and Ctrl-C in the terminal does not race with us.
  const child = spawn(binary, [...SWITCHES, ...root, `--user-data-dir=${profile}`, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Some builds keep their crash reports, if there should be any, in the home folder otherwise.
    env: { ...process.env, BREAKPAD_DUMP_LOCATION: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
  });
  if (child.pid !== undefined) guard.watch(-child.pid);
  const lines: string[] = [];
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Chromium did not start in ${START_MS_MAX} ms`)), START_MS_MAX);
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`Chromium ended with ${signal ?? code} while starting`)));
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (lines.push(line) > LINES_KEPT) lines.shift();
        const found = /^DevTools listening on (ws:\/\/\S+)/.exec(line);
        if (found?.[1] === undefined) return;
        clearTimeout(timer);
        resolve(found[1]);
      });
    });
    return new Browser(await DevTools.connect(url), child, guard);
  } catch (error) {
    await guard.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error([`${binary}: ${reason}`, ...lines].join('\n  '), { cause: error });
  }
};
