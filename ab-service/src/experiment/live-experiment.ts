import type { Experiment, Variant } from '../../../shared/contract/experiment.ts';
import { shownVariant } from '../../../shared/assign.ts';
import type { KeptExperiment } from './experiment-store.ts';

/** A variant with the texts that answers are put together from: built once, so that a request stringifies nothing large. */
export interface ReadyVariant {
  readonly row: number;
  readonly variant: Variant;
  /** What is shown to visitors who have this variant stored: the winner, where it was declared for all. */
  readonly shown: Variant;
  /** What stands between a visitor's id and the time in an answer to `/assign`. */
  readonly answer_middle: string;
  /** The same for a visitor with this variant stored. */
  readonly stored_middle: string;
  /** What stands before a visitor's id in an entry of the log. */
  readonly log_experiment: string;
  /** What stands between a visitor's id and the time there. */
  readonly log_variant: string;
}

/** An experiment in memory, ready to answer with, whatever its status. */
export class LiveExperiment {
  readonly row: number;
  readonly definition: Experiment;
  /** The definition as JSON. */
  readonly text: string;
  readonly #by_row = new Map<number, ReadyVariant>();
  readonly #by_id = new Map<string, ReadyVariant>();
  #assigned: boolean;

  constructor({ row, definition, variant_rows, assigned }: KeptExperiment) {
    this.row = row;
    this.definition = definition;
    this.text = JSON.stringify(definition);
    this.#assigned = assigned;
    const { experiment_id, key } = definition;
    const middleOf = ({ variant_id, variant_name, configuration_json }: Variant): string =>
      `,"experiment_id":${JSON.stringify(experiment_id)},"experiment":${JSON.stringify(key)},"variant_id":${JSON.stringify(variant_id)},` +
      `"variant":${JSON.stringify(variant_name)},"configuration_json":${JSON.stringify(configuration_json)},"assignment_timestamp":`;
    for (const variant of definition.variants) {
      const variant_row = variant_rows.get(variant.variant_id);
      if (variant_row === undefined) throw new TypeError(`Variant ${variant.variant_id} has no row.`);
      const shown = shownVariant(definition, variant);
      const ready: ReadyVariant = {
        row: variant_row,
        variant,
        shown,
        answer_middle: middleOf(variant),
        stored_middle: middleOf(shown),
        log_experiment: `"experiment_id":${JSON.stringify(experiment_id)},"visitor_id":`,
        log_variant: `,"variant_id":${JSON.stringify(variant.variant_id)},"variant":${JSON.stringify(variant.variant_name)},"assignment_timestamp":`,
      };
      this.#by_row.set(variant_row, ready);
      this.#by_id.set(variant.variant_id, ready);
    }
  }

  /** Whether anybody was ever assigned in it. */
  get assigned(): boolean {
    return this.#assigned;
  }

  markAssigned(): void {
    this.#assigned = true;
  }

  /** The variant that a stored assignment names; it is there, because variants stay once somebody is assigned. */
  variantByRow(row: number): ReadyVariant {
    const found = this.#by_row.get(row);
    if (found === undefined) throw new TypeError(`Experiment ${this.definition.key} has no variant ${row}.`);
    return found;
  }

  findVariant(variant_id: string): ReadyVariant | undefined {
    return this.#by_id.get(variant_id);
  }
}
