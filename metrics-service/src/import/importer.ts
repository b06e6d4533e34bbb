import type { ImportAnswer } from '../../../shared/contract/event.ts';
import type { Clock } from '../../../shared/clock.ts';
import { Problem } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import type { Recording } from '../recording/recording.ts';
import { foreignLinesOf } from './foreign-export.ts';
import { LineFault, readRecord } from './import-record.ts';
import type { ImportRecord } from './import-record.ts';
import { LINE_MAX, linesOf } from './lines.ts';
import type { Line } from './lines.ts';

/** How many records go into one transaction; between two of them the event loop serves others. */
const RECORDS_PER_WORK = 4_000;
const ERRORS_SHOWN_MAX = 100;

/** What an import works with. */
export interface ImportNeeds {
  readonly stores: { readonly recording: Pick<Recording, 'importRecords'> };
  readonly clock: Clock;
  /** The beginning of the time that is kept; what is older is refused. */
  readonly oldest: () => number;
}

/** When what a record says happened; definitions are of all times. */
const timeOf = (record: ImportRecord): number => (record.record === 'event' ? record.event.at : record.record === 'assignment' ? record.timestamp : Infinity);

/** A sender who leaves half-way is no fault of ours; what was stored stays. */
async function* whole<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw new Problem('malformed', 'The connection broke before the import was complete; send it again.');
    throw error;
  }
}

/** What an import is written in: our own lines, or another program's CSV. */
export type ImportFormat = 'ndjson' | 'csv';

/** Reads a stream of assignments and events into the stores, at the pace of the disk; bad lines are left out one by one. */
export const importLines = async (needs: ImportNeeds, input: AsyncIterable<Uint8Array>, format: ImportFormat = 'ndjson'): Promise<ImportAnswer> => {
  const { stores, clock } = needs;
  const totals = { lines: 0, accepted: 0, duplicates: 0, rejected: 0 };
  const errors: { line: number; errors: readonly Fault[] }[] = [];
  let records: ImportRecord[] = [];

  const reject = (line: number, faults: readonly Fault[]): void => {
    totals.rejected += 1;
    if (errors.length < ERRORS_SHOWN_MAX) errors.push({ line, errors: faults });
  };
  const read = ({ number, text }: Line): void => {
    totals.lines += 1;
    if (text === undefined) {
      reject(number, [{ field: '', message: `must have at most ${LINE_MAX} characters` }]);
      return;
    }
    try {
      const record = readRecord(text, clock());
      if (timeOf(record) < needs.oldest()) reject(number, [{ field: '/timestamp', message: 'is older than what is kept (RETENTION_DAYS)' }]);
      else records.push(record);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      reject(number, error.faults);
    }
  };
  const store = async (batch: readonly ImportRecord[]): Promise<void> => {
    const accepted = await stores.recording.importRecords(batch);
    totals.accepted += accepted;
    totals.duplicates += batch.length - accepted;
  };
  // While some are being written, the next are read.
  let storing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const batch = records;
    records = [];
    await storing;
    storing = store(batch);
    storing.catch(() => {});
  };

  for await (const lines of whole(format === 'csv' ? foreignLinesOf(input) : linesOf(input))) {
    for (const line of lines) {
      read(line);
      if (records.length >= RECORDS_PER_WORK) await flush();
    }
  }
  if (records.length > 0) await flush();
  await storing;
  return { ...totals, errors };
};
