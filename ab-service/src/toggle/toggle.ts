import { isoTime } from '../../../shared/clock.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import { invalid } from '../../../shared/problem.ts';
import type { ToggleBody } from './toggle-body.ts';

/** The type of a toggle's value, as OpenFeature clients ask for it. */
export type ValueType = 'boolean' | 'string' | 'number' | 'json';

/** The type of a value; null, lists and objects are JSON. */
export const valueTypeOf = (value: unknown): ValueType => (typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number' ? typeof value as ValueType : 'json');

const NEUTRAL: Readonly<Record<ValueType, unknown>> = { boolean: false, string: '', number: 0, json: null };

const isoOrNull = (time: number | null | undefined): string | null => (time === null || time === undefined ? null : isoTime(time));

/**
 * Makes the definition of a toggle that a caller put, whole: what is absent takes its default, `value_off` the neutral value of its type.
 * Throws Problem `invalid` when the two values differ in type or the schedule ends before it starts.
 */
export const toggleOf = (key: string, body: ToggleBody, now: number): Toggle => {
  const value_on = body.value_on === undefined ? true : body.value_on;
  const value_off = body.value_off === undefined ? NEUTRAL[valueTypeOf(value_on)] : body.value_off;
  const { start_time = null, end_time = null } = body;
  const faults = [
    ...(valueTypeOf(value_on) === valueTypeOf(value_off) ? [] : [{ field: '/value_off', message: `must be of the same type as value_on (${valueTypeOf(value_on)})` }]),
    ...(start_time !== null && end_time !== null && end_time <= start_time ? [{ field: '/end_time', message: 'must be after start_time' }] : []),
  ];
  if (faults.length > 0) throw invalid(faults);
  return {
    key,
    name: body.name?.trim() || key,
    description: body.description ?? '',
    enabled: body.enabled ?? false,
    rollout_percent: body.rollout_percent ?? 100,
    value_on,
    value_off,
    targeting: body.targeting ?? null,
    start_time: isoOrNull(start_time),
    end_time: isoOrNull(end_time),
    updated_at: isoTime(now),
  };
};
