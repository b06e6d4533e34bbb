import type { Database } from '../../../shared/sqlite/database.ts';
import type { Turns } from '../turns.ts';
import type { EventBlock, EventReader } from './event-reader.ts';

/** How much is looked at before others have the event loop: so many events, or what costs as much. */
export const EVENTS_AT_ONCE = 8_192;

/** What looking through events works with. */
export interface EventScanNeeds {
  readonly database: Database;
  readonly events: EventReader;
  readonly turns: Turns;
}

/**
 * Hands over the blocks that have the events of a stretch of time, others among them: all that there are when it begins and nobody erases meanwhile,
 * whatever is recorded or joined. `look` answers what it cost besides, in events; between some blocks others have the event loop.
 */
export const scanEvents = async ({ database, events, turns }: EventScanNeeds, from: number, to: number, look: (block: EventBlock) => number): Promise<void> => {
  const { loose, keys } = database.snapshot(() => events.stretch(from, to));
  let cost = loose.reduce((sum, block) => sum + block.count + look(block), 0);
  for (const key of keys) {
    if (cost >= EVENTS_AT_ONCE) {
      await turns.pause();
      cost = 0;
    }
    const block = events.block(key);
    if (block !== undefined) cost += block.count + look(block);
  }
};
