import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from '../../shared/test/support/call-of.ts';
import { openApp, START, twoVariants } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';

const FLAGS = '/ofrep/v1/evaluate/flags';

const evaluate = async (service: OpenApp, key: string, context: unknown = {}) => {
  const answer = await service.askOpenly(`POST ${FLAGS}/${key}`, { json: { context } });
  return { status: answer.status, ...answer.json() };
};

const evaluateAll = (service: OpenApp, context: unknown = {}, headers: Record<string, string> = {}) => service.askOpenly(`POST ${FLAGS}`, { json: { context }, headers });

const put = async (service: OpenApp, key: string, json: object): Promise<void> => {
  assert.ok((await service.ask(`PUT /api/toggles/${key}`, { json })).status < 300);
};

test('POST /ofrep/…/flags/{key} answers typed values, also false, 0, "" and {}', async () => {
  await using service = openApp();
  const values = [[true, false], ['x', ''], [2.5, 0], [{ a: [1] }, {}]];
  for (const [index, [value_on, value_off]] of values.entries()) {
    await put(service, `t${index}`, { enabled: true, value_on, value_off });
    const on = await evaluate(service, `t${index}`);
    assert.deepEqual([on.status, on.key, on.reason, on.value, on.variant], [200, `t${index}`, 'STATIC', value_on, 'on']);
    await put(service, `t${index}`, { enabled: false, value_on, value_off });
    const off = await evaluate(service, `t${index}`);
    assert.deepEqual([off.reason, off.value, off.variant], ['DISABLED', value_off, 'off']);
  }
  for (const value of Object.values((await evaluate(service, 't0')).metadata)) assert.ok(['string', 'number', 'boolean'].includes(typeof value));
});

test('POST /ofrep/…/flags/{key} gives each reason', async () => {
  await using service = openApp();
  const reasonOf = async (context: object) => {
    const { reason, variant } = await evaluate(service, 'flag', context);
    return `${reason} ${variant}`;
  };
  await put(service, 'flag', { enabled: true, targeting: { plan: 'pro' } });
  assert.deepEqual([await reasonOf({ plan: 'pro' }), await reasonOf({ plan: 'free' })], ['TARGETING_MATCH on', 'DEFAULT off']);
  await put(service, 'flag', { enabled: true, rollout_percent: 50 });
  const reasons = await Promise.all(Array.from({ length: 40 }, (_, index) => reasonOf({ targetingKey: `u${index}` })));
  assert.deepEqual(new Set(reasons), new Set(['SPLIT on', 'SPLIT off']));
  await put(service, 'flag', { enabled: true, start_time: new Date(START + 60_000).toISOString() });
  assert.equal(await reasonOf({}), 'DISABLED off');
  service.now += 60_000;
  assert.equal(await reasonOf({}), 'STATIC on');
});

test('POST /ofrep/…/flags/{key} keeps everybody whom a smaller rollout had', async () => {
  await using service = openApp({ RATE_LIMIT: 'off' });
  const onAt = async (rollout_percent: number): Promise<readonly number[]> => {
    await put(service, 'flag', { enabled: true, rollout_percent });
    const values = await Promise.all(Array.from({ length: 200 }, async (_, index) => (await evaluate(service, 'flag', { targetingKey: `u${index}` })).value));
    return values.flatMap((value, index) => (value === true ? [index] : []));
  };
  const twenty = await onAt(20);
  const fifty = new Set(await onAt(50));
  assert.ok(twenty.length > 15 && fifty.size > 70 && fifty.size < 130);
  for (const index of twenty) assert.ok(fifty.has(index));
});

test('POST /ofrep/…/flags/{key} assigns in an experiment as /assign does', async () => {
  await using service = openApp();
  const first = await evaluate(service, 'homepage', { targetingKey: 'v1' });
  const assigned = (await service.askOpenly('GET /assign?visitor_id=v1')).json();
  assert.deepEqual([first.reason, first.variant, first.value, first.metadata.variant_id, assigned.is_new], ['SPLIT', assigned.variant, assigned.configuration_json, assigned.variant_id, false]);
  assert.deepEqual(await evaluate(service, 'homepage', { targetingKey: 'v1' }), first);
  await service.ask('POST /experiments', { json: twoVariants() });
  const draft = await evaluate(service, 'two', { targetingKey: 'v1' });
  assert.deepEqual([draft.reason, draft.variant, draft.value], ['DISABLED', 'A', { headline: 'a' }]);
  const bot = await evaluate(service, 'homepage', { targetingKey: 'v2', automation: true });
  assert.deepEqual([bot.reason, bot.variant], ['DEFAULT', 'A']);
  await service.ask('PATCH /experiments/homepage', { json: { status: 'COMPLETED', winner: first.variant === 'A' ? 'B' : 'A', winner_for: 'all' } });
  const won = await evaluate(service, 'homepage', { targetingKey: 'v1' });
  assert.notEqual(won.variant, first.variant);
  assert.equal((await evaluate(service, 'homepage', { targetingKey: 'v3' })).reason, 'STATIC');
});

test('POST /ofrep/…/flags/{key} uses the error codes of the protocol, always with the key', async () => {
  await using service = openApp();
  await put(service, 'half', { enabled: true, rollout_percent: 50 });
  const codeOf = async (key: string, options: object): Promise<readonly unknown[]> => {
    const answer = await service.askOpenly(`POST ${FLAGS}/${key}`, options);
    assert.match(String(answer.reply.type), /^application\/json/);
    return [answer.status, answer.json().errorCode, answer.json().key];
  };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  assert.deepEqual(await codeOf('half', { text: '{', headers }), [400, 'PARSE_ERROR', 'half']);
  assert.deepEqual(await codeOf('half', { text: '', headers }), [400, 'PARSE_ERROR', 'half']);
  assert.deepEqual(await codeOf('half', { json: [] }), [400, 'PARSE_ERROR', 'half']);
  for (const context of [null, 'x', [], { targetingKey: 5 }, { targetingKey: 'x'.repeat(1_025) }]) assert.deepEqual(await codeOf('half', { json: { context } }), [400, 'INVALID_CONTEXT', 'half']);
  assert.deepEqual(await codeOf('half', { json: {} }), [400, 'TARGETING_KEY_MISSING', 'half']);
  assert.deepEqual(await codeOf('homepage', { json: { context: { targetingKey: '' } } }), [400, 'TARGETING_KEY_MISSING', 'homepage']);
  assert.deepEqual(await codeOf('homepage', { json: { context: { targetingKey: 'x'.repeat(257) } } }), [400, 'INVALID_CONTEXT', 'homepage']);
  for (const name of ['none', '__proto__', 'constructor', 'a/b c é']) assert.deepEqual(await codeOf(encodeURIComponent(name), { json: { context: {} } }), [404, 'FLAG_NOT_FOUND', name]);
  assert.equal((await evaluate(service, 'half', { targetingKey: 'x'.repeat(1_024) })).status, 200);
});

test('POST /ofrep answers 401 and 429 as JSON, with Retry-After', async () => {
  await using closed = openApp({ REQUIRE_TOKEN: '1' });
  const refused = await closed.askOpenly(`POST ${FLAGS}`, { json: { context: {} } });
  assert.deepEqual([refused.status, refused.reply.type], [401, 'application/json; charset=utf-8']);
  assert.equal((await closed.askOpenly(`POST ${FLAGS}`, { json: { context: {} }, headers: { 'x-api-key': 'wrong' } })).status, 401);
  const allowed = await closed.askOpenly(`POST ${FLAGS}`, { json: { context: {} }, headers: { 'x-api-key': 'the-api-token' } });
  assert.equal(allowed.status, 200);
  assert.equal(allowed.json().eventStreams, undefined);
  await using service = openApp();
  for (let count = 0; count < 300; count += 1) assert.equal((await service.askOpenly(`POST ${FLAGS}/contact_form`, { json: {} })).status, 200);
  const limited = await service.askOpenly(`POST ${FLAGS}/contact_form`, { json: {} });
  assert.deepEqual([limited.status, Number(limited.headers['retry-after']) > 0], [429, true]);
});

test('POST /ofrep/…/flags answers all flags as the single endpoint does, and assigns nobody', async () => {
  await using service = openApp();
  await put(service, 'half', { enabled: true, rollout_percent: 50 });
  const context = { targetingKey: 'v1', device: 'mobile' };
  const answer = await evaluateAll(service, context);
  const { flags, eventStreams } = answer.json();
  assert.deepEqual(eventStreams, [{ type: 'sse', endpoint: { requestUri: '/ofrep/v1/stream' } }]);
  assert.deepEqual(flags.map(({ key }: { key: string }) => key), ['announcement', 'contact_form', 'half', 'music_player', 'testimonials', 'homepage', 'landing-theme']);
  assert.deepEqual((await service.ask('GET /assignments')).json().data, []);
  for (const flag of flags) {
    const { status, ...single } = await evaluate(service, flag.key, context);
    assert.deepEqual([status, single], [200, flag]);
  }
  const anonymous = (await evaluateAll(service)).json().flags;
  assert.deepEqual(anonymous.filter(({ errorCode }: { errorCode?: string }) => errorCode !== undefined).map(({ key, errorCode }: { key: string; errorCode: string }) => `${key} ${errorCode}`), ['half', 'homepage', 'landing-theme'].map((key) => `${key} TARGETING_KEY_MISSING`));
  assert.deepEqual((await service.askOpenly(`POST ${FLAGS}`, { json: { context: 5 } })).json().errorCode, 'INVALID_CONTEXT');
});

test('POST /ofrep/…/flags answers 304 to its own tag until something changes, the context included', async () => {
  await using service = openApp();
  await put(service, 'mobile', { enabled: true, targeting: { device: 'mobile' } });
  const first = await evaluateAll(service, { targetingKey: 'v', device: 'desktop' });
  const etag = String(first.headers['etag']);
  assert.match(etag, /^"[\w-]+"$/);
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const known = await evaluateAll(service, { device: 'desktop', targetingKey: 'v' }, { 'if-none-match': tag });
    assert.deepEqual([known.status, known.text, known.headers['etag']], [304, '', etag]);
  }
  assert.equal((await evaluateAll(service, { targetingKey: 'v', device: 'mobile' }, { 'if-none-match': etag })).status, 200);
  assert.equal((await evaluateAll(service, { targetingKey: 'w', device: 'desktop' }, { 'if-none-match': etag })).status, 200);
  await service.ask('POST /config', { json: { toggles: { announcement: true } } });
  assert.equal((await evaluateAll(service, { targetingKey: 'v', device: 'desktop' }, { 'if-none-match': etag })).status, 200);
});

test('GET /ofrep/v1/stream says when to evaluate again, at once to those who missed it', async () => {
  await using service = openApp();
  const stream = listen((await service.askOpenly('GET /ofrep/v1/stream')).reply);
  assert.doesNotMatch(stream.text(), /data/);
  await service.ask('POST /config', { json: { toggles: { announcement: true } } });
  const [, id = '', data = ''] = /id: (\d+)\ndata: (.*)\n\n/.exec(stream.text()) ?? [];
  const { type, etag, lastModified } = JSON.parse(data);
  assert.deepEqual([id, type, typeof etag, lastModified], ['2', 'refetchEvaluation', 'string', START / 1_000]);
  const back = listen((await service.askOpenly('GET /ofrep/v1/stream', { headers: { 'last-event-id': '1' } })).reply);
  assert.match(back.text(), /refetchEvaluation/);
  const upToDate = listen((await service.askOpenly('GET /ofrep/v1/stream', { headers: { 'last-event-id': '2' } })).reply);
  assert.doesNotMatch(upToDate.text(), /refetchEvaluation/);
  for (const each of [stream, back, upToDate]) each.close();
});
