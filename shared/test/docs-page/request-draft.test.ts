import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { curlOf, shellQuoted, targetOf } from '../../docs-page/public/request-draft.ts';

test('targetOf() fills in the path, encodes what it is given, and leaves out empty queries', () => {
  const draft = { method: 'GET', path: '/experiments/{id}/assignment/{user_id}', path_values: { id: 'a/b ä', user_id: '' }, query: [['visitor_id', 'x&y=1'], ['experiment', '']], headers: [] } as const;
  assert.equal(targetOf(draft), '/experiments/a%2Fb%20%C3%A4/assignment/{user_id}?visitor_id=x%26y%3D1');
  assert.equal(targetOf({ ...draft, query: [] }), '/experiments/a%2Fb%20%C3%A4/assignment/{user_id}');
});

test('shellQuoted() keeps every character from the shell', () => {
  for (const text of ['plain', "it's", '$HOME `id` "x" \\ !', '{"a": "b\'c"}', '', 'two\nlines', '@file'])
    assert.equal(execFileSync('sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' }), text);
});

test('curlOf() writes a command that sends the very request, and names the token without showing it', () => {
  const draft = { method: 'POST', path: '/experiments', path_values: {}, query: [['on_conflict', 'keep']], headers: [['If-Match', '"3"'], ['Last-Event-ID', '']], body: { type: 'application/json', text: '{"name":"It\'s"}' } } as const;
  const command = curlOf(draft, 'http://localhost:5002/', 'API_TOKEN');
  const words = execFileSync('sh', ['-c', `curl() { for word in "$@"; do printf '%s\\n' "$word"; done; }; API_TOKEN=secret; ${command}`], { encoding: 'utf8' }).split('\n');
  assert.deepEqual(words.slice(0, -1), ['-X', 'POST', 'http://localhost:5002/experiments?on_conflict=keep', '-H', 'Authorization: Bearer secret', '-H', 'If-Match: "3"', '-H', 'Content-Type: application/json', '--data-raw', '{"name":"It\'s"}']);
  assert.doesNotMatch(curlOf({ method: 'GET', path: '/health', path_values: {}, query: [], headers: [] }, 'http://localhost:5002', undefined), /Authorization|-X/);
});
