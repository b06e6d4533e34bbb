import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApp } from './support/open-app.ts';

const EVENTS = [
  { visitor_id: 'a1', event_type: 'page_view', variant: 'A' },
  { visitor_id: 'a1', event_type: 'form_submit', variant: 'A' },
  { visitor_id: 'a1', event_type: 'form_submit', experiment_id: 'homepage', variant: 'A' },
  { visitor_id: 'a2', event_type: 'page_view', variant: 'A' },
  { visitor_id: 'b1', event_type: 'page_view', variant: 'B' },
  { visitor_id: 'c1', event_type: 'page_view', experiment_id: 'pricing', variant: 'B' },
  { visitor_id: 'nobody', event_type: 'page_view' },
  { visitor_id: 'waits', event_type: 'page_view', experiment_id: 'homepage' },
];

test('GET /stats counts events and visitors by variant, and answers rates over page views and over visitors', async () => {
  using service = openApp();
  await service.askOpenly('POST /events', { json: EVENTS });
  assert.deepEqual((await service.askOpenly('GET /stats')).json(), {
    experiment: 'homepage',
    total_events: 5,
    total_visitors: 3,
    variants: {
      A: { visitors: 2, events: { page_view: 2, form_submit: 2 }, conversion_rate: 1, visitor_conversion_rate: 0.5 },
      B: { visitors: 1, events: { page_view: 1 }, conversion_rate: 0, visitor_conversion_rate: 0 },
    },
  });
});

test('GET /stats is about another experiment where one is named; an unknown one is no error', async () => {
  using service = openApp();
  await service.askOpenly('POST /events', { json: EVENTS });
  assert.deepEqual((await service.askOpenly('GET /stats?experiment=pricing')).json().variants, { B: { visitors: 1, events: { page_view: 1 }, conversion_rate: 0, visitor_conversion_rate: 0 } });
  assert.deepEqual((await service.askOpenly('GET /stats?experiment=never')).json(), { experiment: 'never', total_events: 0, total_visitors: 0, variants: {} });
});

test('GET /stats filters by variant, type and time', async () => {
  using service = openApp();
  await service.askOpenly('POST /events', { json: EVENTS });
  const totals = async (query: string): Promise<readonly unknown[]> => {
    const { total_events, total_visitors, variants } = (await service.askOpenly(`GET /stats?${query}`)).json();
    return [total_events, total_visitors, Object.keys(variants).join()];
  };
  assert.deepEqual(await totals('variant=A'), [4, 2, 'A']);
  assert.deepEqual(await totals('event_type=form_submit'), [2, 1, 'A']);
  assert.deepEqual(await totals('event_type=page_view&variant=B'), [1, 1, 'B']);
  assert.deepEqual(await totals('from=2026-01-05T12:00:00Z'), [5, 3, 'A,B']);
  assert.deepEqual(await totals('to=2026-01-05T12:00:00Z'), [0, 0, '']);
  assert.deepEqual(await totals('from=2026-01-05&to=2026-01-06&event_type=form_submit'), [2, 1, 'A']);
});

test('GET /stats gives an event without a variant that of its visitor, as soon as the assignment is known', async () => {
  using service = openApp();
  await service.askOpenly('POST /events', { json: EVENTS });
  for (const visitor_id of ['nobody', 'waits']) await service.import([{ record: 'assignment', visitor_id, experiment_id: 'homepage', variant: 'B', timestamp: '2026-01-05T11:00:00Z' }]);
  assert.deepEqual((await service.askOpenly('GET /stats')).json().variants.B.events, { page_view: 3 });
});
