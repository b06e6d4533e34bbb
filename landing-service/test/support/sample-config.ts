import type { ConfigDocument } from '../../../shared/contract/config.ts';
import type { Experiment, Variant } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';

/** A variant as ab-service gives it. */
export const sampleVariant = (name: string, percent: number, configuration_json: Readonly<Record<string, unknown>> = {}): Variant => ({
  variant_id: `variant-${name}`,
  variant_name: name,
  is_control: name === 'A',
  traffic_allocation_percent: percent,
  configuration_json,
});

/** The experiment on the first page: A is the page as it is, B has another headline. */
export const sampleExperiment = (more: Partial<Experiment> = {}): Experiment => ({
  experiment_id: 'experiment-1',
  key: 'homepage',
  name: 'Homepage',
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
  variants: [sampleVariant('A', 50), sampleVariant('B', 50, { headline: 'Headline <of> B' })],
  phases: [],
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  version: 1,
  ...more,
});

/** A toggle that is on or off for everybody. */
export const sampleToggle = (key: string, enabled: boolean, more: Partial<Toggle> = {}): Toggle => ({
  key,
  name: key,
  description: '',
  enabled,
  rollout_percent: 100,
  value_on: true,
  value_off: false,
  targeting: null,
  updated_at: '2026-01-01T00:00:00.000Z',
  ...more,
});

/** A configuration with the one experiment. */
export const sampleConfig = (more: Partial<ConfigDocument> = {}): ConfigDocument => ({ version: 1, experiment_enabled: true, toggles: {}, toggle_rules: [], experiments: [sampleExperiment()], ...more });
