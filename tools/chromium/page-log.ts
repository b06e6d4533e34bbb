import type { DevToolsEvent } from './devtools.ts';

/** A request of a page, each hop of a redirect by itself. */
export interface PageRequest {
  readonly url: string;
  readonly method: string;
  /** The browser's word for what asked: Document, Script, Fetch, Image, Ping, … */
  readonly type: string;
  /** What was sent along, where it was text. */
  readonly body: string | undefined;
  /** Undefined until the answer comes, and for good when none comes. */
  status: number | undefined;
  /** Why there is no answer: `net::ERR_…` or the reason of a block. */
  failure: string | undefined;
}

/** What a page did in the order it happened: its requests, its errors, and which document of the main frame has loaded. */
export class PageLog {
  readonly requests: PageRequest[] = [];
  /** Errors on the console, exceptions nobody caught, failed resources, breaches of the content security policy. */
  readonly faults: string[] = [];
  /** The loaders of the documents that were shown, the present one last, and that of the last one whose load event has fired. */
  readonly shown_loaders: string[] = [];
  loaded_loader: string | undefined;
  readonly #open = new Map<string, PageRequest>();
  readonly #main_frame: string;

  constructor(main_frame: string) {
    this.#main_frame = main_frame;
  }

  /** The status that the document of a loader was answered with; undefined for what no server answers (`about:`, `data:`). */
  statusOf(loader: string): number | undefined {
    return this.#open.get(loader)?.status;
  }

  /** Takes one event of the browser into account. */
  note({ method, params }: DevToolsEvent): void {
    if (method === 'Network.requestWillBeSent') this.#noteRequest(params);
    else if (method === 'Network.responseReceived') this.#noteAnswer(params['requestId'], { status: params['response'].status });
    else if (method === 'Network.loadingFailed') {
      this.#noteAnswer(params['requestId'], { failure: params['blockedReason'] ?? params['errorText'] });
    } else if (method === 'Runtime.exceptionThrown') {
      const details = params['exceptionDetails'];
      this.faults.push(`${details.exception?.description ?? details.text} (${details.url ?? ''}:${details.lineNumber + 1})`);
    } else if (method === 'Runtime.consoleAPICalled' && (params['type'] === 'error' || params['type'] === 'assert')) {
      this.faults.push(params['args'].map((part: any) => part.value ?? part.description ?? part.type).join(' '));
    } else if (method === 'Log.entryAdded' && params['entry'].level === 'error') {
      this.faults.push([params['entry'].text, params['entry'].url].filter(Boolean).join(' '));
    } else if (method === 'Page.frameNavigated' && params['frame'].id === this.#main_frame) {
      this.shown_loaders.push(params['frame'].loaderId);
    } else if (method === 'Page.lifecycleEvent' && params['name'] === 'load' && params['frameId'] === this.#main_frame) {
      this.loaded_loader = params['loaderId'];
    }
  }

  #noteRequest(params: DevToolsEvent['params']): void {
    if (params['redirectResponse']) this.#noteAnswer(params['requestId'], { status: params['redirectResponse'].status });
    const { url, method, postData } = params['request'];
    const request: PageRequest = { url, method, type: params['type'] ?? 'Other', body: postData, status: undefined, failure: undefined };
    this.#open.set(params['requestId'], request);
    this.requests.push(request);
  }

  #noteAnswer(id: string, answer: Partial<PageRequest>): void {
    const request = this.#open.get(id);
    if (request !== undefined) Object.assign(request, answer);
  }
}
