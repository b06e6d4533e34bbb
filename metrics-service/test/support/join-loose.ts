import type { StoredColumns } from '../../src/event/event-block.ts';
import { FullBlocks } from '../../src/event/full-blocks.ts';
import { LooseEvents } from '../../src/event/loose-events.ts';
import type { Stores } from '../../src/stores.ts';

/** Joins the events that lie loose into a block, as if they were many. */
export const joinLoose = ({ database, event_writer, writer }: Stores): Promise<void> =>
  writer.run(() => {
    const loose = new LooseEvents();
    for (const row of database.prepare('SELECT facts, ids, texts FROM loose_events ORDER BY first_seq').all()) loose.addStored(row as unknown as StoredColumns);
    if (loose.count > 0) new FullBlocks(database).add(loose);
    database.exec('DELETE FROM loose_events');
    event_writer.forget();
  });
