import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadEvents } from '../src/analytics/unread-events.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';
import { LOG_START, recordAtRandom } from './support/random-log.ts';

test('UnreadEvents.after() reads all that sessions need, in the order it came, from any place on', async () => {
  const random = new Random(1);
  const stores = openStores();
  const events = (await recordAtRandom(stores, random, 1_700, 200, () => LOG_START + random.below(1e9))).map((event) => ({
    seq: event.seq,
    visitor: stores.visitors.find(event.visitor_id),
    at: Date.parse(event.timestamp),
    type: stores.words.find(event.event_type),
    named_metric: event.event_name === null ? null : stores.words.find(`${event.event_type}:${event.event_name}`),
    event_type: event.event_type,
    event_name: event.event_name,
    properties: event.properties === null ? null : JSON.stringify(event.properties),
    context: event.context === null ? null : JSON.stringify(event.context),
  }));
  const unread = new UnreadEvents(stores.events, stores.words);
  for (const seq of [0, 1, 600, 1_690, 1_700]) {
    for (const limit of [1, 30, 2_000]) assert.deepEqual(unread.after(seq, limit), events.slice(seq, seq + limit));
  }
  stores.database.close();
});
