import type { MigratingConnection } from '../../../shared/sqlite/migrate.ts';
import { BLOCK_EVENTS, FullBlocks } from './full-blocks.ts';
import { LooseEvents } from './loose-events.ts';
import type { EventRow } from './loose-events.ts';

/** Puts the rows of `events`, in which each event had one, into blocks, and removes that table. */
export const joinEventRows = (connection: MigratingConnection): void => {
  const blocks = new FullBlocks(connection);
  let gathered = new LooseEvents();
  const join = (): void => {
    if (gathered.count > 0) blocks.add(gathered);
    gathered = new LooseEvents();
  };
  const rows = connection.prepare('SELECT seq, event_id, visitor, type, name AS named_metric, experiment AS experiment_name, variant, at, arrived, value, properties, context, imported FROM events ORDER BY seq');
  for (const row of rows.iterate()) {
    gathered.add(row['seq'] as number, { ...row, imported: row['imported'] === 1 } as unknown as EventRow);
    if (gathered.count >= BLOCK_EVENTS) join();
  }
  join();
  connection.exec('DROP TABLE events');
};
