import type { ValidEvent } from '../../../shared/event-schema.ts';
import type { Recorded } from '../../src/event/event-recorder.ts';
import { recordableOf } from '../../src/event/recordable-event.ts';
import type { Stores } from '../../src/stores.ts';

/** Records an event that happens and arrives at one moment. */
export const eventRecord = (stores: Stores, event: ValidEvent, at: number = Date.UTC(2026, 0, 5)): Recorded => stores.recorder.record(recordableOf(event, { at, arrived: at, imported: false }));
