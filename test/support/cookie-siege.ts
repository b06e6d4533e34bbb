import assert from 'node:assert/strict';
import { until } from '../../tools/until.ts';
import type { RawAnswer } from './raw-exchange.ts';
import type { Siege } from './siege.ts';

const BROWSER = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36', Accept: 'text/html' };

interface Guest {
  readonly visitor: string;
  readonly assigned: string;
  readonly id: string;
  readonly headline: string;
}

const cookiesOf = ({ headers }: RawAnswer): ReadonlyMap<string, string> => new Map((headers.get('set-cookie') ?? []).map((cookie) => [cookie.slice(0, cookie.indexOf('=')), /=([^;]*)/.exec(cookie)?.[1] ?? '']));
const headlineOf = ({ body }: RawAnswer): string => /<h1[^>]*>([^<]*)/.exec(body)?.[1]?.trim() ?? '';

/** Brings the landing page cookies that it did not sign, or that it signed for somebody else. */
export const cookieSiege = async (siege: Siege): Promise<void> => {
  const open = async (cookie?: string): Promise<RawAnswer> => siege.expect(200, 'landing', 'GET /', { headers: { ...BROWSER, ...(cookie === undefined ? {} : { Cookie: cookie }) } });
  const arrive = async (): Promise<Guest> => {
    const answer = await open();
    const cookies = cookiesOf(answer);
    const guest = { visitor: cookies.get('visitor_id') ?? '', assigned: cookies.get('assigned') ?? '', id: cookies.get('visitor_id')?.slice(0, 36) ?? '', headline: headlineOf(answer) };
    for (const cookie of answer.headers.get('set-cookie') ?? []) assert.match(cookie, /; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/);
    assert.ok(guest.visitor !== '' && guest.assigned !== '');
    // The page holds nothing that would let a script be the visitor; what it signs is for this rendering.
    assert.ok(![guest.visitor, guest.assigned].some((value) => answer.body.includes(value)));
    return guest;
  };
  const one = await arrive();
  const other = await until('a visitor with another variant', async () => {
    const guest = await arrive();
    return guest.headline === one.headline ? undefined : guest;
  });
  // Only what comes back in `Set-Cookie` may hold these.
  const values = [one, other].flatMap(({ visitor, assigned }) => [visitor, assigned]);

  const [payload = '', mac = ''] = [one.visitor.slice(0, 36), one.visitor.slice(37)];
  const turned = `${mac.slice(0, -2)}${mac.at(-2) === 'A' ? 'B' : 'A'}${mac.at(-1)}`;
  const forged = ['', 'x', '.', '..', payload, `${payload}.`, `${payload}.${turned}`, `${payload}.${mac.slice(1)}`, `${payload}.${mac}x`, `${other.id}.${mac}`, `${payload.toUpperCase()}.${mac}`, one.assigned, `"${one.visitor}"`, encodeURIComponent(one.visitor).replace('.', '%2E'), 'x'.repeat(8_000), `${'x'.repeat(8_000)}.${mac}`, '\u00e9.\u00ff', "' OR 1=1 --", '__proto__', '{}', 'null'];
  for (const visitor of forged) {
    const answer = await open(`visitor_id=${visitor}; assigned=${one.assigned}`);
    const fresh = cookiesOf(answer).get('visitor_id');
    assert.ok(fresh !== undefined && !fresh.startsWith(one.id) && !fresh.startsWith(other.id), `${visitor.slice(0, 100)} was believed`);
  }

  const claims = ['', 'x', `${one.assigned}x`, `${one.assigned.slice(0, -2)}AA`, other.assigned, `${Buffer.from('[["x","y",1]]').toString('base64url')}.${mac}`, `W10.${mac}`, one.visitor, 'x'.repeat(8_000), '[]', '\u00ff'];
  for (const assigned of claims) assert.equal(headlineOf(await open(`visitor_id=${one.visitor}; assigned=${assigned}`)), one.headline, `${assigned.slice(0, 100)} was believed`);
  const jars = [`visitor_id=${one.visitor}; visitor_id=${other.visitor}; assigned=${other.assigned}`, `a=b; ;;=; visitor_id=${one.visitor}`, `${'x=y; '.repeat(1_000)}visitor_id=${one.visitor}`, `visitor_id=${one.visitor};fairsplit_session=x`];
  for (const jar of jars) assert.equal(headlineOf(await open(jar)), one.headline, jar.slice(0, 100));

  const cookie = `visitor_id=${one.visitor}; assigned=${one.assigned}`;
  const { data } = JSON.parse((await siege.expect(200, 'ab', 'GET /experiments', { token: siege.system.api_token })).body);
  const { experiment_id } = data.find(({ key }: { key: string }) => key === 'homepage');
  // A page that ab-service did not answer in time tells it afterwards.
  const { variant_name } = await until('the assignment to be stored', async () => {
    const { status, body } = await siege.ask('ab', `GET /experiments/${experiment_id}/assignment/${one.id}`, { token: siege.system.api_token });
    return status === 200 ? JSON.parse(body) : undefined;
  });
  const lies = ['A', 'B'].map((variant) => ({ visitor_id: other.id, user_id: other.id, experiment_id: 'homepage', variant, event_type: 'cookie_siege', view: 'x.y', visitor: other.visitor }));
  for (const json of [lies[0], lies[1], lies, { events: lies, view: `${Buffer.from('["a","b"]').toString('base64url')}.${mac}`, visitor: other.visitor, page: '__proto__' }]) await siege.expect([200, 201], 'landing', 'POST /events', { json, headers: { ...BROWSER, 'Content-Type': 'application/json', Cookie: cookie } });
  const stored = await until('the events to be delivered', async () => {
    const { data: events } = JSON.parse((await siege.expect(200, 'metrics', 'GET /events?event_type=cookie_siege', { token: siege.system.api_token })).body);
    return events.length === 6 ? events : undefined;
  });
  for (const { visitor_id, variant } of stored) assert.ok(visitor_id === one.id && (variant === variant_name || variant === null), `${visitor_id} ${variant}: the body was believed`);
  for (const value of values) siege.secrets.add(value);
};
