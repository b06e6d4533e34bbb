/** A message that the browser sends unasked; `session` names the page it is about. */
export interface DevToolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, any>>;
  readonly session: string | undefined;
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: any) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** A command that the browser has not answered in this time never will. */
const ANSWER_MS_MAX = 60_000;

/** A connection to a browser over the DevTools protocol: commands with their answers, and events. */
export class DevTools {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: DevToolsEvent) => void>();
  #last_id = 0;
  #closed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', (message) => this.#receive(String(message.data)));
    socket.addEventListener('close', () => this.#fail());
    socket.addEventListener('error', () => this.#fail());
  }

  /** Connects to the WebSocket address that the browser announced. */
  static connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(new DevTools(socket)), { once: true });
      socket.addEventListener('error', () => reject(new Error(`Chromium does not answer at ${url}`)), { once: true });
    });
  }

  /** Sends a command and returns its result, whose shape the caller names; throws what the browser objects. */
  send<T = Record<string, any>>(method: string, params: Readonly<Record<string, unknown>> = {}, session?: string): Promise<T> {
    if (this.#closed) return Promise.reject(new Error(`${method}: the connection to Chromium is closed`));
    const id = ++this.#last_id;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`${method}: no answer from Chromium in ${ANSWER_MS_MAX} ms`));
      }, ANSWER_MS_MAX);
      this.#pending.set(id, { method, resolve, reject, timer });
      this.#socket.send(JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) }));
    });
  }

  /** Calls `listener` for every event of `session` from now on; the function returned ends that. */
  listen(session: string | undefined, listener: (event: DevToolsEvent) => void): () => void {
    const own = (event: DevToolsEvent): void => {
      if (event.session === session) listener(event);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Closes the connection; commands that wait for an answer fail. */
  close(): void {
    this.#socket.close();
    this.#fail();
  }

  #receive(text: string): void {
    const message = JSON.parse(text);
    if (message.id === undefined) {
      const event = { method: message.method, params: message.params ?? {}, session: message.sessionId };
      for (const listener of [...this.#listeners]) listener(event);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    clearTimeout(pending.timer);
    if (message.error) pending.reject(new Error(`${pending.method}: ${message.error.message}`));
    else pending.resolve(message.result);
  }

  #fail(): void {
    this.#closed = true;
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(new Error(`${pending.method}: the connection to Chromium was closed`));
    }
    this.#pending.clear();
  }
}
