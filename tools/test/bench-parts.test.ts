import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUuid, uuidTime } from '../../shared/uuid.ts';
import { AnswerReader } from '../bench/answer-reader.ts';
import { tableHead, tableRows } from '../bench/bench-table.ts';
import { median } from '../bench/figure.ts';
import { GOALS, reached } from '../bench/goal.ts';
import { IdWriter } from '../bench/id-writer.ts';
import { Latencies } from '../bench/latencies.ts';
import { FRESH_ID, SENT_TIME, VISITOR_ID } from '../bench/load-plan.ts';
import { EVENTS_A_VISIT, monthOfVisits } from '../bench/month-of-visits.ts';
import { readBenchOptions } from '../bench/options.ts';
import { processCost } from '../bench/process-cost.ts';
import { batchRequest, eventRequests, requestText } from '../bench/request-text.ts';
import { RequestTemplate } from '../bench/request-template.ts';

const ANSWERS = [
  'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1a;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nx: y\r\n\r\n',
  'HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nConnection: close\r\n\r\n{}',
];

const seenOf = (pieces: readonly string[]): { readonly seen: string; readonly refusal: string } => {
  const seen: string[] = [];
  const reader = new AnswerReader((status, closes) => seen.push(`${status}${closes ? ' closes' : ''}`));
  // One buffer for all, as the generator has it: what is kept must be a copy.
  const shared = Buffer.alloc(1_000);
  for (const piece of pieces) {
    shared.write(piece, 'latin1');
    reader.read(shared.subarray(0, piece.length));
  }
  return { seen: seen.join(), refusal: reader.refusal };
};

test('AnswerReader finds the end of each answer, wherever the bytes are cut', () => {
  const text = ANSWERS.join('');
  for (let cut = 0; cut <= text.length; cut += 1) {
    assert.equal(seenOf([text.slice(0, cut), text.slice(cut)]).seen, '201,200,204,404 closes', `cut at ${cut}`);
  }
  assert.equal(seenOf([...text]).seen, '201,200,204,404 closes');
  assert.match(seenOf([text]).refusal, /^HTTP\/1\.1 404 Not Found/);
});

test('AnswerReader throws at what is no HTTP', () => {
  assert.throws(() => seenOf(['SSH-2.0-OpenSSH\r\n\r\n']), /no answer/);
});

test('Latencies answer percentiles of all that was counted', () => {
  const latencies = new Latencies();
  assert.ok(Number.isNaN(latencies.percentile(0.5)));
  for (let value = 1; value <= 100; value += 1) latencies.add(value);
  assert.ok(Math.abs(latencies.percentile(0.5) - 50) < 0.01);
  assert.ok(Math.abs(latencies.percentile(0.99) - 99) < 0.01);
  latencies.add(99_999);
  assert.ok(latencies.percentile(1) >= 2_000);
  latencies.clear();
  assert.ok(Number.isNaN(latencies.percentile(0.99)));
});

test('IdWriter writes UUIDs that differ, and those of version 7 in the order of time', () => {
  for (const version of ['v7', 'v4'] as const) {
    const writer = new IdWriter(version);
    const buffer = Buffer.alloc(40, '.');
    const before = Date.now();
    const ids = Array.from({ length: 20_000 }, () => {
      writer.next();
      writer.write(buffer, 2);
      assert.match(buffer.toString('latin1'), /^\.\.[^.]{36}\.\.$/);
      return buffer.toString('latin1', 2, 38);
    });
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => isUuid(id) && id[14] === version[1] && '89ab'.includes(id[19] as string)));
    assert.equal(ids.join() === ids.toSorted().join(), version === 'v7');
    if (version === 'v7') assert.ok((uuidTime(ids[0] as string) ?? 0) >= before);
  }
});

test('RequestTemplate puts in new ids, one visitor for five of its places, and the time', () => {
  const template = new RequestTemplate(`${FRESH_ID},${FRESH_ID},${VISITOR_ID.repeat(6)},${SENT_TIME}`);
  assert.equal(template.fixed, false);
  const ids = { fresh: new IdWriter('v7'), visitor: new IdWriter('v4'), visitor_uses: 0 };
  const copy = template.copy();
  template.fill(copy, ids);
  const [one = '', other = '', visitors = '', time = ''] = copy.toString('latin1').split(',');
  assert.ok(isUuid(one) && isUuid(other) && one !== other);
  const each = visitors.match(/.{36}/g) ?? [];
  assert.equal(new Set(each.slice(0, 5)).size, 1);
  assert.notEqual(each[5], each[0]);
  assert.ok(each.every(isUuid));
  assert.equal(new Date(time).toISOString(), time);
  assert.notEqual(template.copy(), template.copy());
});

test('RequestTemplate gives out the same bytes where nothing in them changes', () => {
  const template = new RequestTemplate(requestText('GET', '/stats'));
  assert.equal(template.fixed, true);
  assert.equal(template.copy(), template.copy());
});

test('eventRequests() and batchRequest() say how long their bodies are, whatever ids come in', () => {
  for (const text of [...eventRequests(), ...batchRequest(100)]) {
    const [head = '', body = ''] = text.split('\r\n\r\n');
    assert.equal(Number(/content-length: (\d+)/.exec(head)?.[1]), body.length);
  }
  const [batch = ''] = batchRequest(100);
  const events = JSON.parse(batch.split('\r\n\r\n')[1] ?? '') as readonly { readonly event_type: string }[];
  assert.equal(events.length, 100);
  assert.equal(events.filter(({ event_type }) => event_type === 'form_submit').length, 1);
});

test('processCost() reads what a process has used, and NaN of one that is gone', { skip: process.platform === 'linux' ? false : 'reads /proc' }, () => {
  const { cpu_us, rss_bytes } = processCost(process.pid);
  assert.ok(cpu_us > 0);
  assert.ok(rss_bytes > 1e6);
  assert.ok(Number.isNaN(processCost(2 ** 30).cpu_us));
});

test('reached() compares the way that is better', () => {
  assert.deepEqual([0.9, 0.7, 0.6, 0.5].map((share) => reached(GOALS.event_v7, share)), ['moonshot', 'goal', 'floor', 'below']);
  assert.deepEqual([5, 8, 9, 16].map((milliseconds) => reached(GOALS.event_p99_ms, milliseconds)), ['moonshot', 'goal', 'floor', 'below']);
  assert.deepEqual([160, 161].map((bytes) => reached(GOALS.disk_bytes, bytes)), ['goal', 'below']);
  assert.equal(reached(GOALS.polled, NaN), undefined);
});

test('median() is the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('tableRows() show median, range, goals and what was reached', () => {
  const lines = tableRows('One event', [
    { what: 'share', unit: '', values: [0.71, 0.7, 0.74], goal: GOALS.event_v7, note: 'a note' },
    { what: 'events/s', unit: '', values: [31_204] },
    { what: 'p99', unit: 'ms', values: [NaN], goal: GOALS.event_p99_ms },
  ]).split('\n').map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(lines, [
    ['One event'],
    ['share', '0.71', '0.70 – 0.74', '0.55', '0.7', '0.85', 'goal'],
    ['a note'],
    ['events/s', '31,204'],
    ['p99, ms', '–', '15', '8', '5', '–'],
  ]);
  assert.match(tableHead(), /median +range +floor +goal +moonshot +reached$/);
});

test('readBenchOptions() reads what is asked for', () => {
  const options = readBenchOptions(['event', 'assign-new', '--rounds', '2', '--seconds', '0.5', '--json', 'x.json', '--grow', '--events', '1e7']);
  assert.deepEqual(options, { names: ['event', 'assign-new'], rounds: 2, seconds: 0.5, grow: true, events: 1e7, assignments: 1e6, json: 'x.json', profile: undefined, help: false });
});

test('readBenchOptions() says in one line what is wrong', () => {
  for (const [args, words] of [[['--rounds', '1.5'], /whole number/], [['--seconds', '0'], /above 0/], [['--events', 'many'], /above 0, not "many"/], [['--speed'], /--help shows/]] as const) {
    assert.throws(() => readBenchOptions(args), (error: Error) => words.test(error.message) && !error.message.includes('\n'));
  }
});

test('monthOfVisits() is the same each time but for ids: a month that ends now, in the order of its visits', () => {
  const now = Date.UTC(2026, 5, 1);
  const visits = 2_000;
  const month = (): readonly Readonly<Record<string, unknown>>[] => [...monthOfVisits(visits, now)].join('').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  const [one, other] = [month(), month()];
  const withoutIds = (records: typeof one): readonly unknown[] => records.map(({ visitor_id, ...rest }) => rest);
  assert.deepEqual(withoutIds(one), withoutIds(other));
  const events = one.filter(({ record }) => record === 'event');
  assert.ok(Math.abs(events.length / visits - EVENTS_A_VISIT) < 0.3, `${events.length} events`);
  const times = events.map(({ timestamp }) => Date.parse(timestamp as string));
  assert.ok(Math.min(...times) >= now - 30 * 86_400_000 && Math.max(...times) < now);
  const visitors = new Set(events.map(({ visitor_id }) => visitor_id));
  assert.ok(visitors.size > visits * 0.55 && visitors.size < visits * 0.65, `${visitors.size} visitors`);
});
