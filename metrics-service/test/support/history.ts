import type { AssignmentLogEntry } from '../../../shared/contract/assignment-log.ts';
import { isoTime } from '../../../shared/clock.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';
import { eventTime } from '../../../shared/event-time.ts';
import { createLog } from '../../../shared/log.ts';
import { Peer } from '../../../shared/http/peer.ts';
import { AssignmentFollower } from '../../src/assignment/assignment-follower.ts';
import { EventIntake } from '../../src/event/event-intake.ts';
import { adoptExperiment } from '../../src/experiment/adopt-experiment.ts';
import { importLines } from '../../src/import/importer.ts';
import { Retention } from '../../src/retention/retention.ts';
import type { Stores } from '../../src/stores.ts';
import { definitionOf } from './definition-of.ts';
import { joinLoose } from './join-loose.ts';
import type { Random } from './random.ts';
import { recount } from './recount.ts';
import type { Figures, ToldAssignment, ToldEvent } from './recount.ts';

const VISITORS = Array.from({ length: 14 }, (_, index) => `visitor-${index}`);
const KEYS = ['homepage', 'pricing', 'checkout'];
const VARIANTS = ['A', 'B', 'C'];
const TYPES = ['page_view', 'form_submit', 'cta_click'];
const NAMES = ['hero', 'footer'];

/** Adds figures up: `base + more + sign · other`, zeros left out. */
const sumOf = (base: Figures, more: Figures, other: Figures, sign: 1 | -1): Figures => {
  const sum: Figures = new Map(base);
  for (const [name, value] of more) sum.set(name, (sum.get(name) ?? 0) + value);
  for (const [name, value] of other) sum.set(name, (sum.get(name) ?? 0) + sign * value);
  return new Map([...sum].filter(([, value]) => value !== 0));
};

/** Drives the stores by every way in, at random, and keeps the facts in plain lists beside them. */
export class History {
  events: ToldEvent[] = [];
  assignments: ToldAssignment[] = [];
  now: number = Date.UTC(2026, 0, 10);
  /** The beginning of the time that is kept. */
  oldest = 0;
  /** What retention has closed. */
  frozen: Figures = new Map();
  private readonly adopted = new Set<string>();
  private readonly stores: Stores;
  private readonly random: Random;
  private readonly intake: EventIntake;
  private readonly follower: AssignmentFollower;
  private log = 'log-1';
  private seq = 0;
  private sent: ValidEvent[] = [];
  private lines: string[] = [];

  constructor(stores: Stores, random: Random) {
    this.stores = stores;
    this.random = random;
    this.intake = new EventIntake({ ...stores, clock: () => this.now, botReason: () => undefined, listening: () => false, publish: () => {} });
    const quiet = createLog({ service: 'test', level: 'error', write: () => {} });
    this.follower = new AssignmentFollower({ peer: new Peer({ url: 'http://127.0.0.1:1' }), stores, meta: stores.meta, log: quiet, oldest: () => this.oldest, onConnected: () => {}, onUnknownExperiment: () => {} });
    this.follower.stop();
  }

  /** What an experiment's id or key means: one and the same after its definition arrived. */
  readonly experimentOf = (name: string): string => (this.adopted.has(name.replace(/^id-/, '')) ? name.replace(/^id-/, '') : name);

  /** Does something at random. */
  async step(): Promise<void> {
    const { random } = this;
    this.now += random.below(600_000);
    if (random.chance(0.1)) await joinLoose(this.stores);
    const choice = random.next();
    if (choice < 0.45) await this.sendEvents();
    else if (choice < 0.65) await this.import();
    else if (choice < 0.87) await this.follow();
    else if (choice < 0.93) await this.erase(random.pick(VISITORS));
    else if (choice < 0.97) await this.adopt(random.pick(KEYS));
    else await this.changeLog();
  }

  /** Lets some hours pass, after which retention of a day removes what is too old. */
  async retain(): Promise<void> {
    this.now += this.random.below(20 * 3_600_000);
    const quiet = createLog({ service: 'test', level: 'error', write: () => {} });
    const retention = new Retention({ stores: this.stores, clock: () => this.now, log: quiet, days: 1 });
    this.oldest = retention.oldest();
    const before = recount(this.events, this.assignments, this.experimentOf);
    this.events = this.events.filter(({ at }) => at >= this.oldest);
    const entered = new Set(this.assignments.filter(({ at }) => at < this.oldest).map(({ visitor_id, experiment }) => `${visitor_id} ${this.experimentOf(experiment)}`));
    this.assignments = this.assignments.filter(({ visitor_id, experiment }) => !entered.has(`${visitor_id} ${this.experimentOf(experiment)}`));
    this.frozen = sumOf(this.frozen, before, recount(this.events, this.assignments, this.experimentOf), -1);
    await retention.run();
  }

  /** Every figure as it must be now. */
  expected(): Figures {
    return sumOf(this.frozen, recount(this.events, this.assignments, this.experimentOf), new Map(), 1);
  }

  private someEvent(): ValidEvent {
    const { random } = this;
    return {
      visitor_id: random.pick(VISITORS),
      event_type: random.pick(TYPES),
      event_id: `event-${random.below(1e9)}`,
      ...(random.chance(0.3) ? { event_name: random.pick(NAMES) } : {}),
      ...(random.chance(0.5) ? { experiment_id: random.pick(KEYS.flatMap((key) => [key, `id-${key}`])) } : {}),
      ...(random.chance(0.5) ? { variant: random.pick(VARIANTS) } : {}),
      ...(random.chance(0.4) ? { value: random.below(100) } : {}),
    };
  }

  private tell(event: ValidEvent, at: number, arrived: number, imported: boolean): void {
    if (at < this.oldest) return;
    if (this.events.some((known) => known.event_id === event.event_id)) return;
    this.events.push({ event_id: event.event_id as string, visitor_id: event.visitor_id, type: event.event_type, name: event.event_name, experiment: event.experiment_id, variant: event.variant, at, arrived, value: event.value, imported });
  }

  private async sendEvents(): Promise<void> {
    const { random } = this;
    const batches = Array.from({ length: 1 + random.below(3) }, () =>
      Array.from({ length: 1 + random.below(6) }, () => (random.chance(0.15) && this.sent.length > 0 ? random.pick(this.sent) : { ...this.someEvent(), timestamp: this.now - random.below(random.chance(0.5) ? 600_000 : 90_000_000) })),
    );
    for (const event of batches.flat()) this.tell(event, eventTime(event, this.now), this.now, false);
    this.sent.push(...batches.flat());
    await Promise.all(batches.map((batch) => this.intake.takeMany(batch)));
  }

  private async import(): Promise<void> {
    const { random } = this;
    const lines = Array.from({ length: 1 + random.below(8) }, () => {
      if (random.chance(0.2) && this.lines.length > 0) return random.pick(this.lines);
      const at = this.now - random.below(random.chance(0.5) ? 600_000 : 3 * 86_400_000);
      if (random.chance(0.5)) {
        const event = this.someEvent();
        this.tell(event, at, this.now, true);
        return JSON.stringify({ record: 'event', ...event, timestamp: isoTime(at) });
      }
      const told: ToldAssignment = { visitor_id: random.pick(VISITORS), experiment: random.pick(KEYS.flatMap((key) => [key, `id-${key}`])), variant: random.pick(VARIANTS), at, forced: false, from_log: false };
      if (at >= this.oldest) this.assignments.push(told);
      return JSON.stringify({ record: 'assignment', visitor_id: told.visitor_id, experiment_id: told.experiment, variant: told.variant, timestamp: isoTime(at) });
    });
    // A line of someone who was erased since then is new again.
    for (const line of lines) if (this.lines.includes(line)) this.tellAgain(JSON.parse(line) as ValidEvent & { record: string; experiment_id: string; variant: string; timestamp: string });
    this.lines.push(...lines);
    await importLines({ stores: this.stores, clock: () => this.now, oldest: () => this.oldest }, [Buffer.from(lines.join('\n'))] as unknown as AsyncIterable<Uint8Array>);
  }

  private tellAgain(line: Omit<ValidEvent, 'timestamp'> & { record: string; experiment_id: string; variant: string; timestamp: string }): void {
    const at = Date.parse(line.timestamp);
    if (line.record === 'event') this.tell({ ...line, timestamp: at }, at, this.now, true);
    else if (at >= this.oldest && !this.assignments.some((a) => a.visitor_id === line.visitor_id && a.at === at && this.experimentOf(a.experiment) === this.experimentOf(line.experiment_id) && a.variant === line.variant))
      this.assignments.push({ visitor_id: line.visitor_id, experiment: line.experiment_id, variant: line.variant, at, forced: false, from_log: false });
  }

  private async follow(): Promise<void> {
    const { random } = this;
    const data = Array.from({ length: 1 + random.below(4) }, (): AssignmentLogEntry => {
      const visitor_id = random.pick(VISITORS);
      if (random.chance(0.05)) {
        this.forget(visitor_id);
        return { seq: (this.seq += 1), visitor_id, experiment_id: null, variant_id: null, variant: null, assignment_timestamp: null, forced: false, erased: true };
      }
      const told = { visitor_id, experiment: `id-${random.pick(KEYS)}`, variant: random.chance(0.7) ? 'A' : 'B', at: this.now - random.below(1_200_000), forced: random.chance(0.05), from_log: true };
      if (told.at >= this.oldest) this.assignments.push(told);
      return { seq: (this.seq += 1), visitor_id, experiment_id: told.experiment, variant_id: 'v', variant: told.variant, assignment_timestamp: isoTime(told.at), forced: told.forced, erased: false };
    });
    await this.follower.take({ log: this.log, data, last_seq: this.seq });
  }

  private forget(visitor_id: string): void {
    this.events = this.events.filter((event) => event.visitor_id !== visitor_id);
    this.assignments = this.assignments.filter((assignment) => assignment.visitor_id !== visitor_id);
  }

  private async erase(visitor_id: string): Promise<void> {
    this.forget(visitor_id);
    await this.stores.writer.run(() => this.stores.reattribution.erase(visitor_id));
  }

  private async adopt(key: string): Promise<void> {
    this.adopted.add(key);
    const closed: Figures = new Map();
    for (const [name, value] of this.frozen) {
      const renamed = name.replace(/^\S+/, this.experimentOf);
      closed.set(renamed, (closed.get(renamed) ?? 0) + value);
    }
    this.frozen = closed;
    const definition = definitionOf(key, { experiment_id: `id-${key}`, updated_at: isoTime(this.now) });
    await this.stores.writer.run(() => adoptExperiment(this.stores, definition));
  }

  private async changeLog(): Promise<void> {
    this.assignments = this.assignments.filter((assignment) => !assignment.from_log);
    this.log = `log-${this.random.below(1e9)}`;
    this.seq = 0;
    await this.follower.take({ log: this.log, data: [], last_seq: 0 });
  }
}
