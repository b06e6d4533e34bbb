import { decide } from '../../../shared/assign.ts';
import type { Decision, DecisionReason } from '../../../shared/assign.ts';
import type { Clock } from '../../../shared/clock.ts';
import { isoTime } from '../../../shared/clock.ts';
import { Problem } from '../../../shared/problem.ts';
import type { GroupCommit } from '../../../shared/sqlite/group-commit.ts';
import type { Attributes } from '../../../shared/targeting/condition.ts';
import { uuidTime } from '../../../shared/uuid.ts';
import type { Definitions } from '../definitions.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { LiveExperiment, ReadyVariant } from '../experiment/live-experiment.ts';
import type { AssignmentStore, StoredAssignment } from './assignment-store.ts';
import type { Exclusions } from './exclusions.ts';
import type { RecentAssignments } from './recent-assignments.ts';

/** How young an id is whose visitor is taken for new (ms). */
const FRESH_MS = 10_000;
/** Batches larger than this are deliveries and imports, whose visitors are not about to come back. */
const REMEMBERED_AT_ONCE = 100;

/** What a visitor was shown while we were away: which variant, and when (ms). */
export interface Shown {
  readonly variant_id: string;
  readonly at: number;
}

/** A visitor who asks for a variant. */
export interface AssignmentRequest {
  readonly visitor_id: string;
  readonly experiment: LiveExperiment;
  readonly attributes: Attributes;
  /** Why the caller takes the visitor for a program; null for a person. */
  readonly automation: string | null;
  readonly shown?: Shown;
}

/** What a visitor gets. */
export interface Outcome {
  readonly visitor_id: string;
  readonly experiment: LiveExperiment;
  readonly ready: ReadyVariant;
  /** When the stored assignment was made, in ms; null when none is stored. */
  readonly assigned_at: number | null;
  readonly is_new: boolean;
  /** How it came about. */
  readonly reason: DecisionReason | 'stored';
  /** Why a program was given the control instead of being assigned. */
  readonly excluded?: string;
}

/** What an assigner works with. */
export interface AssignerNeeds {
  readonly definitions: Definitions;
  readonly assignments: AssignmentStore;
  readonly recent: RecentAssignments;
  readonly experiments: ExperimentStore;
  readonly commits: GroupCommit;
  readonly exclusions: Exclusions;
  readonly clock: Clock;
  /** Called after assignments were stored. */
  readonly on_stored: () => void;
}

/** Writes an outcome as `/assign` answers it. */
export const answerText = ({ visitor_id, ready, assigned_at, is_new }: Outcome): string =>
  `{"visitor_id":${JSON.stringify(visitor_id)}${assigned_at === null ? ready.answer_middle : ready.stored_middle}${assigned_at === null ? 'null' : `"${isoTime(assigned_at)}"`},"is_new":${is_new}}`;

/** A decision, and the version of the definitions that it rests on. */
interface Decided {
  readonly version: number;
  readonly decision: Decision;
}

/** Gives visitors their variants: what is stored, else what is decided, stored before it is answered. */
export class Assigner {
  readonly #needs: AssignerNeeds;

  constructor(needs: AssignerNeeds) {
    this.#needs = needs;
  }

  /** What a visitor gets; at once where nothing is to be stored, else once it is on disk. */
  assign(request: AssignmentRequest): Outcome | Promise<Outcome> {
    const known = this.#recall(request) ?? (this.#isLikelyNew(request.visitor_id) ? undefined : this.#remember(this.#find(request)));
    if (known !== undefined) return known;
    let decided: Decided | undefined;
    if (request.shown === undefined) {
      decided = { version: this.#needs.definitions.version, decision: this.#decide(request) };
      if (!isKept(decided.decision)) return this.#find(request) ?? this.#counted(this.#outside(request, decided.decision));
    }
    return this.#needs.commits
      .run(() => this.#settle(request, decided))
      .then((outcome) => {
        if (this.#noteStored(outcome)) this.#needs.on_stored();
        return this.#remember(outcome);
      });
  }

  /** What many visitors get, in order, in one transaction. */
  async assignAll(requests: readonly AssignmentRequest[]): Promise<readonly Outcome[]> {
    const outcomes = await this.#needs.commits.run(() => requests.map((request) => this.#settle(request)));
    let stored = false;
    for (const outcome of outcomes) {
      if (!this.#noteStored(outcome)) continue;
      stored = true;
      if (outcomes.length <= REMEMBERED_AT_ONCE) this.#remember(outcome);
    }
    if (stored) this.#needs.on_stored();
    return outcomes;
  }

  /** What a visitor would get, storing nothing. */
  preview(request: AssignmentRequest): Outcome {
    const stored = this.#recall(request) ?? this.#find(request);
    return stored ?? this.#outside(request, this.#decide(request));
  }

  /** Notes in memory what is on disk now, and answers whether an assignment was stored. */
  #noteStored(outcome: Outcome): boolean {
    const { is_new, experiment } = this.#counted(outcome);
    if (is_new && !experiment.assigned) this.#needs.definitions.markAssigned(experiment.row);
    return is_new;
  }

  /** Stores, within a transaction. Decides anew where definitions were changed while the request waited for its turn. */
  #settle(request: AssignmentRequest, decided?: Decided): Outcome {
    const { definitions, assignments, experiments, clock } = this.#needs;
    const { experiment, visitor_id, shown } = request;
    if (definitions.findExperimentByRow(experiment.row) !== experiment) return this.#settle({ ...request, experiment: definitions.getExperiment(experiment.definition.experiment_id) });
    let variant_id = shown?.variant_id;
    let forced = false;
    let reason: Outcome['reason'] = 'stored';
    if (shown === undefined) {
      const decision = decided?.version === definitions.version ? decided.decision : this.#decide(request);
      if (!isKept(decision)) return this.#find(request) ?? this.#outside(request, decision);
      variant_id = decision.variant.variant_id;
      forced = decision.kind === 'forced';
      reason = decision.reason;
    } else forced = Object.hasOwn(experiment.definition.forced ?? {}, visitor_id);
    const ready = experiment.findVariant(variant_id as string);
    if (ready === undefined) throw new Problem('conflict', 'The variant that was shown is no longer part of the experiment.');
    const now = clock();
    const assigned_at = shown === undefined ? now : Math.min(shown.at, now);
    if (!assignments.add(visitor_id, experiment.row, ready.row, assigned_at, forced)) return this.#find(request) as Outcome;
    if (!experiment.assigned) experiments.markAssigned(experiment.row);
    return { visitor_id, experiment, ready, assigned_at, is_new: true, reason };
  }

  /** A visitor whose id was minted a moment ago has hardly been here: storing, which finds out too, saves the look. */
  #isLikelyNew(visitor_id: string): boolean {
    const minted = uuidTime(visitor_id);
    return minted !== undefined && Math.abs(this.#needs.clock() - minted) < FRESH_MS;
  }

  /** What is remembered; only outside of a transaction, where nothing is that could be undone. */
  #recall({ visitor_id, experiment }: AssignmentRequest): Outcome | undefined {
    const stored = this.#needs.recent.find(visitor_id, experiment.row);
    return stored === undefined ? undefined : outcomeOf(visitor_id, experiment, stored);
  }

  #remember<T extends Outcome | undefined>(found: T): T {
    if (found !== undefined && found.assigned_at !== null) this.#needs.recent.put(found.visitor_id, found.experiment.row, { variant: found.ready.row, assigned_at: found.assigned_at });
    return found;
  }

  #find({ visitor_id, experiment }: AssignmentRequest): Outcome | undefined {
    const stored = this.#needs.assignments.find(visitor_id, experiment.row);
    return stored === undefined ? undefined : outcomeOf(visitor_id, experiment, stored);
  }

  #decide({ visitor_id, experiment, attributes, automation }: AssignmentRequest): Decision {
    const { definitions, clock } = this.#needs;
    const { definition } = experiment;
    const grouped = definition.group !== null && definition.group !== undefined;
    return decide({
      experiment: definition,
      visitor_id,
      attributes,
      experiment_enabled: definitions.experiment_enabled,
      automation,
      now: clock(),
      ...(grouped ? { running: definitions.running, in_group_already: this.#isInGroup(visitor_id, experiment) } : {}),
    });
  }

  #isInGroup(visitor_id: string, { row, definition }: LiveExperiment): boolean {
    return this.#needs.assignments.ofVisitor(visitor_id).some((assignment) => {
      if (assignment.experiment === row) return false;
      const other = this.#needs.definitions.findExperimentByRow(assignment.experiment)?.definition;
      return other !== undefined && other.group === definition.group && other.status !== 'COMPLETED';
    });
  }

  #outside({ visitor_id, experiment, automation }: AssignmentRequest, { variant, reason }: Decision): Outcome {
    const ready = experiment.findVariant(variant.variant_id);
    if (ready === undefined) throw new TypeError(`Variant ${variant.variant_id} has no row.`);
    const outcome = { visitor_id, experiment, ready, assigned_at: null, is_new: false, reason };
    return reason === 'automation' ? { ...outcome, excluded: automation ?? 'automation' } : outcome;
  }

  #counted(outcome: Outcome): Outcome {
    if (outcome.excluded !== undefined) this.#needs.exclusions.count(outcome.experiment.definition.experiment_id, outcome.excluded);
    return outcome;
  }
}

const outcomeOf = (visitor_id: string, experiment: LiveExperiment, { variant, assigned_at }: StoredAssignment): Outcome => ({
  visitor_id,
  experiment,
  ready: experiment.variantByRow(variant),
  assigned_at,
  is_new: false,
  reason: 'stored',
});

const isKept = ({ kind }: Decision): boolean => kind === 'assigned' || kind === 'forced';
