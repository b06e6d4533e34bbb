import type { ValidEvent } from '../../../shared/event-schema.ts';
import type { Recorded } from '../../src/event/event-recorder.ts';
import { recordableOf } from '../../src/event/recordable-event.ts';
import type { RecordableEvent } from '../../src/event/recordable-event.ts';
import { EventColumns } from '../../src/recording/event-columns.ts';
import type { Stores } from '../../src/stores.ts';

/** Records one event. */
export const recordOne = ({ recorder }: Pick<Stores, 'recorder'>, event: RecordableEvent): Recorded => {
  const columns = new EventColumns();
  columns.add(event);
  const { seq, experiment, variant } = recorder.recordAll(columns.sent());
  return { seq: seq[0] ?? 0, experiment: experiment[0] ?? 0, variant: variant[0] ?? 0 };
};

/** Records an event that happens and arrives at one moment. */
export const eventRecord = (stores: Stores, event: ValidEvent, at: number = Date.UTC(2026, 0, 5)): Recorded => recordOne(stores, recordableOf(event, { at, arrived: at, imported: false }));
