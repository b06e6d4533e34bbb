import type { EventRecorder } from '../event/event-recorder.ts';
import { adoptImported } from '../experiment/adopt-experiment.ts';
import type { AdoptionNeeds } from '../experiment/adopt-experiment.ts';
import type { SentAssignments, SentRecords } from '../recording/record-columns.ts';
import type { WordStore } from '../word/word-store.ts';

/** What imported records are stored with. */
export interface ImportedNeeds extends AdoptionNeeds {
  readonly words: WordStore;
  readonly recorder: EventRecorder;
}

/** Stores records of an import inside the caller's transaction; answers how many of them were not there. */
export const recordImported = (needs: ImportedNeeds, { definitions, assignments, events }: SentRecords): number => {
  const { recorder } = needs;
  const defined = definitions.filter((definition) => adoptImported(needs, definition)).length;
  // Assignments first: an event that comes after its visitor's is counted where it belongs at once.
  const coming = new Set(events.visitors.texts);
  const assigned = assignments.reduce((count, alike) => count + assign(needs, alike, coming), 0);
  for (const [visitor_id, id] of needs.visitors.makeAll(events.visitors.texts)) needs.visitors.begin(visitor_id, id);
  const { seq } = recorder.recordAll(events);
  // They hardly come again, and whoever is remembered with all that they did takes much memory.
  for (const { visitors } of assignments) for (const visitor_id of visitors) needs.visitors.forgetOne(visitor_id);
  return defined + assigned + seq.reduce((count, place) => count + (place === 0 ? 0 : 1), 0);
};

const assign = ({ experiments, words, reattribution }: ImportedNeeds, { experiment_id, variant, forced, visitors, at }: SentAssignments, coming: ReadonlySet<string>): number => {
  const { experiment } = experiments.name(experiment_id);
  experiments.markImported(experiment);
  return reattribution.assignAll({ experiment, variant: words.idOf(variant), forced, from_log: false }, visitors, at, coming);
};
