import type { Clock } from '../../../shared/clock.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import { evaluateToggle } from '../../../shared/toggle.ts';
import type { Assigner, AssignmentRequest, Outcome } from '../assignment/assigner.ts';
import { visitorOf } from '../context.ts';
import type { Visitor } from '../context.ts';
import type { Definitions } from '../definitions.ts';
import type { LiveExperiment } from '../experiment/live-experiment.ts';
import type { ToggleUse } from '../toggle/toggle-use.ts';
import { experimentText, failureText, toggleText } from './flag.ts';
import type { ErrorCode } from './flag.ts';

/** The longest targetingKey, for toggles. */
export const TARGETING_KEY_LENGTH_MAX = 1_024;
/** The longest for experiments: it is the visitor's id there. */
export const VISITOR_ID_LENGTH_MAX = 256;

/** What an evaluation needs. */
export interface EvaluatorNeeds {
  readonly definitions: Definitions;
  readonly assigner: Assigner;
  readonly toggle_use: ToggleUse;
  readonly bot_filter: boolean;
  readonly clock: Clock;
}

/** A valid context, taken apart. */
export interface EvaluationContext {
  readonly targeting_key: string | undefined;
  readonly visitor: Visitor;
}

/** The text of an evaluation, and what went wrong if something did. */
export interface Evaluation {
  readonly text: string;
  readonly error?: ErrorCode;
}

/** Evaluates toggles and experiments as the flags of OFREP. */
export class Evaluator {
  readonly #needs: EvaluatorNeeds;

  constructor(needs: EvaluatorNeeds) {
    this.#needs = needs;
  }

  /** Reads a context, which may be absent; answers why it is none where it is not. */
  contextOf(value: unknown = {}): EvaluationContext | { readonly fault: string } {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'context must be an object' };
    const context = value as JsonObject;
    const targeting_key = Object.hasOwn(context, 'targetingKey') ? context['targetingKey'] : undefined;
    if (targeting_key === undefined || targeting_key === '') return { targeting_key: undefined, visitor: visitorOf(context, this.#needs.bot_filter) };
    if (typeof targeting_key !== 'string' || targeting_key.length > TARGETING_KEY_LENGTH_MAX || !targeting_key.isWellFormed() || targeting_key.includes('\0'))
      return { fault: `targetingKey must be a string of at most ${TARGETING_KEY_LENGTH_MAX} characters` };
    return { targeting_key, visitor: visitorOf(context, this.#needs.bot_filter) };
  }

  /** One flag. An experiment assigns the visitor, and is answered once that is on disk. */
  evaluate(key: string, context: EvaluationContext): Evaluation | Promise<Evaluation> {
    const { definitions, assigner, toggle_use } = this.#needs;
    const toggle = definitions.findToggle(key);
    if (toggle !== undefined) {
      toggle_use.note(key);
      return this.#toggle(toggle, context);
    }
    const experiment = definitions.findExperiment(key);
    if (experiment === undefined || experiment.definition.key !== key) return failed(key, 'FLAG_NOT_FOUND', 'There is no such toggle or experiment.');
    const request = requestOf(experiment, context);
    if ('error' in request) return request;
    const outcome = assigner.assign(request);
    return outcome instanceof Promise ? outcome.then(evaluationOf) : evaluationOf(outcome);
  }

  /** All flags, by key; assigns nobody. Archived experiments are left out. */
  evaluateAll(context: EvaluationContext): readonly Evaluation[] {
    const { definitions, assigner, toggle_use } = this.#needs;
    const toggles = definitions.toggles.map((toggle) => {
      toggle_use.note(toggle.key);
      return this.#toggle(toggle, context);
    });
    const experiments = definitions.experiments
      .filter(({ definition }) => definition.archived !== true)
      .map((experiment) => {
        const request = requestOf(experiment, context);
        return 'error' in request ? request : evaluationOf(assigner.preview(request));
      });
    return [...toggles, ...experiments];
  }

  #toggle(toggle: Toggle, { targeting_key, visitor }: EvaluationContext): Evaluation {
    const evaluation = evaluateToggle(toggle, targeting_key ?? null, visitor.attributes, this.#needs.clock());
    if (evaluation.reason === 'SPLIT' && targeting_key === undefined) return failed(toggle.key, 'TARGETING_KEY_MISSING', 'The rollout is partial: it needs a targetingKey.');
    return { text: toggleText(toggle, evaluation) };
  }
}

const failed = (key: string, error: ErrorCode, details: string): { readonly text: string; readonly error: ErrorCode } => ({ text: failureText(key, error, details), error });

const evaluationOf = ({ experiment, ready, reason }: Outcome): Evaluation => ({ text: experimentText(experiment.definition, ready, reason) });

const requestOf = (experiment: LiveExperiment, { targeting_key, visitor }: EvaluationContext): AssignmentRequest | ReturnType<typeof failed> => {
  if (targeting_key === undefined) return failed(experiment.definition.key, 'TARGETING_KEY_MISSING', 'An experiment needs a targetingKey: the id of the visitor.');
  if (targeting_key.length > VISITOR_ID_LENGTH_MAX) return failed(experiment.definition.key, 'INVALID_CONTEXT', `For an experiment, targetingKey must have at most ${VISITOR_ID_LENGTH_MAX} characters.`);
  return { visitor_id: targeting_key, experiment, ...visitor };
};
