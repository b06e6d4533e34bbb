import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownId, UUID_BYTES } from '../../shared/sqlite/stored-id.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { recordableOf } from '../src/event/recordable-event.ts';
import { EventColumns } from '../src/recording/event-columns.ts';
import type { SentEvents } from '../src/recording/event-columns.ts';
import { textAt } from '../src/recording/sent-texts.ts';

const EVENTS = 300;
const AT = Date.UTC(2026, 0, 5);

const eventOf = (index: number): Parameters<EventColumns['add']> => {
  const event = {
    event_id: index % 7 === 0 ? `own ${index}` : uuidv7(AT),
    visitor_id: `v${index % 90}`,
    event_type: index % 2 === 0 ? 'click' : 'page_view',
    event_name: index % 3 === 0 ? `button ${index % 5}` : undefined,
    variant: index % 4 === 0 ? 'A' : undefined,
    value: index % 11 === 0 ? index : undefined,
    properties: index % 13 === 0 ? { index } : undefined,
    context: index % 17 === 0 ? { path: `/${index}` } : undefined,
  };
  return [recordableOf(event, { at: AT + index, arrived: AT + index * 2, imported: index % 23 === 0 }), index % 19 === 0 ? 'bot' : undefined];
};

const told = (sent: SentEvents, place: number): unknown => [
  sent.other_ids?.get(place) ?? shownId(sent.uuids.slice(place * UUID_BYTES, (place + 1) * UUID_BYTES)),
  ...[sent.visitors, sent.types, sent.metrics, sent.experiments, sent.variants].map((texts) => textAt(texts, place) ?? null),
  ...[sent.at[place], sent.arrived[place], sent.values?.get(place) ?? null, sent.properties?.get(place) ?? null, sent.contexts?.get(place) ?? null, sent.excluded?.get(place), sent.imported?.has(place) ?? false],
];

test('EventColumns say of each event what it was, also in another thread', () => {
  const columns = new EventColumns();
  const events = Array.from({ length: EVENTS }, (_, index) => eventOf(index));
  for (const event of events) columns.add(...event);
  const sent = columns.sent();
  const arrived = structuredClone(sent, { transfer: [sent.buffer] });
  assert.equal(arrived.count, EVENTS);
  assert.equal(arrived.visitors.texts.length, 90);
  events.forEach(([event, excluded_as], place) => {
    const { event_id, visitor_id, event_type, event_name, experiment_id, variant, at, value, properties, context } = event;
    const metric = event_name === null ? null : `${event_type}:${event_name}`;
    assert.deepEqual(told(arrived, place), [event_id, visitor_id, event_type, metric, experiment_id, variant, at, event.arrived, value, properties, context, excluded_as, event.imported]);
  });
});
