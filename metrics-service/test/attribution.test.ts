import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrolmentsOf } from '../src/assignment/enrolment.ts';
import { metricsOf, resultPlaces, statsPlaces } from '../src/rollup/attribution.ts';
import type { AttributableEvent } from '../src/rollup/attribution.ts';

const MINUTE = 60_000;
const HOME = 1;
const OTHER = 2;
const [A, B] = [11, 12];
const assigned = (experiment: number, variant: number, assigned_at: number, forced: boolean = false): { experiment: number; variant: number; assigned_at: number; forced: boolean } => ({ experiment, variant, assigned_at, forced });
const event = (more: Partial<AttributableEvent>): AttributableEvent => ({ type: 21, named_metric: null, experiment: null, variant: null, at: 100 * MINUTE, arrived: 100 * MINUTE, value: null, imported: false, ...more });

test('enrolmentsOf() lets the earliest assignment count', () => {
  assert.deepEqual([...enrolmentsOf([assigned(HOME, A, 9), assigned(HOME, A, 5), assigned(OTHER, B, 1)]).values()], [
    { experiment: HOME, variant: A, assigned_at: 5, standing: 'counted' },
    { experiment: OTHER, variant: B, assigned_at: 1, standing: 'counted' },
  ]);
});

test('enrolmentsOf() finds a conflict in two variants, whatever their order, and leaves testers out', () => {
  const standing = (...assignments: ReturnType<typeof assigned>[]): string | undefined => enrolmentsOf(assignments).get(HOME)?.standing;
  assert.equal(standing(assigned(HOME, A, 9), assigned(HOME, B, 5), assigned(HOME, A, 1)), 'conflicting');
  assert.equal(standing(assigned(HOME, A, 9), assigned(HOME, B, 5, true)), 'forced');
  assert.equal(standing(assigned(HOME, A, 5, true), assigned(HOME, A, 9)), 'forced');
});

test('statsPlaces() takes the event at its own word, else its visitor’s assignment', () => {
  const enrolments = enrolmentsOf([assigned(HOME, A, 5), assigned(OTHER, B, 5)]);
  const places = (more: Partial<AttributableEvent>): unknown => statsPlaces(event(more), enrolments).map(({ experiment, variant }) => [experiment, variant]);
  assert.deepEqual(places({}), [[HOME, A], [OTHER, B]]);
  assert.deepEqual(places({ experiment: HOME, variant: B }), [[HOME, B]]);
  assert.deepEqual(places({ experiment: OTHER }), [[OTHER, B]]);
  assert.deepEqual(places({ experiment: 3 }), []);
  assert.deepEqual(statsPlaces(event({ experiment: HOME, variant: A, at: 1 }), enrolmentsOf([])), [{ experiment: HOME, variant: A }]);
});

test('resultPlaces() counts events at or after the assignment, in the assigned variant', () => {
  const at = 100 * MINUTE;
  const count = (more: Partial<AttributableEvent>, assigned_at: number = at): readonly unknown[] => resultPlaces(event(more), enrolmentsOf([assigned(HOME, A, assigned_at)])).map((place) => [place.enrolment.variant, place.at - at]);
  assert.deepEqual(count({ at, variant: B, experiment: HOME }), [[A, 0]]);
  assert.deepEqual(count({ at: at + 1 }), [[A, 1]]);
  assert.deepEqual(count({ at, experiment: OTHER }), []);
  assert.deepEqual(count({ at: at - 5 * MINUTE + 1, arrived: at }), [[A, 0]], 'a browser clock that is behind');
  assert.deepEqual(count({ at: at - 5 * MINUTE, arrived: at }), []);
  assert.deepEqual(count({ at: at - 1, arrived: at - 1 }), [], 'arrived before the assignment');
  assert.deepEqual(count({ at: at - 1, arrived: at, imported: true }), [], 'imports say what they mean');
});

test('resultPlaces() leaves out visitors in conflict and testers', () => {
  assert.deepEqual(resultPlaces(event({}), enrolmentsOf([assigned(HOME, A, 1), assigned(HOME, B, 2)])), []);
  assert.deepEqual(resultPlaces(event({}), enrolmentsOf([assigned(HOME, A, 1, true)])), []);
});

test('metricsOf() counts an event with a name in two metrics', () => {
  assert.deepEqual(metricsOf(event({})), [21]);
  assert.deepEqual(metricsOf(event({ named_metric: 22 })), [21, 22]);
});
