import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { object } from '../../../shared/schema/composites.ts';
import { oneOf } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { csvLine } from './csv-line.ts';
import type { CsvValue } from './csv-line.ts';
import type { ExportReader, ExportRecord } from './export-reader.ts';

interface ExportQuery {
  readonly format?: 'csv' | 'ndjson';
  readonly records?: 'events' | 'all';
}

const QUERY = object<ExportQuery>({
  format: optional(oneOf(['csv', 'ndjson'], { description: 'NDJSON where absent.' })),
  records: optional(oneOf(['events', 'all'], { description: 'Events alone, or assignments and definitions too; events where absent.' })),
});

/** The columns of a CSV export. */
const COLUMNS = ['record', 'event_id', 'visitor_id', 'event_type', 'event_name', 'experiment_id', 'variant', 'timestamp', 'received_at', 'imported', 'forced', 'value', 'properties', 'context'] as const;

const cellOf = (value: unknown): CsvValue => (value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : (value as CsvValue));

const csvOf = (record: ExportRecord): string => csvLine(COLUMNS.map((column) => cellOf((record as unknown as Record<string, unknown>)[column])));

async function* textOf(reader: ExportReader, format: 'csv' | 'ndjson', records: 'events' | 'all'): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(COLUMNS);
  for (const page of reader.pages(records)) {
    yield format === 'csv' ? page.filter(({ record }) => record !== 'experiment').map(csvOf).join('') : page.map((record) => `${JSON.stringify(record)}\n`).join('');
    // A fast reader must not keep the event loop from everybody else.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** `GET /export`: everything, as a stream of any size; NDJSON is what `POST /import` takes. */
export const exportRoutes = (reader: ExportReader): readonly Route[] => [
  route('GET /export', {
    summary: 'Exports events, or all records, as CSV or NDJSON',
    description: 'A stream of any size, as it is at one moment. NDJSON with `records=all` is what `POST /import` takes: it leads to identical results elsewhere. Of what was never stored (bots) or is no longer (what retention closed) only a backup has the figures.',
    access: 'api',
    query: QUERY,
    answers: { 200: { description: 'The records; with `format=csv` as `text/csv`.', type: 'application/x-ndjson', example: '{"record":"event","event_id":"e1","visitor_id":"user-1","event_type":"page_view","timestamp":"2026-01-05T12:00:00.000Z","received_at":"2026-01-05T12:00:00.000Z"}\n', headers: { 'Content-Disposition': 'A name for the file.' } } },
    handle: ({ query: { format = 'ndjson', records = 'events' } }) => ({
      status: 200,
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      headers: { 'cache-control': 'no-store', 'content-disposition': `attachment; filename="fairsplit-${records}.${format}"` },
      body: textOf(reader, format, records),
    }),
  }),
];
