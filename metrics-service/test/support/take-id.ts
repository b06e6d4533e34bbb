import { UUID_BYTES, writeUuid } from '../../../shared/sqlite/stored-id.ts';
import type { EventIds } from '../../src/event/event-ids.ts';

/** How an event's id is stored: a UUID as its bytes, any other as its text. */
export const storedEventId = (id: string): Uint8Array | string => {
  const bytes = new Uint8Array(UUID_BYTES);
  return writeUuid(id, bytes, 0) ? bytes : id;
};

/** Takes one id, as the recorder takes those of many events; false if it was taken before. */
export const takeId = (ids: EventIds, id: string): boolean => {
  const stored = storedEventId(id);
  return typeof stored === 'string' ? ids.take(stored) : !ids.stored(stored, 1).has(0) && ids.gather(stored, 0);
};
