import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_SCHEMA } from '../event-schema.ts';
import type { ValidEvent } from '../event-schema.ts';
import { checkEvents, EVENT_BODY } from '../event-body.ts';
import { object } from '../schema/composites.ts';
import { Faults } from '../schema/schema.ts';
import type { Schema } from '../schema/schema.ts';
import { randomFrom } from './statistics/variants.ts';

const SEED = Date.now() >>> 0;
const ALIASES = { user_id: 'visitor_id', type: 'event_type', metadata: 'properties' };
/** The same description, its members looked up one by one. */
const DESCRIBED: Schema<ValidEvent> = object(Object.fromEntries(EVENT_SCHEMA.members) as never, { aliases: ALIASES });

const VALUES: readonly unknown[] = [
  null, true, 0, -1, 1.5, 1e13, '', 'a', 'scroll_depth', 'x'.repeat(65), 'x'.repeat(300), '\0', '\ud800', [], {}, { price: 3 }, { path: '/', utm: null, screen_width: 1 }, { path: 1 },
  { text: 'x'.repeat(9_000) }, '2026-01-31T12:00:00.000Z', '2026-01-31', '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d99',
];

const outcome = (schema: Schema<ValidEvent>, value: unknown): unknown => {
  const faults = new Faults();
  const event = schema.check(value, '/7', faults);
  // A member that is undefined is as good as none.
  return faults.list.length > 0 ? faults.list : Object.fromEntries(Object.entries(event).filter(([, member]) => member !== undefined));
};

test(`EVENT_SCHEMA finds in any value what its description says (seed ${SEED})`, () => {
  const random = randomFrom(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const names = [...EVENT_SCHEMA.members.keys(), ...Object.keys(ALIASES), 'other', 'constructor'];
  for (const value of VALUES) assert.deepEqual(outcome(EVENT_SCHEMA, value), outcome(DESCRIBED, value));
  for (let round = 0; round < 20_000; round += 1) {
    const value: Record<string, unknown> = random() < 0.7 ? { visitor_id: 'v', event_type: 'click' } : {};
    for (let member = random() * 5; member > 0; member -= 1) value[pick(names)] = pick(VALUES);
    assert.deepEqual(outcome(EVENT_SCHEMA, value), outcome(DESCRIBED, value), JSON.stringify(value));
  }
});

test('checkEvents() names faults by the place in the list, those of the caller only where there are no others', () => {
  const items = [{ visitor_id: 'a', event_type: 'click' }, { event_type: 'old' }, { visitor_id: 'b', event_type: 'old' }];
  const refuse = ({ event_type }: ValidEvent): { field: string; message: string } | undefined => (event_type === 'old' ? { field: '/event_type', message: 'is old' } : undefined);
  const { valid, rejected } = checkEvents(EVENT_BODY.check(items, '', new Faults()), refuse);
  assert.deepEqual(valid.map(({ visitor_id }) => visitor_id), ['a']);
  assert.deepEqual(rejected, [
    { index: 1, errors: [{ field: '/1/visitor_id', message: 'is required' }] },
    { index: 2, errors: [{ field: '/2/event_type', message: 'is old' }] },
  ]);
  assert.deepEqual(checkEvents(EVENT_BODY.check(items[2], '', new Faults()), refuse).rejected, [{ index: 0, errors: [{ field: '/event_type', message: 'is old' }] }]);
});
