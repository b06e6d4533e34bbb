import type { Fault } from '../../../shared/problem.ts';

/** What somebody left in the contact form. */
export interface Lead {
  readonly lead_id: string;
  /** The form that it came with: the same one sent twice is one lead. */
  readonly form_id: string;
  /** Null for somebody who asked not to be followed. */
  readonly visitor_id: string | null;
  readonly page: string;
  readonly experiment: string | null;
  readonly variant: string | null;
  readonly name: string;
  readonly email: string;
  readonly message: string;
  readonly created_at: number;
}

/** The fields that a person fills in. */
export interface LeadFields {
  readonly name: string;
  readonly email: string;
  readonly message: string;
}

/** The limits of the fields, in characters. */
export const LEAD_LIMITS: Readonly<Record<keyof LeadFields, number>> = { name: 200, email: 254, message: 5_000 };

/** What browsers accept in `<input type="email">` (WHATWG HTML, 4.10.5.1.5). */
const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const textOf = (form: URLSearchParams, name: keyof LeadFields): string => (form.get(name) ?? '').replaceAll('\r\n', '\n').replaceAll('\0', '').trim();

/** Reads the fields as they were typed, without white space around them. */
export const readLeadFields = (form: URLSearchParams): LeadFields => ({ name: textOf(form, 'name'), email: textOf(form, 'email'), message: textOf(form, 'message') });

/** Says what is wrong with the fields, in words for the person who typed them. */
export const leadFaults = ({ name, email, message }: LeadFields): readonly Fault[] => {
  const faults: Fault[] = [];
  const add = (field: keyof LeadFields, text: string): number => faults.push({ field, message: text });
  if (name === '') add('name', 'Please tell us your name.');
  else if (name.length > LEAD_LIMITS.name) add('name', `Please use at most ${LEAD_LIMITS.name} characters.`);
  if (email === '') add('email', 'Please tell us your e-mail address.');
  else if (email.length > LEAD_LIMITS.email || !EMAIL.test(email)) add('email', 'This is not an e-mail address: it should look like name@example.org.');
  if (message.length > LEAD_LIMITS.message) add('message', `Please use at most ${LEAD_LIMITS.message} characters; these are ${message.length}.`);
  return faults;
};
