import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { AssignmentStore } from '../assignment/assignment-store.ts';
import type { EventWriter } from '../event/event-writer.ts';
import type { FrozenStore } from '../retention/frozen-store.ts';
import type { Reattribution } from '../rollup/reattribution.ts';
import type { VisitorStore } from '../visitor/visitor-store.ts';
import type { ExperimentStore, StoredExperiment } from './experiment-store.ts';

/** What adopting a definition may touch. */
export interface AdoptionNeeds {
  readonly experiments: ExperimentStore;
  readonly event_writer: EventWriter;
  readonly assignments: AssignmentStore;
  readonly frozen: FrozenStore;
  readonly reattribution: Reattribution;
  readonly visitors: VisitorStore;
}

/** Whether an experiment is one that ab-service has not spoken of. */
const isOpen = ({ definition, source }: StoredExperiment): boolean => definition === null || source === 'import';

/**
 * Takes over the definition of an export, unless the experiment has one. Answers whether it did.
 */
export const adoptImported = (needs: AdoptionNeeds, definition: Experiment): boolean => {
  const { experiments } = needs;
  const known = [definition.experiment_id, definition.key].map((text) => experiments.find(text));
  if (known.some((experiment) => experiment !== undefined && experiment.definition !== null)) return false;
  adopt(needs, definition, 'import');
  return true;
};

/**
 * Takes over a definition from ab-service, inside the caller's transaction. Events may have named the experiment before it was
 * known, by id or by key: those become one experiment, and events of both count together from now on. A key that was used
 * again after its experiment was deleted means the new one from now on; old events stay with the old one. Visitors who are named as
 * testers are left out of results from now on, and stay so: what they saw was not their own.
 */
export const adoptExperiment = (needs: AdoptionNeeds, definition: Experiment): void => {
  const experiment = adopt(needs, definition, 'ab');
  const { assignments, reattribution, visitors } = needs;
  const testers = Object.keys(definition.forced ?? {}).flatMap((visitor_id) => visitors.find(visitor_id) ?? []);
  const counted = testers.filter((visitor) => assignments.ofVisitor(visitor).some((assignment) => assignment.experiment === experiment && !assignment.forced));
  if (counted.length > 0) reattribution.change(counted, () => counted.forEach((visitor) => assignments.force(visitor, experiment)));
};

const adopt = (needs: AdoptionNeeds, definition: Experiment, source: 'ab' | 'import'): number => {
  const { experiments } = needs;
  const defined = experiments.findDefined(definition.experiment_id);
  const target = defined ?? undefinedMeaning(needs, definition.key) ?? undefinedMeaning(needs, definition.experiment_id) ?? experiments.create();
  for (const text of [definition.experiment_id, definition.key]) {
    const name = experiments.findName(text);
    if (name === undefined) experiments.addName(text, target);
    else if (name.experiment !== target) {
      const other = experiments.get(name.experiment);
      if (isOpen(other)) absorb(needs, name.experiment, target);
      else if (definition.updated_at >= (other.definition?.updated_at ?? '')) {
        experiments.retireName(name, other.public_id);
        experiments.addName(text, target);
      }
    }
  }
  experiments.define(target, definition, source);
  return target;
};

const undefinedMeaning = ({ experiments }: AdoptionNeeds, text: string): number | undefined => {
  const name = experiments.findName(text);
  return name !== undefined && isOpen(experiments.get(name.experiment)) ? name.experiment : undefined;
};

const absorb = ({ experiments, event_writer, assignments, frozen, reattribution }: AdoptionNeeds, from: number, into: number): void => {
  const visitors = new Set([...experiments.namesOf(from).flatMap((name) => event_writer.visitorsNaming(name)), ...assignments.visitorsIn(from)]);
  reattribution.change([...visitors], () => {
    assignments.move(from, into);
    frozen.move(from, into);
    experiments.absorb(from, into);
  });
};
