import type { Clock } from '../../../shared/clock.ts';
import { readForm } from '../../../shared/http/body.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import { seeOther } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import type { EventDoor } from '../event/event-door.ts';
import { outboxEvent } from '../event/outbox-event.ts';
import { requestContext } from '../event/request-context.ts';
import { readView } from '../event/view-token.ts';
import type { View } from '../event/view-token.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { PageServer } from '../page/page-server.ts';
import { problemPage } from '../page/problem-page.ts';
import type { Tally } from '../visitor/tally.ts';
import { leadFaults, readLeadFields } from './lead.ts';
import type { LeadFields } from './lead.ts';
import type { LeadStore } from './lead-store.ts';

/** What the contact form needs. */
export interface ContactNeeds {
  readonly leads: LeadStore;
  readonly outbox: Outbox;
  readonly door: EventDoor;
  readonly server: PageServer;
  readonly tally: Tally;
  readonly key: SigningKey;
  readonly clock: Clock;
}

const AFTER_CONTACT = 'thank-you';
const FIRST_PAGE = 'home';

/** `POST /contact`: a form of plain HTML. A lead and its `form_submit` are on disk together before the browser is sent on. */
export const contactRoutes = ({ leads, outbox, door, server, tally, key, clock }: ContactNeeds): readonly Route[] => {
  /** A form that does not come from a page of ours (a program's, say) stands for itself. */
  const viewOf = (call: Call, token: string): View => {
    const view = readView(token, key);
    if (view !== undefined) return view;
    const visit = door.visitOf(call, undefined, undefined);
    const now = clock();
    const part = door.partOf(visit, FIRST_PAGE);
    return { view_id: uuidv7(now), form_id: uuidv7(now), page: FIRST_PAGE, visitor_id: visit.exclusion === undefined ? visit.visitor_id : null, ...part };
  };

  const record = async (call: Call, view: View, fields: LeadFields): Promise<void> => {
    const now = clock();
    const { form_id, visitor_id, page, experiment, variant } = view;
    const counted = visitor_id !== null && door.counts(call);
    const items = counted
      ? [outboxEvent({ event_id: form_id, visitor_id, event_type: 'form_submit', event_name: 'contact', experiment, variant, at: now, context: { ...requestContext(call), path: page === FIRST_PAGE ? '/' : `/${page}` } }, now)]
      : [];
    await outbox.add(items, () => {
      leads.add({ lead_id: uuidv7(now), form_id, visitor_id: counted ? visitor_id : null, page, experiment: counted ? experiment : null, variant: counted ? variant : null, ...fields, created_at: now });
    });
  };

  const take = async (call: Call): Promise<Reply> => {
    const form = await readForm(call);
    const token = form.get('view');
    const page = server.findPage(form.get('page') ?? FIRST_PAGE) ?? server.getPage(FIRST_PAGE);
    const thanks = seeOther(`/${page.definition.after_contact ?? AFTER_CONTACT}`);
    // A preview's form has an empty one: it shows the way and records nothing.
    if (token === '') return thanks;
    if ((form.get('website') ?? '') !== '') {
      tally.add('lead trap');
      return thanks;
    }
    const view = viewOf(call, token ?? '');
    const fields = readLeadFields(form);
    const faults = leadFaults(fields);
    if (faults.length > 0) return server.again(call, view, { values: { ...fields }, faults: Object.fromEntries(faults.map(({ field, message }) => [field, message])) });
    await record(call, view, fields);
    return thanks;
  };

  return [
    route('POST /contact', {
      summary: 'Takes the contact form, keeps a lead and records form_submit',
      access: 'open',
      rate: 'events',
      problems: problemPage,
      handle: ({ call }) => take(call),
    }),
  ];
};
