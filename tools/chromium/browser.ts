import type { ChildProcess } from 'node:child_process';
import type { ProcessGuard } from '../process-guard.ts';
import type { DevTools } from './devtools.ts';
import { Page } from './page.ts';

/** How a page is opened; every page has a browser context, so cookies and storage, of its own. */
export interface PageOptions {
  /** Size of the viewport in CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Answers `prefers-color-scheme: dark`. */
  readonly dark?: boolean;
  /** `false` turns the page's scripts off; `evaluate` goes on working. */
  readonly javascript?: boolean;
  /** Sent instead of that of an ordinary Chrome on Linux; `null` leaves the browser's own, which says "HeadlessChrome". */
  readonly user_agent?: string | null;
  /** Answers `prefers-reduced-motion: reduce`. */
  readonly reduced_motion?: boolean;
}

/** How long the browser may take to leave before it is killed. */
const CLOSE_MS_MAX = 3_000;

/** A running headless browser, made by `launchChromium`; `close` or `await using` ends it and removes its profile. */
export class Browser {
  readonly #devtools: DevTools;
  readonly #process: ChildProcess;
  readonly #guard: ProcessGuard;

  constructor(devtools: DevTools, process: ChildProcess, guard: ProcessGuard) {
    this.#devtools = devtools;
    this.#process = process;
    this.#guard = guard;
  }

  /** The id of the browser's process, which is also that of its process group. */
  get process_id(): number | undefined {
    return this.#process.pid;
  }

  /** Opens an empty page in a new browser context, 1280 by 800 when nothing else is said. */
  async page(options: PageOptions = {}): Promise<Page> {
    const { browserContextId: context } = await this.#devtools.send('Target.createBrowserContext', { disposeOnDetach: true });
    return this.#open(context, options);
  }

  /** Opens a second page that shares cookies and storage with `page`; closing that one closes both. */
  pageBeside(page: Page, options: PageOptions = {}): Promise<Page> {
    return this.#open(page.context, options);
  }

  /** Ends the browser and everything it left; harmless when called again. */
  async close(): Promise<void> {
    const child = this.#process;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const late = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS_MAX);
      await this.#devtools.send('Browser.close').catch(() => child.kill('SIGKILL'));
      await ended;
      clearTimeout(late);
    }
    this.#devtools.close();
    await this.#guard.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(context: string, options: PageOptions): Promise<Page> {
    const { width = 1280, height = 800, dark = false, javascript = true, user_agent, reduced_motion = false } = options;
    const { targetId: target } = await this.#devtools.send('Target.createTarget', { url: 'about:blank', browserContextId: context });
    const { sessionId: session } = await this.#devtools.send('Target.attachToTarget', { targetId: target, flatten: true });
    const send = (method: string, params: Record<string, unknown> = {}): Promise<unknown> => this.#devtools.send(method, params, session);
    const page = new Page(this.#devtools, session, target, context);
    const own = await this.#devtools.send('Browser.getVersion');
    await Promise.all([
      send('Page.enable'),
      send('Page.setLifecycleEventsEnabled', { enabled: true }),
      send('Runtime.enable'),
      send('Network.enable'),
      send('Log.enable'),
      send('Emulation.setFocusEmulationEnabled', { enabled: true }),
      send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }),
      send('Emulation.setEmulatedMedia', {
        features: [
          { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
          { name: 'prefers-reduced-motion', value: reduced_motion ? 'reduce' : 'no-preference' },
        ],
      }),
      ...(javascript ? [] : [send('Emulation.setScriptExecutionDisabled', { value: true })]),
      ...(user_agent === null ? [] : [send('Network.setUserAgentOverride', identityOf(own['userAgent'], user_agent))]),
    ]);
    return page;
  }
}

/** What the page is told about its browser: the user agent, its brands and its language agree with each other. */
const identityOf = (own: string, given: string | undefined): Record<string, unknown> => {
  const version = /Chrome\/([\d.]+)/.exec(own)?.[1] ?? '120.0.0.0';
  const major = version.split('.')[0] ?? version;
  if (given !== undefined) return { userAgent: given, acceptLanguage: 'en-US,en' };
  return {
    userAgent: own.replace('HeadlessChrome', 'Chrome'),
    acceptLanguage: 'en-US,en',
    platform: 'Linux x86_64',
    userAgentMetadata: {
      brands: [{ brand: 'Chromium', version: major }, { brand: 'Google Chrome', version: major }],
      fullVersion: version,
      platform: 'Linux',
      platformVersion: '',
      architecture: 'x86',
      model: '',
      mobile: false,
    },
  };
};
