import type { Clock } from '../../../shared/clock.ts';
import type { Peers } from '../gateway/peers.ts';
import { ConfigWatch } from './config-watch.ts';
import { ExperimentList } from './experiment-list.ts';
import { FigureSource } from './figure-source.ts';
import { chooseExperiment } from './overview.ts';
import type { ExperimentChoice, Figures, Overview } from './overview.ts';
import { ServiceWatch } from './service-watch.ts';

/** Told of an overview that differs from the last one. */
export type OverviewListener = (overview: Overview) => void;

interface Watch {
  readonly wanted: string | undefined;
  readonly listeners: Set<OverviewListener>;
  last: Overview | undefined;
}

const TICK_MS = 1_000;
/** How many experiments' last figures are kept for when metrics-service is away. */
const KEPT_MAX = 50;

const sameServices = (a: Overview, b: Overview): boolean => JSON.stringify(a.services) === JSON.stringify(b.services);

const same = (a: Overview, b: Overview): boolean =>
  a.choices === b.choices && a.chosen === b.chosen && a.figures === b.figures && a.config === b.config && a.config_live === b.config_live && sameServices(a, b);

/** Gathers what the overview shows from the other three services, once for all who look on. */
export class OverviewSource {
  private readonly peers: Peers;
  private readonly clock: Clock;
  private readonly configuration: ConfigWatch;
  private readonly services: ServiceWatch;
  private readonly experiments: ExperimentList;
  private readonly figures = new Map<string, FigureSource>();
  private readonly watches = new Map<string, Watch>();
  private timer: NodeJS.Timeout | undefined;
  private ticking = false;
  private again = false;

  constructor(peers: Peers, clock: Clock) {
    this.peers = peers;
    this.clock = clock;
    this.configuration = new ConfigWatch(peers.ab);
    this.services = new ServiceWatch(peers, clock);
    this.experiments = new ExperimentList(peers, clock);
    this.configuration.onChange(() => {
      this.experiments.expire();
      void this.tick();
    });
  }

  /** Gathers the overview of one experiment; never throws: what does not answer is shown as away. */
  async read(wanted: string | undefined): Promise<Overview> {
    const [choices] = await Promise.all([this.experiments.read(), this.services.ask()]);
    const chosen = chooseExperiment(choices, wanted);
    const figures = chosen === undefined ? undefined : await this.figuresOf(chosen);
    const { document: config, live: config_live } = this.configuration;
    return { choices, chosen, figures, config, config_live, services: this.services.states };
  }

  /** Calls with every change of an experiment's overview until the answered function is called. */
  listen(wanted: string | undefined, listener: OverviewListener): () => void {
    const key = wanted ?? '';
    const watch: Watch = this.watches.get(key) ?? { wanted, listeners: new Set(), last: undefined };
    this.watches.set(key, watch);
    watch.listeners.add(listener);
    if (watch.last !== undefined) listener(watch.last);
    this.timer ??= setInterval(() => void this.tick(), TICK_MS).unref();
    void this.tick();
    return () => {
      watch.listeners.delete(listener);
      if (watch.listeners.size === 0) this.watches.delete(key);
      if (this.watches.size === 0) this.rest();
    };
  }

  close(): void {
    this.rest();
    this.configuration.close();
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** One round at a time; a change that comes during one is followed by another. */
  private async tick(): Promise<void> {
    if (this.ticking) {
      this.again = true;
      return;
    }
    this.ticking = true;
    do {
      this.again = false;
      await Promise.all([...this.watches.values()].map((watch) => this.refresh(watch)));
    } while (this.again);
    this.ticking = false;
  }

  private async refresh(watch: Watch): Promise<void> {
    const overview = await this.read(watch.wanted);
    if (watch.last !== undefined && same(watch.last, overview)) return;
    watch.last = overview;
    for (const listener of watch.listeners) listener(overview);
  }

  private figuresOf({ id, key }: ExperimentChoice): Promise<Figures | undefined> {
    let source = this.figures.get(id);
    if (source === undefined) {
      this.forgetOldest();
      source = new FigureSource(this.peers.metrics, key, this.clock);
      this.figures.set(id, source);
    }
    return source.read();
  }

  private forgetOldest(): void {
    if (this.figures.size < KEPT_MAX) return;
    const [oldest] = [...this.figures].toSorted(([, a], [, b]) => a.used_at - b.used_at);
    if (oldest !== undefined) this.figures.delete(oldest[0]);
  }
}
