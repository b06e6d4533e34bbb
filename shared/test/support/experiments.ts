import type { Experiment, Variant } from '../../contract/experiment.ts';
import type { Toggle } from '../../contract/toggle.ts';

/** Variants A, B, C … with these weights; the first is the control. */
export const variantsOf = (...weights: readonly number[]): readonly Variant[] =>
  weights.map((weight, index) => {
    const name = String.fromCharCode(65 + index);
    return { variant_id: `variant-${name}`, variant_name: name, is_control: index === 0, traffic_allocation_percent: weight, configuration_json: {} };
  });

/** A RUNNING experiment over everybody, 50/50, changed as told. */
export const experimentOf = (changes: Partial<Experiment> = {}): Experiment => ({
  experiment_id: '0192f3a4-0000-7000-8000-000000000001',
  key: 'homepage',
  name: 'Homepage Hero Test',
  description: '',
  hypothesis: '',
  status: 'RUNNING',
  page: 'home',
  primary_metric_name: 'form_submit',
  secondary_metric_names: [],
  guardrail_metric_names: [],
  coverage_percent: 100,
  targeting: null,
  start_time: null,
  end_time: null,
  winner: null,
  winner_for: 'new',
  variants: variantsOf(50, 50),
  phases: [],
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  version: 1,
  ...changes,
});

/** An enabled toggle that is on for everybody, changed as told. */
export const toggleOf = (changes: Partial<Toggle> = {}): Toggle => ({
  key: 'banner',
  name: 'Banner',
  description: '',
  enabled: true,
  rollout_percent: 100,
  value_on: true,
  value_off: false,
  targeting: null,
  updated_at: '2026-01-01T00:00:00.000Z',
  ...changes,
});
