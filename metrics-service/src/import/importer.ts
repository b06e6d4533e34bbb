import type { ImportAnswer } from '../../../shared/contract/event.ts';
import type { Clock } from '../../../shared/clock.ts';
import { IMPORT_LINES_AT_ONCE } from '../../../shared/import-lines.ts';
import { Problem } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import { RecordColumns } from '../recording/record-columns.ts';
import type { Recording } from '../recording/recording.ts';
import { foreignLinesOf } from './foreign-export.ts';
import { LineFault, readRecord } from './import-record.ts';
import type { ImportRecord } from './import-record.ts';
import { LINE_MAX, linesOf } from './lines.ts';
import type { Line } from './lines.ts';

/** How many events go into one transaction at most: they cost more than assignments do. */
const EVENTS_AT_ONCE = IMPORT_LINES_AT_ONCE / 2;
/** How many rejected lines are listed where nobody says how many. */
export const ERRORS_SHOWN = 100;

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

/** How an import is to be read. */
export interface ImportWish {
  /** Our own lines, or another program's CSV. */
  readonly format?: 'ndjson' | 'csv';
  /** How many rejected lines are listed at most. */
  readonly errors?: number;
}

/** Reads a stream of assignments and events into the stores, at the pace of the disk; bad lines are left out one by one. */
export const importLines = async (needs: ImportNeeds, input: AsyncIterable<Uint8Array>, { format = 'ndjson', errors: errors_shown = ERRORS_SHOWN }: ImportWish = {}): Promise<ImportAnswer> => {
  const { stores, clock } = needs;
  const totals = { lines: 0, accepted: 0, duplicates: 0, rejected: 0 };
  const errors: { line: number; errors: readonly Fault[] }[] = [];
  let records = new RecordColumns();

  const reject = (line: number, faults: readonly Fault[]): void => {
    totals.rejected += 1;
    if (errors.length < errors_shown) errors.push({ line, errors: faults });
  };
  const read = ({ number, text }: Line, now: number): void => {
    totals.lines += 1;
    if (text === undefined) {
      reject(number, [{ field: '', message: `must have at most ${LINE_MAX} characters` }]);
      return;
    }
    try {
      const record = readRecord(text, now);
      if (timeOf(record) < needs.oldest()) reject(number, [{ field: '/timestamp', message: 'is older than what is kept (RETENTION_DAYS)' }]);
      else records.add(record);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      reject(number, error.faults);
    }
  };
  const store = async (gathered: RecordColumns): Promise<void> => {
    const accepted = await stores.recording.importRecords(gathered.sent());
    totals.accepted += accepted;
    totals.duplicates += gathered.count - accepted;
  };
  // While some are being written, the next are read.
  let storing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const gathered = records;
    records = new RecordColumns();
    await storing;
    storing = store(gathered);
    storing.catch(() => {});
  };

  for await (const lines of whole(format === 'csv' ? foreignLinesOf(input) : linesOf(input))) {
    const now = clock();
    for (const line of lines) {
      read(line, now);
      if (records.count >= IMPORT_LINES_AT_ONCE || records.events >= EVENTS_AT_ONCE) await flush();
    }
  }
  if (records.count > 0) await flush();
  await storing;
  return { ...totals, errors };
};
