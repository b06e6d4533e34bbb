import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOf } from '../../shared/test/support/call-of.ts';
import { actorOf } from '../src/actor.ts';

const named = (name: string) => callOf('GET /', { headers: { 'fairsplit-actor': name } });

test('actorOf() believes the name that is sent with the API token alone', () => {
  assert.equal(actorOf(named('zoe'), 'api'), 'zoe');
  assert.equal(actorOf(named('zoe'), 'ingest'), 'ingest-token');
  assert.equal(actorOf(callOf('GET /'), 'api'), 'api-token');
});

test('actorOf() reads names in UTF-8 and percent-encoding, and takes no other characters', () => {
  assert.equal(actorOf(named(Buffer.from('Zoë Ångström').toString('latin1')), 'api'), 'Zoë Ångström');
  assert.equal(actorOf(named('Zo%C3%AB'), 'api'), 'Zoë');
  for (const name of ['', '<script>', 'a\tb', 'x'.repeat(101), '%zz%']) assert.equal(actorOf(named(name), 'api'), 'api-token');
});
