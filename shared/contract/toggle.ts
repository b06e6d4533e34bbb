/** A toggle as ab-service answers it: one value while on for a visitor, another while off. */
export interface Toggle {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** Share of the targeted visitors who get `value_on`, 0 to 100. */
  readonly rollout_percent: number;
  /** Boolean, string, number or any JSON; `value_off` has the same type. */
  readonly value_on: unknown;
  readonly value_off: unknown;
  /** A condition (docs/targeting.md) that visitors must meet; null for everybody. */
  readonly targeting: Readonly<Record<string, unknown>> | null;
  /** Off before this time, if one is set. */
  readonly start_time?: string | null;
  /** Off from this time on, if one is set. */
  readonly end_time?: string | null;
  readonly updated_at: string;
}
