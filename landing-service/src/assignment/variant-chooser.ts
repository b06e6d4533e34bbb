import { isoTime } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import { decide, shownVariant } from '../../../shared/assign.ts';
import type { Experiment, Variant } from '../../../shared/contract/experiment.ts';
import type { Log } from '../../../shared/log.ts';
import type { Attributes } from '../../../shared/targeting/condition.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { LateAssignment } from '../outbox/deliver-assignments.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { AssignedEntry } from '../visitor/assigned-cookie.ts';
import type { Visit } from '../visitor/visit.ts';
import type { AssignClient } from './assign-client.ts';
import { PLAIN } from './shown.ts';
import type { Shown } from './shown.ts';

/** How long a page waits for ab-service (milliseconds). */
export const ASSIGN_TIMEOUT_MS = 250;

/** What choosing needs. */
export interface ChooserNeeds {
  readonly configuration: Configuration;
  readonly client: AssignClient;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
}

const shown = (experiment: Experiment, variant: Variant, entry?: AssignedEntry): Shown => ({
  configuration: variant.configuration_json,
  part: { experiment: experiment.key, variant: variant.variant_name },
  ...(entry === undefined ? {} : { entry }),
});

/** Chooses what a visitor is shown: what they were shown before, else what ab-service says, else what it would have said. */
export class VariantChooser {
  readonly #needs: ChooserNeeds;
  /** Visitors who are shown a page without taking part because nothing is known of its experiment. */
  unassigned = 0;
  /** Visitors who were assigned here, because ab-service did not answer in time. */
  assigned_here = 0;

  constructor(needs: ChooserNeeds) {
    this.#needs = needs;
  }

  /** Answers at once for a visitor who was here before and for a page without an experiment; others wait for ab-service, 250 ms at most. */
  choose(visit: Visit, page: string, first_experiment: string | undefined, attributes: () => Attributes): Shown | Promise<Shown> {
    const { configuration, clock } = this.#needs;
    const experiment = configuration.experimentOn(page);
    if (experiment === undefined) {
      if (configuration.is_known || first_experiment === undefined || visit.exclusion !== undefined) return PLAIN;
      return this.#askBlindly(visit, first_experiment, attributes());
    }
    const stored = visit.entries.find(({ experiment_id }) => experiment_id === experiment.experiment_id);
    const given = stored && experiment.variants.find(({ variant_id }) => variant_id === stored.variant_id);
    if (given !== undefined && visit.exclusion === undefined) return this.#again(experiment, given);

    const decision = decide({
      experiment,
      visitor_id: visit.visitor_id,
      attributes: attributes(),
      experiment_enabled: configuration.experiment_enabled,
      automation: visit.exclusion ?? null,
      running: configuration.experiments,
      in_group_already: this.#isInGroupAlready(visit, experiment),
      now: clock(),
    });
    if (decision.kind === 'assigned' || (decision.kind === 'forced' && visit.exclusion === undefined)) return this.#ask(visit, experiment, decision.variant, attributes());
    return { configuration: decision.variant.configuration_json, part: null };
  }

  /** The assignment stands, whatever is shown: with a winner for everybody, the page is the winner's and the events stay with the variant that was given. */
  #again(experiment: Experiment, given: Variant): Shown {
    const variant = shownVariant(experiment, given);
    return variant === given ? shown(experiment, given) : { ...shown(experiment, given), configuration: variant.configuration_json };
  }

  #isInGroupAlready(visit: Visit, experiment: Experiment): boolean {
    if (!experiment.group) return false;
    const rivals = this.#needs.configuration.experiments.filter(({ group, experiment_id }) => group === experiment.group && experiment_id !== experiment.experiment_id);
    return rivals.some(({ experiment_id }) => visit.entries.some((entry) => entry.experiment_id === experiment_id));
  }

  async #ask(visit: Visit, experiment: Experiment, decided: Variant, attributes: Attributes): Promise<Shown> {
    const answer = await this.#needs.client.ask({ visitor_id: visit.visitor_id, experiment: experiment.experiment_id, context: attributes });
    if (answer === 'refused') return { configuration: (experiment.variants.find(({ is_control }) => is_control) ?? decided).configuration_json, part: null };
    if (answer === 'away') return this.#assignHere(visit, experiment, decided);
    const variant = experiment.variants.find(({ variant_id }) => variant_id === answer.variant_id);
    const configuration = variant?.configuration_json ?? answer.configuration_json;
    if (answer.assignment_timestamp === null) return { configuration, part: null };
    const entry = { experiment_id: answer.experiment_id, variant_id: answer.variant_id, at: Date.parse(answer.assignment_timestamp) };
    return { configuration, part: { experiment: answer.experiment, variant: answer.variant }, entry };
  }

  /** Nothing is known yet, but the page says which experiment it began with: ab-service may be there already. */
  async #askBlindly(visit: Visit, experiment: string, attributes: Attributes): Promise<Shown> {
    const answer = await this.#needs.client.ask({ visitor_id: visit.visitor_id, experiment, context: attributes });
    if (typeof answer === 'string') {
      this.unassigned += 1;
      return PLAIN;
    }
    if (answer.assignment_timestamp === null) return { configuration: answer.configuration_json, part: null };
    const entry = { experiment_id: answer.experiment_id, variant_id: answer.variant_id, at: Date.parse(answer.assignment_timestamp) };
    return { configuration: answer.configuration_json, part: { experiment: answer.experiment, variant: answer.variant }, entry };
  }

  /** The same hash over the last known configuration gives what ab-service would have given; it is told as soon as it is back. */
  async #assignHere(visit: Visit, experiment: Experiment, variant: Variant): Promise<Shown> {
    const { outbox, clock, log } = this.#needs;
    const at = clock();
    const late: LateAssignment = { visitor_id: visit.visitor_id, experiment: experiment.experiment_id, variant_id: variant.variant_id, assignment_timestamp: isoTime(at) };
    try {
      await outbox.add([{ destination: 'ab', item_id: `${visit.visitor_id} ${experiment.experiment_id}`, visitor_id: visit.visitor_id, body: JSON.stringify(late), created_at: at }]);
    } catch (error) {
      // What cannot be kept must not be counted: the page as it is, and no part in the test.
      log.error('an assignment could not be kept', { reason: String(error) });
      this.unassigned += 1;
      return PLAIN;
    }
    this.assigned_here += 1;
    return shown(experiment, variant, { experiment_id: experiment.experiment_id, variant_id: variant.variant_id, at });
  }
}
