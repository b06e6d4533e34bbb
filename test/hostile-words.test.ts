import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../tools/until.ts';
import { markupSiege } from './support/markup-siege.ts';
import { Siege, SERVICES } from './support/siege.ts';
import type { Expected, Question } from './support/siege.ts';

/** Words that are members of every JavaScript object, or that something somewhere looks for. */
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__', '__lookupSetter__', 'then', 'toJSON', 'length', 'name', 'null', 'undefined', 'true', '0', '-1', 'NaN', '$', '.', '..', '$$'];
const SQL = ["'; DROP TABLE events; --", "' OR '1'='1", '" OR ""="', "x') UNION SELECT token FROM sessions --", '%', '_', '\\', "a'b\"c`d"];
const MARKUP = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'onmouseover='alert(1)", '</style><script>alert(1)</script>', '</textarea><svg onload=alert(1)>', '<!--', ']]>', '{{slot}}', '{{#toggle}}', '${7*7}', '&lt;b&gt;', 'javascript:alert(1)'];
const UNICODE = ['\u202eevil\u202c', '\u05d0\u05d1\u05d2', '\u200b\u200d\ufeff', 'e\u0301', '\u{1f468}\u200d\u{1f469}', '\u{10ffff}', '\ufdd0', 'Z\u0351\u036b\u0343', '\r\nSet-Cookie: injected=1', '\t', ' padded ', '\x7f\x1b[31m', '\u2028'];
const WORDS = [...NAMES, ...SQL, ...MARKUP, ...UNICODE];

let siege: Siege;
before(async () => {
  siege = await Siege.start({ RATE_LIMIT: 'off', BOT_FILTER: 'off', ADMIN_PASSWORD: 'correct horse battery' });
});
after(() => siege[Symbol.asyncDispose]());

const token = (): Question => ({ token: siege.system.api_token });
const passed: Expected = ({ status, text }) => assert.ok(status >= 200 && status < 300 && !/^injected/im.test(text), text.slice(0, 500));
const handled: Expected = ({ status, headers }) => assert.ok(status >= 200 && status < 500 && !headers.has('injected') && !(headers.get('set-cookie') ?? []).some((cookie) => cookie.startsWith('injected')), String(status));
const refused: Expected = ({ status }) => assert.ok(status >= 400 && status < 500, String(status));
const part = encodeURIComponent;

test('any word is a visitor, an event type and a variant, and is counted as itself', async () => {
  const events = WORDS.map((word, index) => ({ experiment_id: 'words', visitor_id: word, variant: word.slice(0, 64), event_type: word.slice(0, 64), event_name: word, event_id: `word ${index}`, properties: { [word]: { [word]: word } }, context: { referrer: word, utm: { [word]: word } } }));
  const { body } = await siege.expect(200, 'metrics', 'POST /events', { json: events });
  assert.deepEqual(JSON.parse(body), { accepted: WORDS.length, duplicates: 0, rejected: [] });
  const stats = JSON.parse((await siege.expect(200, 'metrics', 'GET /stats?experiment=words')).body);
  assert.deepEqual(Object.keys(stats.variants).toSorted(), WORDS.toSorted());
  for (const word of WORDS) {
    const own = Object.getOwnPropertyDescriptor(stats.variants, word)?.value;
    assert.deepEqual([own.visitors, Object.keys(own.events), Object.values(own.events)], [1, [word], [1]]);
    const one = JSON.parse((await siege.expect(200, 'metrics', `GET /stats?experiment=words&variant=${part(word)}&event_type=${part(word)}`)).body);
    assert.equal(one.total_events, 1, word);
    await siege.expect(200, 'metrics', `GET /stats?experiment=${part(word)}`);
    await siege.expect(handled, 'metrics', `GET /events?event_type=${part(word)}&visitor_id=${part(word)}&experiment=${part(word)}`, token());
    await siege.expect(handled, 'metrics', `GET /experiments/${part(word)}/results?event_type=${part(word)}`, token());
    for (const service of ['ab', 'metrics', 'landing'] as const) await siege.expect(handled, service, `GET /visitors/${part(word)}`, token());
  }
  await siege.expect(200, 'metrics', 'GET /export?format=csv&records=all', token());
  await siege.expect(200, 'metrics', `DELETE /visitors/${part("' OR '1'='1")}`, token());
  assert.equal(JSON.parse((await siege.expect(200, 'metrics', 'GET /stats?experiment=words')).body).total_visitors, WORDS.length - 1);
});

test('any word is a visitor and a variant of an experiment, and keeps its assignment', async () => {
  const names = WORDS.slice(0, 20);
  const variants = names.map((variant_name) => ({ variant_name, traffic_allocation_percent: 5, configuration_json: { [variant_name]: variant_name } }));
  const json = { name: 'Names', key: 'constructor', status: 'RUNNING', page: null, variants, forced: { ['__proto__']: 'toString', constructor: '__proto__' }, targeting: { $not: { ['__proto__']: 'x', constructor: 'y' } } };
  const made = JSON.parse((await siege.expect(201, 'ab', 'POST /experiments', { ...token(), body: JSON.stringify(json).replace('"forced":{', '"forced":{"valueOf":"length",'), headers: { 'Content-Type': 'application/json' } })).body);
  assert.deepEqual(Object.keys(made.phases[0].weights).toSorted(), names.toSorted());
  for (const word of WORDS) {
    const first = JSON.parse((await siege.expect(200, 'ab', `GET /assign?experiment=constructor&visitor_id=${part(word)}&${part(word)}=${part(word)}`)).body);
    const again = JSON.parse((await siege.expect(200, 'ab', 'POST /assign', { json: { assignments: [{ experiment: 'constructor', visitor_id: word, context: { [word]: word } }] } })).body).assignments[0];
    assert.deepEqual([again.variant, again.is_new, names.includes(first.variant)], [first.variant, false, true], word);
    await siege.expect(404, 'ab', `GET /assign?visitor_id=x&experiment=${part(`${word} `)}`);
    await siege.expect(handled, 'ab', `GET /experiments/${part(word)}`, token());
    await siege.expect(refused, 'ab', `GET /api/toggles/${part(word)}`);
    await siege.expect(400, 'ab', 'POST /config', { ...token(), body: `{"toggles":{${JSON.stringify(word)}:true}}`, headers: { 'Content-Type': 'application/json' } });
    await siege.expect(refused, 'ab', `PUT /api/toggles/${part(`${word}!`)}`, { ...token(), json: { enabled: true } });
    await siege.expect(handled, 'ab', `POST /ofrep/v1/evaluate/flags/${part(word)}`, { json: { context: { targetingKey: word, [word]: word } } });
  }
  assert.equal(JSON.parse((await siege.expect(200, 'ab', 'GET /assign?experiment=constructor&visitor_id=valueOf')).body).variant, 'length');
  for (const key of ['constructor-', 'then', 'length', 'valueof']) await siege.expect(passed, 'ab', `PUT /api/toggles/${key}`, { ...token(), json: { enabled: true, value_on: JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'), value_off: {}, targeting: JSON.parse('{"$not":{"__proto__":{"$exists":true}}}') } });
  const config = JSON.parse((await siege.expect(200, 'ab', 'GET /config')).body);
  assert.deepEqual(config.toggles.then, JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'));
  await until('the assignments are followed', async () => JSON.parse((await siege.ask('metrics', 'GET /experiments/constructor/results', token())).body).total_users_in_experiment === WORDS.length - 3);
  const events = WORDS.map((visitor_id) => ({ visitor_id, event_type: 'toString', experiment_id: 'constructor' }));
  await siege.expect(200, 'metrics', 'POST /events', { json: events });
  const results = JSON.parse((await siege.expect(200, 'metrics', 'GET /experiments/constructor/results?event_type=toString&aggregation=day', token())).body);
  assert.deepEqual(Object.keys(results.variant_stats).toSorted(), names.toSorted());
  assert.equal(results.total_events, WORDS.length - 3);
});

test('numbers that are none, or too large, are refused or kept exactly, and nothing answers NaN', async () => {
  const numbers = ['NaN', 'Infinity', '-Infinity', '1e999', '-1e999', '1e308', '-0', '9007199254740993', '5e-324', '1e21', '0x10', '1_0', '01', '.5', '"1"', 'null', 'true', '[]', '{}', '-1'];
  const bodies = (number: string): readonly (readonly ['ab' | 'metrics' | 'landing', string, string])[] => [
    ['metrics', 'POST /events', `{"visitor_id":"n","event_type":"n","value":${number},"properties":{"price":${number}},"context":{"screen_width":${number}}}`],
    ['metrics', 'POST /events', `{"visitor_id":"n","event_type":"n","timestamp":${number}}`],
    ['landing', 'POST /events', `{"event_type":"n","value":${number}}`],
    ['metrics', 'POST /analysis', `{"alpha":${number},"variants":[{"variant_name":"A","users":${number},"conversions":${number}},{"variant_name":"B","users":10,"conversions":3,"revenue_sum":${number},"revenue_sum_squares":${number},"traffic_allocation":${number}}]}`],
    ['metrics', 'POST /analysis', `{"variants":[{"variant_name":"A","users":${number},"conversions":${number}},{"variant_name":"B","users":${number},"conversions":3}]}`],
    ['metrics', 'POST /sample-size', `{"baseline_rate":${number},"minimum_detectable_effect":${number}}`],
    ['metrics', 'POST /sample-size', `{"baseline_rate":0.1,"minimum_detectable_effect":${number},"alpha":${number},"power":${number},"variants":${number}}`],
    ['metrics', 'POST /import', `{"record":"event","visitor_id":"n","event_type":"n","value":${number},"timestamp":"2026-01-01T00:00:00Z"}`],
    ['ab', 'POST /experiments', `{"name":"n","coverage_percent":${number},"variants":[{"variant_name":"A","traffic_allocation_percent":${number}},{"variant_name":"B","traffic_allocation_percent":${number}}]}`],
    ['ab', 'PUT /api/toggles/numbers', `{"rollout_percent":${number},"value_on":${number},"value_off":${number}}`],
    ['ab', 'POST /assign', `{"assignments":[{"visitor_id":"n","variant_id":${number},"assignment_timestamp":${number}}]}`],
  ];
  for (const number of numbers)
    for (const [service, line, body] of bodies(number)) {
      const answer = await siege.expect(handled, service, line, { ...token(), body, headers: { 'Content-Type': 'application/json' } });
      if (answer.status < 400) assert.doesNotMatch(answer.body, /\bNaN\b|Infinity/, `${line} ${body}`);
    }
  const { body } = await siege.expect(200, 'metrics', 'GET /experiments/homepage/results?event_type=n&aggregation=day', token());
  assert.doesNotMatch(body, /NaN|Infinity|e\+3/);
});

test('times outside any calendar are refused', async () => {
  for (const time of ['now', '0000-00-00', '2026-02-30T25:61:61Z', '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1969-12-31T23:59:59Z', '2026-01-01T00:00:00+99:99', '1'.repeat(1_000), '2026-01-01T00:00:00.0000000000000000001Z']) {
    await siege.expect(400, 'metrics', 'POST /events', { json: { visitor_id: 't', event_type: 't', timestamp: time } });
    await siege.expect(400, 'metrics', `GET /stats?from=${part(time)}`);
    await siege.expect(refused, 'metrics', `GET /experiments/homepage/results?start_date=${part(time.slice(0, 10))}x`, token());
    await siege.expect(400, 'ab', `GET /experiments?updated_after=${part(time)}`, token());
    await siege.expect(400, 'ab', 'PATCH /experiments/homepage', { ...token(), headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, json: { end_time: time } });
  }
});

test('text that is no text, or has no end, is refused', async () => {
  const long = 'x'.repeat(1_000_000);
  for (const text of ['\\ud800', '\\udc00\\ud800', 'a\\u0000b', long]) {
    for (const field of ['visitor_id', 'event_type', 'event_name', 'variant', 'experiment_id', 'event_id']) await siege.expect(400, 'metrics', 'POST /events', { body: `{"visitor_id":"a","event_type":"b","${field}":"${text}"}`.replace(/^\{"(visitor_id|event_type)":"[ab]",(.*"\1")/, '{$2'), headers: { 'Content-Type': 'application/json' } });
    await siege.expect(400, 'ab', 'POST /assign', { body: `{"assignments":[{"visitor_id":"${text}"}]}`, headers: { 'Content-Type': 'application/json' } });
    await siege.expect(400, 'ab', 'POST /experiments', { ...token(), body: `{"name":"${text}","variants":[]}`, headers: { 'Content-Type': 'application/json' } });
    for (const member of ['name', 'description']) await siege.expect(400, 'ab', 'PUT /api/toggles/text', { ...token(), body: `{"${member}":"${text}"}`, headers: { 'Content-Type': 'application/json' } });
    await siege.expect(400, 'landing', 'POST /events', { body: `{"event_type":"${text}"}`, headers: { 'Content-Type': 'text/plain' } });
    await siege.expect(handled, 'metrics', 'POST /import', { ...token(), body: `{"record":"event","visitor_id":"${text}","event_type":"x"}\n${text}\n`, headers: { 'Content-Type': 'application/x-ndjson' } });
  }
  const many = Array.from({ length: 1_001 }, () => ({}));
  await siege.expect(400, 'metrics', 'POST /events', { json: many });
  await siege.expect(400, 'metrics', 'POST /events', { json: many.slice(1) });
  await siege.expect(400, 'landing', 'POST /events', { json: { events: many.slice(1) } });
  await siege.expect(400, 'ab', 'POST /assign', { json: { assignments: many.slice(1) } });
  await siege.expect(400, 'ab', 'POST /config', { ...token(), json: { toggles: Object.fromEntries(many.map((_, index) => [`t${index}`, true])) } });
});

test('queries with repeated, huge or senseless parameters are answered or refused', async () => {
  const queries = ['?', '?&&&=&', '?a=%', '?a=%ff', '?%00=%00', '?__proto__=1&constructor=2', '?variant=A&variant=B', `?${'a=1&'.repeat(3_500)}`, `?x=${'x'.repeat(14_000)}`, '?limit=-1', '?limit=0', '?limit=1e9', '?limit=NaN', '?limit=5&limit=6', '?cursor=x', `?cursor=${Buffer.from('["a\'--"]').toString('base64url')}`, `?cursor=${Buffer.from('[null]').toString('base64url')}`, `?cursor=${Buffer.from('[1e999]').toString('base64url')}`, `?cursor=${Buffer.from('[0.5]').toString('base64url')}`, '?after=-1', '?after=1e300', '?after=x', '?wait=-1', '?timezone=../../etc/passwd&aggregation=day', '?timezone=UTC%00', '?aggregation=__proto__', '?start_date=2026-01-01&end_date=2025-01-01', '?start_date=1970-01-01&end_date=2199-12-31&aggregation=hour', '?format=exe', '?records=__proto__', '?status=__proto__&search=%25%27', '?next=//evil', `?view=${'x'.repeat(10_000)}`, '?view=a.b', '?preview=x.y', '?visitor_id=&experiment=', '?visitor_id=a&visitor_id=b', '?experiment=a&experiment=b'];
  const paths: readonly (readonly ['ab' | 'metrics' | 'landing' | 'admin', string])[] = [['ab', '/assign'], ['ab', '/experiments'], ['ab', '/assignments'], ['ab', '/changes'], ['ab', '/config'], ['ab', '/api/toggles'], ['metrics', '/stats'], ['metrics', '/events'], ['metrics', '/experiments'], ['metrics', '/experiments/homepage/results'], ['metrics', '/export'], ['metrics', '/analytics/summary'], ['metrics', '/analytics/series'], ['metrics', '/analytics/sources'], ['metrics', '/analytics/pages'], ['metrics', '/analytics/events'], ['landing', '/'], ['landing', '/olympus'], ['landing', '/api/tracks'], ['landing', '/pixel'], ['landing', '/leads'], ['admin', '/'], ['admin', '/sign-in'], ['admin', '/api/ab/experiments']];
  for (const [service, path] of paths) for (const query of queries) await siege.expect(({ status }) => assert.ok(status < 500, `${status} ${path}${query.slice(0, 100)}`), service, `GET ${path}${query}`, token());
});

test('headers that are echoed nowhere split no answer', async () => {
  const odd = ['\u00e9\u00ff', '%0d%0aInjected:%201', 'x'.repeat(8_000), '"', "'; --", '<script>', '\t', '(){:;};'];
  for (const service of SERVICES)
    for (const value of odd) {
      const headers = Object.fromEntries(['X-Request-Id', 'If-None-Match', 'Origin', 'Referer', 'User-Agent', 'Accept-Language', 'Accept', 'X-Forwarded-For', 'X-Forwarded-Proto', 'Fairsplit-Actor', 'Range', 'Sec-Fetch-Site', 'Purpose', 'DNT', 'Cookie'].map((name) => [name, value.slice(0, 1_000)]));
      for (const path of ['/health', '/', `/${part(value)}`, '/sign-in?next=%0d%0aInjected:%201', '/sign-in?next=/%0d%0aInjected:%201', '/%0d%0aInjected:%201', '/config']) await siege.expect(handled, service, `GET ${path}`, { headers });
    }
});

test('files outside the served ones cannot be read', async () => {
  const { body } = await siege.expect(200, 'landing', 'GET /');
  const hash = /\/assets\/([\w-]+)\//.exec(body)?.[1] ?? 'x';
  const climbs = ['../page.json', '..%2fpage.json', '..%2f..%2f..%2fpackage.json', '%2e%2e%2fpage.json', '%2e%2e', '..%5cpage.json', '....%2f%2fpage.json', 'page.json', 'page.html', '%00', 'style.css%00.svg', '%2fetc%2fpasswd', '..;%2fpage.json', 'main.ts', '.env', 'cookie-key', '__proto__', 'constructor'];
  for (const climb of climbs)
    for (const [service, path] of [['landing', `/assets/${hash}/home/${climb}`], ['landing', `/assets/${hash}/${climb}`], ['landing', `/assets/${climb}/${climb}/${climb}`], ['landing', `/music/${climb}`], ['landing', `/${climb}`], ['admin', `/assets/${hash}/${climb}`], ['admin', `/assets/${climb}/style/${climb}`], ['ab', `/docs/${climb}`], ['admin', `/api/ab/${climb}`], ['admin', `/api/landing/assets/${hash}/home/${climb}`]] as const)
      await siege.expect(refused, service, `GET ${path}`, service === 'admin' ? token() : {});
});

test('a track is audio under a name of ours, whatever is said of it, and any range of it is answered', async () => {
  const wave = Buffer.concat([Buffer.from('RIFF\x24\x08\0\0WAVEfmt ', 'latin1'), Buffer.alloc(2_000, 7)]);
  const types = { 'Content-Type': 'text/html', 'Content-Disposition': 'attachment; filename="../../evil.html"' };
  for (const body of ['', 'R', '<script>alert(1)</script>', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', '#!/bin/sh\n', 'RIFF....WEBP', '%PDF-1.7', 'PK\x03\x04']) await siege.expect([400, 415], 'landing', 'POST /api/tracks?title=x', { ...token(), body, headers: types });
  for (const query of ['', '?title=', `?title=${'x'.repeat(201)}`, '?title=a&title=b', '?title=%00']) await siege.expect(400, 'landing', `POST /api/tracks${query}`, { ...token(), body: wave });
  for (const title of MARKUP) await siege.expect(201, 'landing', `POST /api/tracks?title=${part(title)}&artist=${part(title)}`, { ...token(), body: wave, headers: types });
  const { data } = JSON.parse((await siege.expect(200, 'landing', 'GET /api/tracks')).body);
  const { url, track_id } = data[0];
  assert.match(url, /^\/music\/[\w-]{36}\.wav$/);
  for (const range of ['bytes=0-', 'bytes=-1', 'bytes=0-0', 'bytes=5-2', 'bytes=-0', 'bytes=9999-', 'bytes=0-99999999999999999999', 'bytes=-99999999999', `bytes=${'0-1,'.repeat(2_000)}0-1`, 'bytes=0-1,1-2', 'lines=0-1', 'bytes=a-b', 'bytes=--1', 'bytes', '', `bytes=${'9'.repeat(10_000)}-`]) {
    const { status, headers } = await siege.expect([200, 206, 416], 'landing', `GET ${url}`, { headers: { Range: range } });
    assert.ok(status === 416 || headers.get('content-type')?.[0] === 'audio/wav', range);
    await siege.expect([200, 206, 416], 'landing', `HEAD ${url}`, { headers: { Range: range, 'If-Range': 'x' } });
  }
  const page = (await siege.expect(200, 'landing', 'GET /olympus')).body;
  for (const word of MARKUP) assert.ok(!/<\w/.test(word) || !page.includes(word), `${word} is markup`);
  for (const id of ['..', '%2e%2e%2flanding.sqlite', '__proto__', "' OR '1'='1", `${track_id}.wav`, `${track_id}%00`]) await siege.expect(refused, 'landing', `DELETE /api/tracks/${part(id)}`, token());
  await siege.expect(204, 'landing', `DELETE /api/tracks/${track_id}`, token());
  await siege.expect(404, 'landing', `GET ${url}`);
});

test('markup in figures, forms and slots is shown as text, on the landing page and in the admin', async () => {
  await markupSiege(siege, MARKUP);
  await siege.requireUnharmed();
});
