import type { Experiment, Phase } from '../../../shared/contract/experiment.ts';

/** What a test says of an experiment; the rest is as ab-service gives it. */
export interface DefinitionWords {
  readonly experiment_id?: string;
  readonly name?: string;
  readonly primary_metric_name?: string;
  readonly secondary_metric_names?: readonly string[];
  readonly guardrail_metric_names?: readonly string[];
  /** Percent by variant name; the first is the control. */
  readonly weights?: Readonly<Record<string, number>>;
  readonly phases?: readonly Phase[];
  readonly updated_at?: string;
}

/** Makes the definition of a running experiment. */
export const definitionOf = (key: string, words: DefinitionWords = {}): Experiment => {
  const weights = words.weights ?? { A: 50, B: 50 };
  return {
    experiment_id: words.experiment_id ?? `01980000-0000-7000-8000-${Buffer.from(key).toString('hex').padEnd(12, '0').slice(0, 12)}`,
    key,
    name: words.name ?? key,
    description: '',
    hypothesis: '',
    status: 'RUNNING',
    page: null,
    primary_metric_name: words.primary_metric_name ?? 'form_submit',
    secondary_metric_names: words.secondary_metric_names ?? [],
    guardrail_metric_names: words.guardrail_metric_names ?? [],
    coverage_percent: 100,
    targeting: null,
    start_time: '2025-12-01T00:00:00.000Z',
    end_time: null,
    winner: null,
    winner_for: 'new',
    variants: Object.entries(weights).map(([variant_name, traffic_allocation_percent], index) => ({ variant_id: `${key}-${variant_name}`, variant_name, is_control: index === 0, traffic_allocation_percent, configuration_json: {} })),
    phases: words.phases ?? [{ start_time: '2025-12-01T00:00:00.000Z', coverage_percent: 100, weights }],
    created_at: '2025-12-01T00:00:00.000Z',
    updated_at: words.updated_at ?? '2025-12-01T00:00:00.000Z',
    version: 1,
  };
};
