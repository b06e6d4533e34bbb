import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayStart, isTimeZone, localTime, SERIES_MAX, stretches, stretchStart } from '../src/result/calendar.ts';

const at = (text: string): number => Date.parse(text);
const HOUR = 3_600_000;

test('dayStart() finds where a day begins in a time zone, also where midnight does not exist', () => {
  assert.equal(dayStart('2026-01-31', 'Asia/Kolkata'), at('2026-01-30T18:30:00Z'));
  assert.equal(dayStart('2026-01-31', 'America/New_York', 1), at('2026-02-01T05:00:00Z'));
  assert.equal(dayStart('2024-04-26', 'Africa/Cairo'), at('2024-04-25T22:00:00Z'));
  assert.equal(dayStart('2026-02-30', 'UTC'), undefined);
});

test('stretches() gives days of 23 and 25 hours their length', () => {
  const lengths = (from: string, to: string): readonly number[] => {
    const starts = stretches(at(from), at(to), 'day', 'Europe/Berlin') ?? [];
    return starts.slice(1).map((start, index) => (start - (starts[index] ?? 0)) / HOUR);
  };
  assert.deepEqual(lengths('2026-03-28T12:00Z', '2026-03-31T00:00Z'), [24, 23, 24]);
  assert.deepEqual(lengths('2026-10-24T12:00Z', '2026-10-27T00:00Z'), [24, 25, 24]);
});

test('stretches() begins weeks on Mondays and hours on the clock’s hours', () => {
  assert.deepEqual(stretches(at('2026-01-01T00:00Z'), at('2026-01-12T00:00Z'), 'week', 'UTC'), [at('2025-12-29'), at('2026-01-05')]);
  assert.deepEqual(stretches(at('2026-01-01T00:10Z'), at('2026-01-01T01:31Z'), 'hour', 'Asia/Kolkata'), [at('2025-12-31T23:30Z'), at('2026-01-01T00:30Z'), at('2026-01-01T01:30Z')]);
});

test('stretches() goes on where clocks are set by half an hour, and gives up on too many', () => {
  const starts = stretches(at('2026-04-04T12:00Z'), at('2026-04-04T18:00Z'), 'hour', 'Australia/Lord_Howe') ?? [];
  assert.ok(starts.length >= 6 && starts.every((start, index) => index === 0 || start > (starts[index - 1] ?? 0)));
  assert.equal(stretches(0, (SERIES_MAX + 1) * HOUR, 'hour', 'UTC'), undefined);
});

test('stretchStart() finds the stretch that holds a moment; localTime() shows it as the clocks there do', () => {
  const start = stretchStart(at('2026-07-01T10:59:59.999Z'), 'hour', 'Asia/Kathmandu');
  assert.equal(localTime(start, 'Asia/Kathmandu'), '2026-07-01T16:00:00+05:45');
});

test('isTimeZone() knows names of zones and nothing else', () => {
  assert.deepEqual(['UTC', 'Europe/Berlin', 'Moon/Base', '', '+02:00'].map(isTimeZone), [true, true, false, false, false]);
});
