import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Peer } from '../../shared/http/peer.ts';
import { StartFault } from '../../shared/start-fault.ts';
import { Checkpoint } from '../import/checkpoint.ts';
import { ImportRefused, sendLines } from '../import/import-sender.ts';
import { LineBytes } from '../import/line-bytes.ts';
import { readImportOptions } from '../import/options.ts';
import { ProgressDisplay, progressText } from '../import/progress.ts';
import { Rejects } from '../import/rejects.ts';
import { conversionId, rowReader } from '../import/row-records.ts';

const ARGS = ['f.csv.gz', '--experiment', 'old', '--visitor', 'user', '--variant', 'group', '--time', 'at', '--converted', 'won'];
const HEADER = ['user', 'at', 'group', 'page', 'won'];

test('readImportOptions() reads the whole command line', () => {
  const options = readImportOptions([...ARGS, '--map', 'control=A,treatment=B', '--keep', 'group=control,page=old', '--keep', 'group=treatment']);
  assert.deepEqual([...options.names], [['control', 'A'], ['treatment', 'B']]);
  assert.deepEqual(options.keep.map((condition) => [...condition]), [[['group', 'control'], ['page', 'old']], [['group', 'treatment']]]);
  assert.equal(options.rejects, 'f.rejected.csv');
  assert.equal(options.metric, 'form_submit');
});

test('readImportOptions() says what is missing or unknown in one sentence', () => {
  for (const bad of [[], ARGS.slice(0, -2), [...ARGS, '--unknown', 'x'], [...ARGS, '--map', 'control'], ['a', 'b']]) assert.throws(() => readImportOptions(bad), StartFault);
});

test('rowReader() makes an assignment of each row, and an event of a conversion', () => {
  const read = rowReader(HEADER, readImportOptions([...ARGS, '--map', 'treatment=B']));
  const outcome = read(['7', '2017-01-02 13:42:05.378582', 'treatment', 'new', '1']);
  assert.equal(outcome.kind, 'kept');
  const [assignment, event] = outcome.kind === 'kept' ? outcome.lines.map((line) => JSON.parse(line)) : [];
  assert.deepEqual(assignment, { record: 'assignment', visitor_id: '7', experiment_id: 'old', variant: 'B', timestamp: '2017-01-02 13:42:05.378582' });
  assert.deepEqual(event, { ...assignment, record: 'event', event_id: conversionId('old', '7', Date.parse('2017-01-02T13:42:05.378Z'), 'form_submit'), event_type: 'form_submit' });
  assert.match(event.event_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(read(['7', '2017-01-02', 'control', 'old', 'no']).kind, 'kept');
});

test('rowReader() keeps a row if any condition matches it whole', () => {
  const read = rowReader(HEADER, readImportOptions([...ARGS, '--keep', 'group=control,page=old', '--keep', 'group=treatment,page=new']));
  const kinds = [['control', 'old'], ['control', 'new'], ['treatment', 'new'], ['treatment', 'old']].map(([group, page]) => read(['7', '2017-01-02', group as string, page as string, '0']).kind);
  assert.deepEqual(kinds, ['kept', 'left_out', 'kept', 'left_out']);
});

test('rowReader() rejects what it cannot read, with the reason, and refuses unknown columns at once', () => {
  const read = rowReader(HEADER, readImportOptions(ARGS));
  for (const [row, reason] of [
    [['', '2017-01-02', 'a', 'p', '0'], /user/],
    [['7', 'noon', 'a', 'p', '0'], /at is not a time/],
    [['7', '2017-01-02', '', 'p', '0'], /group/],
    [['7', '2017-01-02', 'a', 'p', 'maybe'], /won/],
    [['7', '2017-01-02', 'a', 'p'], /4 fields/],
  ] as const) {
    const outcome = read([...row]);
    assert.ok(outcome.kind === 'rejected' && reason.test(outcome.reason), JSON.stringify(outcome));
  }
  assert.throws(() => rowReader(['x'], readImportOptions(ARGS)), StartFault);
});

test('Checkpoint remembers the rows of this file and this question only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-checkpoint-'));
  const file = join(folder, 'f.csv');
  writeFileSync(file, 'a\n');
  const optionsOf = (experiment: string) => ({ ...readImportOptions(ARGS), file, experiment });
  const checkpoint = new Checkpoint(folder, optionsOf('a'));
  assert.equal(checkpoint.read(), 0);
  checkpoint.write(10_000);
  assert.equal(new Checkpoint(folder, optionsOf('a')).read(), 10_000);
  assert.equal(new Checkpoint(folder, optionsOf('b')).read(), 0);
  writeFileSync(file, 'a\nb\n');
  assert.equal(new Checkpoint(folder, optionsOf('a')).read(), 0);
  checkpoint.clear();
  assert.equal(checkpoint.read(), 0);
  rmSync(folder, { recursive: true });
});

test('sendLines() sends again while the service is away or full, and stops at a refusal', async () => {
  const answers = [503, 'break', 507, 200, 400];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers.shift();
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (text) => (body += text));
    request.on('end', () => {
      bodies.push(body);
      if (answer === 'break') response.destroy();
      else response.writeHead(Number(answer)).end(JSON.stringify({ lines: 2, accepted: 2, duplicates: 0, rejected: 0, errors: [] }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = new Peer({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const answer = await sendLines(peer, Buffer.from('{"a":1}\n{"b":2}\n'), () => Promise.resolve());
  assert.equal(answer.accepted, 2);
  assert.deepEqual(bodies, Array(4).fill('{"a":1}\n{"b":2}\n'));
  await assert.rejects(sendLines(peer, Buffer.from('{}\n'), () => Promise.resolve()), ImportRefused);
  peer.close();
  server.close();
});

test('Rejects begins a file with a header, goes on in one that is there, and quotes what needs it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-rejects-'));
  const path = join(folder, 'rejected.csv');
  const rowOf = (line: number, ...fields: string[]) => ({ row: { line, fields }, reason: `reason, ${line}` });
  const first = new Rejects(path);
  first.begin();
  first.add([]);
  assert.equal(existsSync(path), false);
  first.add([rowOf(2, 'a', 'b "c"'), rowOf(5, 'd')]);
  const next = new Rejects(path);
  next.add([rowOf(9, 'e')]);
  assert.deepEqual([first.count, next.count], [2, 1]);
  assert.equal(readFileSync(path, 'utf8'), 'line,reason,row\n2,"reason, 2","a,""b """"c"""""""\n5,"reason, 5",d\n9,"reason, 9",e\n');
  rmSync(folder, { recursive: true });
});

test('LineBytes are the lines in UTF-8, each with its end', () => {
  const lines = new LineBytes();
  const texts = Array.from({ length: 3_000 }, (_, index) => 'ü€😀x'.repeat(index % 30));
  for (const text of texts) lines.add(text);
  lines.add('€'.repeat(400_000));
  assert.equal(lines.count, 3_001);
  assert.equal(Buffer.from(lines.bytes).toString(), `${texts.join('\n')}\n${'€'.repeat(400_000)}\n`);
});

test('ProgressDisplay redraws a bar on a terminal and writes plain lines elsewhere', () => {
  assert.equal(progressText({ done: 50, total: 200, rows: 1000 }, 10_000), ' 25 %  1,000 rows  100 a second  30 s left');
  for (const isTTY of [true, false]) {
    let now = 0;
    const written: string[] = [];
    const display = new ProgressDisplay({ isTTY, columns: 200, write: (text) => written.push(text) }, 'rows', () => now);
    for (now = 0; now <= 10_000; now += 1000) display.show({ done: now, total: 10_000, rows: now });
    display.end({ done: 10_000, total: 10_000, rows: 10_000 });
    assert.equal(written.length, isTTY ? 12 : 3);
    assert.equal(written.join('').includes('\u001b'), isTTY);
  }
});
