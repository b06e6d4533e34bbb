/** Where an experiment stands: DRAFT → RUNNING ⇄ PAUSED → COMPLETED. */
export type ExperimentStatus = 'DRAFT' | 'RUNNING' | 'PAUSED' | 'COMPLETED';

/** One of the versions that visitors are split between. */
export interface Variant {
  readonly variant_id: string;
  readonly variant_name: string;
  readonly is_control: boolean;
  /** Share of the covered visitors, 0 to 100; the shares of an experiment sum to 100. Zero: nobody new. */
  readonly traffic_allocation_percent: number;
  /** Slot values of the page under this variant. */
  readonly configuration_json: Readonly<Record<string, unknown>>;
}

/** A stretch of time in which neither weights nor coverage changed; the next phase's start is its end. */
export interface Phase {
  readonly start_time: string;
  readonly coverage_percent: number;
  /** `traffic_allocation_percent` by `variant_name`. */
  readonly weights: Readonly<Record<string, number>>;
}

/** An experiment as ab-service answers it; times are ISO 8601, UTC, milliseconds. */
export interface Experiment {
  readonly experiment_id: string;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly hypothesis: string;
  readonly status: ExperimentStatus;
  /** The page it shows on; null when it is only asked for through the API. */
  readonly page: string | null;
  readonly primary_metric_name: string;
  readonly secondary_metric_names: readonly string[];
  readonly guardrail_metric_names: readonly string[];
  /** Share of all visitors who take part, 0 to 100. */
  readonly coverage_percent: number;
  /** A condition (docs/targeting.md) that visitors must meet; null for everybody. */
  readonly targeting: Readonly<Record<string, unknown>> | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  /** The `variant_name` declared best; shown after COMPLETED. */
  readonly winner: string | null;
  /** Whom the winner is shown to: visitors without an assignment, or everybody. */
  readonly winner_for: 'new' | 'all';
  readonly variants: readonly Variant[];
  readonly phases: readonly Phase[];
  /** Experiments of one group exclude each other: a visitor takes part in at most one of them. */
  readonly group?: string | null;
  /** Testers: `variant_name` by `visitor_id`; kept out of results. */
  readonly forced?: Readonly<Record<string, string>>;
  /** Hidden from lists. */
  readonly archived?: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  /** Counts changes from 1; sent back as `If-Match`. */
  readonly version: number;
}

/** The answer of `GET /assign`; `POST /assign` answers a list of them. */
export interface AssignmentAnswer {
  readonly visitor_id: string;
  readonly experiment_id: string;
  /** The experiment's key. */
  readonly experiment: string;
  readonly variant_id: string;
  /** The variant's name. */
  readonly variant: string;
  readonly configuration_json: Readonly<Record<string, unknown>>;
  /** Null when nothing is stored: the visitor is shown this variant but does not take part. */
  readonly assignment_timestamp: string | null;
  /** Whether this very call stored the assignment. */
  readonly is_new: boolean;
}
