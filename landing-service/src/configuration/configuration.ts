import type { Clock } from '../../../shared/clock.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import { FeedFollower } from '../../../shared/http/follow-feed.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import type { Log } from '../../../shared/log.ts';
import type { ConfigurationStore } from './configuration-store.ts';
import { experimentOn, readDocument, succeed } from './known-configuration.ts';
import type { KnownConfiguration } from './known-configuration.ts';

/** What following needs. */
export interface ConfigurationNeeds {
  readonly store: ConfigurationStore;
  readonly log: Log;
  readonly clock: Clock;
}

const readKnown = (text: string): KnownConfiguration | undefined => {
  const value = JSON.parse(text) as { readonly document?: unknown; readonly former?: readonly Experiment[] };
  const document = readDocument(value.document);
  return document === undefined ? undefined : { document, former: value.former ?? [] };
};

/** Holds what is known of experiments and toggles: from disk at the start, from ab-service's stream as soon as that is there. */
export class Configuration {
  readonly #needs: ConfigurationNeeds;
  #known: KnownConfiguration | undefined;
  #toggles: ReadonlyMap<string, Toggle> = new Map();
  #byPage = new Map<string, Experiment | undefined>();
  #follower: FeedFollower | undefined;
  #connected = false;

  constructor(needs: ConfigurationNeeds) {
    this.#needs = needs;
    const kept = needs.store.find();
    const known = kept === undefined ? undefined : readKnown(kept);
    if (known !== undefined) this.#use(known);
  }

  /** False until ab-service has been heard for the first time in this installation's life. */
  get is_known(): boolean {
    return this.#known !== undefined;
  }

  /** Whether ab-service's stream is open. */
  get connected(): boolean {
    return this.#connected;
  }

  get version(): number | null {
    return this.#known?.document.version ?? null;
  }

  get experiment_enabled(): boolean {
    return this.#known?.document.experiment_enabled ?? false;
  }

  /** The experiments of the configuration, which those of a mutual-exclusion group are looked up in. */
  get experiments(): readonly Experiment[] {
    return this.#known?.document.experiments ?? [];
  }

  /** The experiment that decides about a page, if any. */
  experimentOn(page: string): Experiment | undefined {
    if (this.#known === undefined) return undefined;
    if (!this.#byPage.has(page)) this.#byPage.set(page, experimentOn(this.#known, page));
    return this.#byPage.get(page);
  }

  /** A toggle's definition; undefined when it is not known. */
  findToggle(key: string): Toggle | undefined {
    return this.#toggles.get(key);
  }

  /** Takes what ab-service says; anything that is no configuration is logged and changes nothing. */
  take(text: string): void {
    const { store, log, clock } = this.#needs;
    let document;
    try {
      document = readDocument(JSON.parse(text));
    } catch {
      document = undefined;
    }
    if (document === undefined) {
      log.warn('ab-service sent a configuration that cannot be read');
      return;
    }
    this.#use(succeed(this.#known, document));
    log.debug('configuration', { version: document.version });
    try {
      store.put(JSON.stringify(this.#known), clock());
    } catch (error) {
      // The page goes on with what it knows; only a restart while ab-service is away would miss this change.
      log.error('the configuration could not be kept', { reason: String(error) });
    }
  }

  /** Follows ab-service until `close()`. */
  follow(peer: Peer): void {
    this.#follower = new FeedFollower(peer, '/config/stream', {
      on_event: ({ event, data }) => {
        if (event === 'config' || event === 'message') this.take(data);
      },
      on_state: (connected) => {
        if (connected !== this.#connected) this.#needs.log.info(connected ? 'ab-service is there' : 'ab-service is away; the last known configuration stays');
        this.#connected = connected;
      },
    });
  }

  close(): void {
    this.#follower?.close();
  }

  #use(known: KnownConfiguration): void {
    this.#known = known;
    this.#toggles = new Map(known.document.toggle_rules.map((toggle) => [toggle.key, toggle]));
    this.#byPage = new Map();
  }
}
