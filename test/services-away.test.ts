import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../tools/until.ts';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

let system: System;
before(async () => {
  system = await startSystem({ env: { RATE_LIMIT: 'off' } });
});
after(() => system.stop());

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' };

/** A browser without a window: keeps its cookies, and sends the events of the page it is on. */
class Visitor {
  private readonly cookies = new Map<string, string>();

  async open(path = '/'): Promise<string> {
    const answer = await fetch(system.landing.url + path, { headers: { ...BROWSER, cookie: this.cookie() } });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    assert.equal(answer.status, 200);
    return answer.text();
  }

  async send(event_type: string): Promise<number> {
    const event = { event_type, event_id: crypto.randomUUID() };
    const answer = await fetch(`${system.landing.url}/events`, { method: 'POST', headers: { ...BROWSER, cookie: this.cookie(), 'content-type': 'application/json' }, body: JSON.stringify(event) });
    await answer.body?.cancel();
    return answer.status;
  }

  private cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The visitor's id and, by experiment, the variant that the page has promised. */
  get id(): string {
    return this.cookies.get('visitor_id')?.slice(0, 36) ?? '';
  }
}

const get = async (url: string): Promise<any> => {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${system.api_token}` } });
  return answer.status === 200 ? answer.json() : undefined;
};
const homepage = async (): Promise<string> => (await get(`${system.ab.url}/experiments?limit=100`)).data.find(({ key }: { key: string }) => key === 'homepage').experiment_id;
const assignmentOf = async (experiment: string, visitor: Visitor): Promise<any> => get(`${system.ab.url}/experiments/${experiment}/assignment/${visitor.id}`);
const headlineOf = (page: string): string => /<h1[^>]*>([^<]*)/.exec(page)?.[1]?.trim() ?? '';

test('while ab-service is away nobody changes variant, and afterwards no assignment is missing', async () => {
  const experiment = await homepage();
  const old = await Promise.all(Array.from({ length: 20 }, async () => {
    const visitor = new Visitor();
    return { visitor, headline: headlineOf(await visitor.open()) };
  }));
  // A page waits for ab-service no longer than 250 ms, and then tells it afterwards.
  const stored = await until('every assignment is stored', async () => {
    const all = await Promise.all(old.map(({ visitor }) => assignmentOf(experiment, visitor)));
    return all.every((assignment) => assignment?.variant_name) && all;
  });
  assert.equal(new Set(old.map(({ headline }) => headline)).size, 2);

  await system.ab.stop('SIGKILL');
  for (const { visitor, headline } of old) assert.equal(headlineOf(await visitor.open()), headline);
  const young = await Promise.all(Array.from({ length: 40 }, async () => {
    const visitor = new Visitor();
    const headline = headlineOf(await visitor.open());
    assert.equal(headlineOf(await visitor.open()), headline);
    return { visitor, headline };
  }));
  assert.equal(new Set(young.map(({ headline }) => headline)).size, 2, 'new visitors are split while ab-service is away');

  await system.ab.start();
  for (const { visitor, headline } of [...old, ...young]) assert.equal(headlineOf(await visitor.open()), headline);
  await until('every assignment made meanwhile is delivered', async () => (await Promise.all(young.map(({ visitor }) => assignmentOf(experiment, visitor)))).every((assignment) => assignment?.variant_name));
  const names = new Map<string, Set<string>>();
  for (const { visitor, headline } of [...old, ...young]) {
    const { variant_name } = await assignmentOf(experiment, visitor);
    names.set(headline, (names.get(headline) ?? new Set()).add(variant_name));
  }
  assert.ok([...names.values()].every((variants) => variants.size === 1), 'what was shown is what is stored');
  assert.deepEqual(await Promise.all(old.map(({ visitor }) => assignmentOf(experiment, visitor))), stored);
});

test('while metrics-service is away events are taken, and afterwards each is counted once', async () => {
  const counted = async (): Promise<number> => (await get(`${system.metrics.url}/stats?event_type=cta_click`))?.variants
    ? Object.values<any>((await get(`${system.metrics.url}/stats?event_type=cta_click`)).variants).reduce((sum, { events }) => sum + (events.cta_click ?? 0), 0)
    : -1;
  const visitor = new Visitor();
  await visitor.open();
  assert.ok([200, 201].includes(await visitor.send('cta_click')));
  await until('the first click is counted', async () => (await counted()) >= 1);
  const before = await counted();

  await system.metrics.stop('SIGKILL');
  for (let index = 0; index < 25; index += 1) assert.ok([200, 201, 202].includes(await visitor.send('cta_click')));
  await system.landing.stop('SIGKILL');
  await system.landing.start();
  await system.metrics.start();
  await until('the clicks made meanwhile are counted', async () => (await counted()) >= before + 25);
  assert.equal(await counted(), before + 25);
});
