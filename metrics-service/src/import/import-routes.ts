import { requireType } from '../../../shared/http/body.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { EventFault, ImportAnswer } from '../../../shared/contract/event.ts';
import { IMPORT_LINES_AT_ONCE } from '../../../shared/import-lines.ts';
import { list, text } from '../../../shared/schema/answers.ts';
import { object } from '../../../shared/schema/composites.ts';
import { integer } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { ERRORS_SHOWN, importLines } from './importer.ts';
import type { ImportNeeds } from './importer.ts';

const TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/json', 'text/plain', 'text/csv'];

const count = integer({ min: 0 });
const IMPORT_ANSWER = object<ImportAnswer>({
  lines: count,
  accepted: count,
  duplicates: integer({ min: 0, description: 'Lines that were here already.' }),
  rejected: count,
  errors: list(object<ImportAnswer['errors'][number]>({ line: integer({ min: 1 }), errors: list(object<EventFault>({ field: text(), message: text() })) })),
});

/** `POST /import`: past assignments and events, as a stream of any size. */
export const importRoutes = (needs: ImportNeeds): readonly Route[] => [
  route('POST /import', {
    summary: 'Imports assignments and events, one JSON object a line',
    description: 'Lines are `{"record":"assignment", visitor_id, experiment_id, variant, timestamp}` or `{"record":"event", …}` with the members of an event. A stream of any size, outside the limits on size and time. The same import again changes nothing; an event without event_id is known by its line. As `text/csv` it takes the exports of GoatCounter (CSV) and Umami (`website_event.csv`), whose bots are left out.',
    access: 'api',
    query: object<{ readonly errors?: number }>({ errors: optional(integer({ min: 0, max: IMPORT_LINES_AT_ONCE, description: `How many rejected lines are listed at most; ${ERRORS_SHOWN} unless said.` })) }),
    reads: text({ description: 'One JSON object a line.' }),
    body_types: TYPES,
    examples: {
      visitor: {
        summary: 'A visitor with an event',
        value: '{"record":"assignment","visitor_id":"user-9","experiment_id":"homepage","variant":"A","timestamp":"2026-01-05T12:00:00Z"}\n{"record":"event","event_id":"import-1","visitor_id":"user-9","event_type":"form_submit","timestamp":"2026-01-05T12:04:00Z"}\n',
      },
    },
    answers: { 200: { description: 'What became of the lines; the first rejected ones with their faults.', schema: IMPORT_ANSWER, example: { lines: 2, accepted: 2, duplicates: 0, rejected: 0, errors: [] } } },
    handle: async ({ call, query }) => {
      requireType(call, TYPES);
      return jsonReply(200, await importLines(needs, call.input, { ...query, format: /^text\/csv\b/i.test(call.headers['content-type'] ?? '') ? 'csv' : 'ndjson' }));
    },
  }),
];
