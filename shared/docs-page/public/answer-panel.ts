import { codeBlock } from './code-block.ts';
import { element } from './element.ts';
import { colouredJson, prettyText } from './pretty-json.ts';
import { targetOf } from './request-draft.ts';
import type { RequestDraft } from './request-draft.ts';

/** How much of an answer is shown; the rest is counted. */
const SHOWN_MAX = 200_000;

const sizeWords = (bytes: number): string => (bytes < 1_000 ? `${bytes} bytes` : bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);
const timeWords = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

const isJson = (type: string): boolean => /[/+]json\b/.test(type);

/** The part of the page that sends a request and shows what comes back: status, time, headers, body; a stream as it grows, until it is stopped. */
export class AnswerPanel {
  readonly box: HTMLElement = element('div', { class: 'answer-panel' });
  private readonly base: string;
  private readonly tokenHeaders: () => Readonly<Record<string, string>>;
  private running: AbortController | undefined;

  constructor(base: string, tokenHeaders: () => Readonly<Record<string, string>>) {
    this.base = base;
    this.tokenHeaders = tokenHeaders;
  }

  /** Stops what is under way. */
  stop(): void {
    this.running?.abort();
    this.running = undefined;
  }

  /** Sends a request and shows its answer; another one replaces it. */
  async send(draft: RequestDraft): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.running = running;
    const state = element('p', { class: 'answer-state', role: 'status' }, 'Waiting for the answer…');
    const stop = element('button', { type: 'button', class: 'button' }, 'Stop');
    stop.addEventListener('click', () => running.abort());
    const bar = element('div', { class: 'answer-bar' }, state, stop);
    this.box.replaceChildren(bar);
    const start = performance.now();
    try {
      const response = await fetch(this.base.replace(/\/$/, '') + targetOf(draft), {
        method: draft.method,
        headers: [...Object.entries(this.tokenHeaders()), ...draft.headers.filter(([, value]) => value !== '').map(([name, value]): [string, string] => [name, value]), ...(draft.body === undefined ? [] : [['content-type', draft.body.type] as [string, string]])],
        ...(draft.body === undefined ? {} : { body: draft.body.text }),
        cache: 'no-store',
        credentials: 'same-origin',
        signal: running.signal,
      });
      await this.show(response, state, start, running);
    } catch (error) {
      if (!running.signal.aborted) state.textContent = `There was no answer: ${error instanceof Error ? error.message : String(error)}. Is the service running?`;
      else if (state.querySelector('.status') === null) state.textContent = 'Stopped.';
      else state.append(' Stopped.');
    } finally {
      stop.remove();
    }
  }

  private async show(response: Response, state: HTMLElement, start: number, running: AbortController): Promise<void> {
    const type = response.headers.get('content-type') ?? '';
    const code = element('code');
    const block = codeBlock('Body of the answer', [code]);
    const tell = (bytes: number, done: boolean): void => {
      const status = element('span', { class: `status status-${String(response.status).charAt(0)}` }, `${response.status}`);
      state.replaceChildren(status, ` ${response.statusText} · ${timeWords(performance.now() - start)} · ${sizeWords(bytes)}${done ? '' : ' so far'}`);
    };
    const headers = element('details', { class: 'answer-headers' }, element('summary', {}, 'Headers'), element('dl', { class: 'headers' }, [...response.headers].map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))));
    this.box.append(headers);
    tell(0, false);
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    let text = '';
    let bytes = 0;
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done || running.signal.aborted) break;
      bytes += value.length;
      if (text.length < SHOWN_MAX) text += decoder.decode(value, { stream: true });
      code.textContent = text.slice(0, SHOWN_MAX);
      if (code.textContent !== '' && !block.isConnected) this.box.append(block);
      tell(bytes, false);
    }
    tell(bytes, true);
    if (bytes === 0) this.box.append(element('p', { class: 'muted' }, 'The answer has no body.'));
    else if (isJson(type) && text.length < SHOWN_MAX) code.replaceChildren(...this.pretty(text));
    if (text.length >= SHOWN_MAX) this.box.append(element('p', { class: 'muted' }, `The first ${sizeWords(SHOWN_MAX)} are shown.`));
  }

  private pretty(text: string): readonly (Node | string)[] {
    try {
      return colouredJson(prettyText(JSON.parse(text)));
    } catch {
      return [text];
    }
  }
}
