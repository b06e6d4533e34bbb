import { FullBlocks } from '../../src/event/full-blocks.ts';
import { LooseEvents } from '../../src/event/loose-events.ts';
import type { EventRow } from '../../src/event/loose-events.ts';
import { createStores } from '../../src/stores.ts';
import type { Stores } from '../../src/stores.ts';
import { openStores } from './open-stores.ts';
import type { Random } from './random.ts';

/** Where an event is in the log, when it happened, and whose it was. */
export interface LaidEvent {
  readonly seq: number;
  readonly at: number;
  readonly visitor_id: string;
}

const VISITORS = ['ada', 'bob', 'eve'];

/** Opens stores whose log has many small full blocks, and then some events that are in none; answers all, the oldest place first. */
export const openSmallBlocks = (random: Random, blocks: number, block_events: number, atOf: (index: number) => number): { readonly stores: Stores; readonly events: readonly LaidEvent[]; readonly add: (count: number) => void } => {
  const { database, words, visitors } = openStores();
  const events: LaidEvent[] = [];
  const type = database.transaction(() => words.idOf('click'));
  const someEvent = (): readonly [event: LaidEvent, row: EventRow] => {
    const [visitor_id, at] = [random.pick(VISITORS), atOf(events.length)];
    const row = { event_id: `event-${random.below(1e15)}`, visitor: visitors.open(visitor_id).id, type, named_metric: null, experiment_name: null, experiment: null, variant: null, at, arrived: at, imported: false, value: null, properties: '{"some":1}', context: null };
    return [{ seq: events.length + 1, at, visitor_id }, row];
  };
  const full = new FullBlocks(database);
  database.transaction(() => {
    for (let block = 0; block < blocks; block += 1) {
      const laid = new LooseEvents();
      for (let index = 0; index < block_events; index += 1) {
        const [event, row] = someEvent();
        laid.add(event.seq, row);
        events.push(event);
      }
      full.add(laid);
    }
    visitors.flush();
  });
  // Only now: they go on from the last place of the log.
  const stores = createStores(database);
  const add = (count: number): void =>
    database.transaction(() => {
      for (let index = 0; index < count; index += 1) {
        const [event, row] = someEvent();
        events.push({ ...event, seq: stores.event_writer.add(row) });
      }
      stores.event_writer.flush();
      visitors.flush();
    });
  return { stores, events, add };
};
