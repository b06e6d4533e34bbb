import type { EventRecorder } from '../event/event-recorder.ts';
import { adoptImported } from '../experiment/adopt-experiment.ts';
import type { AdoptionNeeds } from '../experiment/adopt-experiment.ts';
import type { SentAssignments, SentRecords } from '../recording/record-columns.ts';
import { lookedUp, textAt } from '../recording/sent-texts.ts';
import type { Assigned } from '../rollup/reattribution.ts';
import type { WordStore } from '../word/word-store.ts';

/** What imported records are stored with. */
export interface ImportedNeeds extends AdoptionNeeds {
  readonly words: WordStore;
  readonly recorder: EventRecorder;
}

/** Stores records of an import inside the caller's transaction; answers how many of them were not there. */
export const recordImported = (needs: ImportedNeeds, { definitions, assignments, events }: SentRecords): number => {
  const { visitors, reattribution, recorder } = needs;
  const defined = definitions.filter((definition) => adoptImported(needs, definition)).length;
  visitors.makeAll(assignments.visitors.texts);
  visitors.makeAll(events.visitors.texts);
  // Assignments first: an event that comes after its visitor's is counted where it belongs at once.
  const assigned = reattribution.assignAll(assignedOf(needs, assignments));
  return defined + assigned + recorder.recordAll(events).seq.reduce((count, seq) => count + (seq === 0 ? 0 : 1), 0);
};

const assignedOf = ({ experiments, words }: ImportedNeeds, { count, visitors, experiments: names, variants, at, forced }: SentAssignments): readonly Assigned[] => {
  const experimentOf = lookedUp(names, (name) => {
    const { experiment } = experiments.name(name);
    experiments.markImported(experiment);
    return experiment;
  });
  const variantOf = lookedUp(variants, (variant) => words.idOf(variant));
  return Array.from({ length: count }, (_, place) => ({
    visitor_id: textAt(visitors, place) as string,
    experiment: experimentOf(place) as number,
    variant: variantOf(place) as number,
    assigned_at: at[place] as number,
    forced: forced.has(place),
    from_log: false,
  }));
};
