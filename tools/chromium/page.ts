import { writeFile } from 'node:fs/promises';
import { until } from '../until.ts';
import { accessibilityFaults } from './accessibility-faults.ts';
import type { DevTools } from './devtools.ts';
import { keyPress } from './keyboard.ts';
import type { KeyPress } from './keyboard.ts';
import { PageLog } from './page-log.ts';
import type { PageRequest } from './page-log.ts';

/** A cookie as the browser keeps it; `expires` is in seconds since 1970, -1 for one that ends with the session. */
export interface PageCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite?: string;
}

/** Chromium paints no taller picture than this. */
const SCREENSHOT_HEIGHT_MAX = 16_000;

/** One tab of a Browser, used as a person would: real mouse and key events, and waiting for what is to appear. */
export class Page {
  /** The browser context that it lives in. */
  readonly context: string;
  readonly #devtools: DevTools;
  readonly #session: string;
  readonly #target: string;
  readonly #log: PageLog;
  readonly #deaf: () => void;

  constructor(devtools: DevTools, session: string, target: string, context: string) {
    this.#devtools = devtools;
    this.#session = session;
    this.#target = target;
    this.context = context;
    // The main frame of a tab has the id of the tab.
    this.#log = new PageLog(target);
    this.#deaf = devtools.listen(session, (event) => {
      // A dialog blocks the page until it is answered; a person says yes.
      if (event.method === 'Page.javascriptDialogOpening') void this.send('Page.handleJavaScriptDialog', { accept: true }).catch(() => {});
      this.#log.note(event);
    });
  }

  /** Errors on the console, exceptions nobody caught, failed resources and breaches of the content security policy, so far. */
  get faults(): readonly string[] {
    return this.#log.faults;
  }

  /** Every request so far, in order. */
  get requests(): readonly PageRequest[] {
    return this.#log.requests;
  }

  /** Sends a DevTools command to this page: for what the methods here do not offer. */
  send<T = Record<string, any>>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<T> {
    return this.#devtools.send<T>(method, params, this.#session);
  }

  /** Opens an address, waits for its load event, and returns the status; throws when it cannot be reached. */
  async goto(url: string): Promise<number | undefined> {
    const { errorText, loaderId } = await this.send('Page.navigate', { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    // The empty page that a tab begins with may still be on its way too.
    if (loaderId !== undefined) await this.#loaded(url, () => this.#log.shown_loaders.includes(loaderId));
    return this.#log.statusOf(this.#log.shown_loaders.at(-1) ?? '');
  }

  /** Does `action` (a click on a link, Enter in a form) and waits until the document it leads to has loaded; returns its status. */
  async navigates(action: () => Promise<unknown>): Promise<number | undefined> {
    const before = this.#log.shown_loaders.length;
    await action();
    await this.#loaded('a navigation', () => this.#log.shown_loaders.length > before);
    return this.#log.statusOf(this.#log.shown_loaders.at(-1) ?? '');
  }

  /** Clicks the first element that matches with the mouse, once it is visible, in view and covered by nothing. */
  async click(selector: string, timeout_ms?: number): Promise<void> {
    const { x, y } = await until(`${selector} to be clickable`, () => this.#pointOf(selector), timeout_ms);
    const at = { x, y, button: 'left', clickCount: 1 };
    await this.send('Input.dispatchMouseEvent', { ...at, type: 'mouseMoved', button: 'none', clickCount: 0 });
    await this.send('Input.dispatchMouseEvent', { ...at, type: 'mousePressed', buttons: 1 });
    await this.send('Input.dispatchMouseEvent', { ...at, type: 'mouseReleased' });
  }

  /** Clicks a field and types with the keyboard: at the end of what is there, or instead of it. */
  async type(selector: string, text: string, { replace = false }: { readonly replace?: boolean } = {}): Promise<void> {
    await this.click(selector);
    if (replace) {
      await this.press('Control+a');
      await this.press('Delete');
    } else await this.press('Control+End');
    for (const character of text) await this.#pressKey(keyPress(character === '\n' ? 'Enter' : character));
  }

  /** Presses and releases a key where the focus is: `Enter`, `Shift+Tab`, `a`. */
  async press(key: string): Promise<void> {
    await this.#pressKey(keyPress(key));
  }

  /** The text of the first element that matches, as it is seen; throws when there is none. */
  text(selector: string): Promise<string> {
    return this.evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      if (!element) throw new Error('Nothing matches ' + ${JSON.stringify(selector)});
      return element.innerText ?? element.textContent;
    })()`);
  }

  /** Evaluates an expression in the page and returns its value, awaited, as JSON would carry it; throws what it throws. */
  async evaluate<T = any>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until an element that matches is visible. */
  async waitFor(selector: string, timeout_ms?: number): Promise<void> {
    const visible = `[...document.querySelectorAll(${JSON.stringify(selector)})].some((e) => e.checkVisibility({ visibilityProperty: true }))`;
    await until(`${selector} to be visible`, () => this.evaluate<boolean>(visible), timeout_ms);
  }

  /** Waits until an expression is truthy in the page, across navigations, and returns its value. */
  waitUntil<T = any>(expression: string, timeout_ms?: number): Promise<NonNullable<T>> {
    return until(expression, () => this.evaluate<T>(expression), timeout_ms);
  }

  /** Writes a PNG of what is in view, or of the whole page (at most 16,000 pixels high), once its fonts are there. */
  async screenshot(path: string, { full_page = false }: { readonly full_page?: boolean } = {}): Promise<void> {
    await this.evaluate('document.fonts.ready.then(() => true)');
    let area = {};
    if (full_page) {
      const { cssContentSize: size } = await this.send('Page.getLayoutMetrics');
      const height = Math.min(Math.ceil(size.height), SCREENSHOT_HEIGHT_MAX);
      area = { captureBeyondViewport: true, clip: { x: 0, y: 0, width: Math.ceil(size.width), height, scale: 1 } };
    }
    const { data } = await this.send<{ data: string }>('Page.captureScreenshot', { format: 'png', ...area });
    await writeFile(path, Buffer.from(data, 'base64'));
  }

  /** All cookies of this page's browser context, HttpOnly ones too. */
  async cookies(): Promise<readonly PageCookie[]> {
    const { cookies } = await this.#devtools.send('Storage.getCookies', { browserContextId: this.context });
    return cookies;
  }

  /** Sets a cookie for an address as its server would. */
  async setCookie(url: string, name: string, value: string): Promise<void> {
    const { success } = await this.send('Network.setCookie', { url, name, value });
    if (!success) throw new Error(`Chromium refuses the cookie ${name} for ${url}`);
  }

  /** Takes the network away from the page, or gives it back. */
  async setOffline(offline: boolean): Promise<void> {
    await this.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }

  /** Audits the page as it stands; each fault is a sentence. See `accessibility-faults.ts` for what is looked at. */
  accessibilityFaults(): Promise<readonly string[]> {
    return accessibilityFaults(this);
  }

  /** Closes the page, running its unload handlers, and forgets its context; harmless when called again. */
  async close(): Promise<void> {
    this.#deaf();
    await this.#devtools.send('Target.closeTarget', { targetId: this.#target }).catch(() => {});
    await this.#devtools.send('Target.disposeBrowserContext', { browserContextId: this.context }).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #loaded(what: string, isShown: () => boolean): Promise<boolean> {
    return until(`${what} to load`, () => isShown() && this.#log.loaded_loader === this.#log.shown_loaders.at(-1));
  }

  async #pressKey(press: KeyPress): Promise<void> {
    const select_all = press.key === 'a' && press.modifiers === 2;
    await this.send('Input.dispatchKeyEvent', {
      type: press.text === undefined ? 'rawKeyDown' : 'keyDown',
      ...press,
      // Without a window system nobody maps the shortcut to its command.
      ...(select_all ? { commands: ['selectAll'] } : {}),
    });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...press, text: undefined });
  }

  #pointOf(selector: string): Promise<{ x: number; y: number }> {
    return this.evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      if (!element) throw new Error('nothing matches');
      if (!element.checkVisibility({ visibilityProperty: true })) throw new Error('it is hidden');
      element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
      const box = element.getClientRects()[0];
      if (!box || box.width === 0 || box.height === 0) throw new Error('it has no size');
      const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const hit = document.elementFromPoint(point.x, point.y);
      const label = hit && hit.closest('label');
      if (element !== hit && !element.contains(hit) && !(label && label.control === element)) {
        throw new Error('it is covered by ' + (hit ? hit.outerHTML.slice(0, 80) : 'nothing in view'));
      }
      return point;
    })()`);
  }
}
