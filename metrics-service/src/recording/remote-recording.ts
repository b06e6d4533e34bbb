import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StartFault } from '../../../shared/start-fault.ts';
import type { Erased } from '../rollup/reattribution.ts';
import { Background } from './background.ts';
import type { RecordedEvents, SentEvents } from './event-columns.ts';
import type { SentRecords } from './record-columns.ts';
import { received } from './thread-messages.ts';
import type { Changes, ThreadActs, ThreadCall, ThreadData, ThreadMessage } from './thread-messages.ts';

const THREAD = new URL(`./recording-thread${extname(import.meta.filename)}`, import.meta.url);

/** Memory for what is young in the thread (MB): what it makes for an event is dead within a turn, and more would only be more to hold. */
const YOUNG_MB = 12;

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** Recording in a thread of its own: this end sends what is to be done and waits for the answer. */
export class RemoteRecording implements ThreadActs {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly background = new Background(() => this.waiting.size > 0);
  private onChanges: (changes: Changes) => void = () => {};
  private last_id = 0;
  private connected = false;

  private constructor(worker: Worker) {
    this.worker = worker;
  }

  /** Starts the thread and resolves when it has opened the database; rejects with the StartFault that kept it from that. A thread that dies later takes the process with it. */
  static async start(data: ThreadData): Promise<RemoteRecording> {
    const worker = new Worker(THREAD, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    const recording = new RemoteRecording(worker);
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: ThreadMessage) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'fault') reject(new StartFault(message.message));
        else recording.take(message);
      });
      worker.once('error', reject);
    });
    // An 'error' that nobody listens to ends the process, with its stack on stderr; the launcher starts it anew.
    worker.removeAllListeners('error');
    return recording;
  }

  /** Whether the thread follows ab-service's assignment log. */
  get isConnected(): boolean {
    return this.connected;
  }

  /** Has somebody told what must be read again, before the answer to whoever changed it. */
  onChange(changed: (changes: Changes) => void): void {
    this.onChanges = changed;
  }

  recordEvents(events: SentEvents): Promise<RecordedEvents> {
    return this.call('recordEvents', events, [events.buffer]);
  }

  importRecords(records: SentRecords): Promise<number> {
    return this.background.run(() => this.call('importRecords', records, [records.events.buffer]));
  }

  eraseVisitor(visitor_id: string): Promise<Erased | undefined> {
    return this.call('eraseVisitor', visitor_id);
  }

  settleSessions(): Promise<void> {
    return this.call('settleSessions');
  }

  copy(): Promise<string> {
    return this.call('copy');
  }

  writable(): Promise<boolean> {
    return this.call('writable');
  }

  start(): Promise<void> {
    return this.call('start');
  }

  stop(): Promise<void> {
    return this.call('stop');
  }

  close(): Promise<void> {
    return this.call('close');
  }

  /** Asks the thread; `given` is moved to it, not copied. */
  private call<T>(act: keyof ThreadActs, argument?: unknown, given: readonly ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.last_id += 1;
      this.waiting.set(this.last_id, { resolve, reject });
      this.worker.postMessage({ id: this.last_id, act, argument } satisfies ThreadCall, given);
    });
  }

  private take(message: ThreadMessage): void {
    if (message.type === 'changes') this.onChanges(message.changes);
    else if (message.type === 'connected') this.connected = message.connected;
    else if (message.type === 'result') this.settle(message.id)?.resolve(message.result as never);
    else if (message.type === 'failure') this.settle(message.id)?.reject(received(message.error));
  }

  private settle(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}
