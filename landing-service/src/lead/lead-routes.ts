import { isoTime } from '../../../shared/clock.ts';
import { emptyReply, jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { cursorOf, PAGE_DEFAULT, PAGE_MAX, readCursor } from '../../../shared/page-cursor.ts';
import { Problem } from '../../../shared/problem.ts';
import { object } from '../../../shared/schema/composites.ts';
import { integer, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { csvLine } from './csv.ts';
import type { LeadStore, StoredLead } from './lead-store.ts';

const LEADS_AT_ONCE = 500;
const COLUMNS = ['lead_id', 'created_at', 'name', 'email', 'message', 'page', 'experiment', 'variant', 'visitor_id'] as const;

/** A lead as it is answered. */
export const leadJson = ({ lead_id, created_at, name, email, message, page, experiment, variant, visitor_id }: StoredLead): Readonly<Record<(typeof COLUMNS)[number], string | null>> => ({
  lead_id,
  created_at: isoTime(created_at),
  name,
  email,
  message,
  page,
  experiment,
  variant,
  visitor_id,
});

/** Writes all leads, newest first, a page at a time: nothing is held open while a slow reader reads. */
async function* csvOf(leads: LeadStore): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = leads.before(before, LEADS_AT_ONCE);
    if (page.length === 0) return;
    yield page.map((lead) => csvLine(Object.values(leadJson(lead)))).join('');
    before = page.at(-1)?.seq ?? 0;
  }
}

/** What people left in the contact form: list, export, deletion. */
export const leadRoutes = (leads: LeadStore): readonly Route[] => [
  route('GET /leads', {
    summary: 'Lists the leads, newest first',
    access: 'api',
    query: object<{ limit?: number; cursor?: string }>({ limit: optional(integer({ min: 1, max: PAGE_MAX })), cursor: optional(string({ max: 256 })) }),
    handle: ({ query }) => {
      const limit = query.limit ?? PAGE_DEFAULT;
      const [before = Number.MAX_SAFE_INTEGER] = query.cursor === undefined ? [] : readCursor(query.cursor, 1);
      const page = leads.before(Number(before), limit);
      const next = page.length < limit ? null : cursorOf([page.at(-1)?.seq ?? 0]);
      return jsonReply(200, { data: page.map(leadJson), next_cursor: next, total: leads.count() }, { 'cache-control': 'no-store' });
    },
  }),
  route('GET /leads/export', {
    summary: 'Sends all leads as CSV',
    access: 'api',
    handle: () => ({
      status: 200,
      type: 'text/csv; charset=utf-8',
      headers: { 'content-disposition': 'attachment; filename="leads.csv"', 'cache-control': 'no-store' },
      body: csvOf(leads),
    }),
  }),
  route('DELETE /leads/{id}', {
    summary: 'Deletes a lead',
    access: 'api',
    handle: ({ parameters }) => {
      if (!leads.remove(parameters.id)) throw new Problem('not_found', 'There is no such lead.');
      return emptyReply();
    },
  }),
];
