import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatLogLine } from '../start/log-line.ts';

const now = new Date(2026, 0, 2, 3, 4, 5).getTime();
const show = (line: string, colour = false): string => formatLogLine(line, { service: 'metrics-service', colour, now });
const entry = (fields: object): string => JSON.stringify({ time: new Date(now).toISOString(), level: 'info', service: 'metrics-service', ...fields });

test('formatLogLine() writes time, service, message and fields', () => {
  assert.equal(show(entry({ message: 'listening', port: 5001, ok: true, none: null })), '03:04:05 metrics  listening port=5001 ok=true none=null');
});

test('formatLogLine() names the level of warnings and errors, and quotes values with spaces', () => {
  assert.equal(show(entry({ level: 'warn', message: 'slow', path: '/a b', id: 'x1' })), '03:04:05 metrics  warn: slow path="/a b" id=x1');
});

test('formatLogLine() shows what is no log line as it is', () => {
  for (const line of ['Port 5001 is in use.', '{"half":', '{"no":"message"}', '']) assert.equal(show(line), `03:04:05 metrics  ${line}`);
});

test('formatLogLine() keeps the lines of a stack', () => {
  assert.equal(show(entry({ level: 'error', message: 'bug', stack: 'Error: bug\n  at f' })), '03:04:05 metrics  error: bug stack=\n    Error: bug\n      at f');
});

test('formatLogLine() lets no control character through, in colour or not', () => {
  const hostile = entry({ message: 'a\u001b[2Jb', agent: '\u001b]0;x\u0007', 'k\u009b': 'v\u2028w' });
  assert.equal(show(hostile).match(/[\u0000-\u001f\u007f-\u009f\u2028]/g), null);
  assert.ok(!show(hostile, true).includes('\u001b[2J'));
  assert.ok(show(hostile, true).includes('\u001b[35m'));
});
