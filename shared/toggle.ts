import { bucketsIn, BUCKETS, rolloutBucketOf } from './bucket.ts';
import type { Toggle } from './contract/toggle.ts';
import { conditionOf } from './targeting/condition-of.ts';
import type { Attributes } from './targeting/condition.ts';
import { matches } from './targeting/condition.ts';

/** OFREP's word for how a value came about. */
export type ToggleReason = 'DISABLED' | 'DEFAULT' | 'SPLIT' | 'TARGETING_MATCH' | 'STATIC';

/** A toggle's value for one visitor. */
export interface ToggleEvaluation {
  readonly value: unknown;
  readonly variant: 'on' | 'off';
  readonly reason: ToggleReason;
}

/**
 * Evaluates a toggle for a visitor: on when it is enabled, within its schedule, its condition is met and the visitor is within the rollout.
 * An anonymous visitor (null) cannot be split and is out of every partial rollout. `now` in ms; without it no schedule is looked at.
 * A condition that cannot be compiled is met by nobody. Never throws.
 */
export const evaluateToggle = (toggle: Toggle, visitor_id: string | null, attributes: Attributes, now?: number): ToggleEvaluation => {
  if (!toggle.enabled || (now !== undefined && !isScheduled(toggle, now))) return off(toggle, 'DISABLED');
  if (toggle.targeting !== null && !matches(conditionOf(toggle.targeting), attributes)) return off(toggle, 'DEFAULT');
  const within = bucketsIn(toggle.rollout_percent);
  if (within > 0 && within < BUCKETS) {
    return visitor_id !== null && rolloutBucketOf(visitor_id, toggle.key) < within ? on(toggle, 'SPLIT') : off(toggle, 'SPLIT');
  }
  const reason = toggle.targeting === null ? 'STATIC' : 'TARGETING_MATCH';
  return within > 0 ? on(toggle, reason) : off(toggle, reason);
};

const on = (toggle: Toggle, reason: ToggleReason): ToggleEvaluation => ({ value: toggle.value_on, variant: 'on', reason });

const off = (toggle: Toggle, reason: ToggleReason): ToggleEvaluation => ({ value: toggle.value_off, variant: 'off', reason });

const isScheduled = (toggle: Toggle, now: number): boolean =>
  !(toggle.start_time && now < Date.parse(toggle.start_time)) && !(toggle.end_time && now >= Date.parse(toggle.end_time));
