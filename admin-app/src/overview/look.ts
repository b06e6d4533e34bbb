import type { ResultsAnswer } from '../../../shared/contract/results.ts';
import type { Comparison } from '../../../shared/contract/analysis.ts';
import type { Role } from '../account/account.ts';
import { mayAct } from '../account/account.ts';
import type { Format } from '../page/format.ts';
import type { Overview } from './overview.ts';

/** Who looks at an overview, and how it is written for them. */
export interface Look {
  readonly overview: Overview;
  readonly format: Format;
  readonly role: Role;
  /** Where visitors find the landing page. */
  readonly landing_url: string;
  /** The question that is open without a script's help: see `ask-first`. */
  readonly ask: string | undefined;
}

/** Variants beyond these share colours; their names and marks still tell them apart. */
const COLOURS = 6;

/** The variants' names in the order in which they are shown, control first. */
export const variantNames = (answer: ResultsAnswer): readonly string[] => Object.keys(answer.variant_stats);

/** The class that gives a variant its colour and mark, the same wherever it appears. */
export const variantClass = (answer: ResultsAnswer, variant_name: string): string => `variant-${(Math.max(0, variantNames(answer).indexOf(variant_name)) % COLOURS) + 1}`;

/** A variant's comparison with the control; undefined for the control itself. */
export const comparisonOf = ({ analysis }: ResultsAnswer, variant_name: string): Comparison | undefined => analysis.comparisons.find((each) => each.variant_name === variant_name);

/** The name of the control, as far as the comparisons tell. */
export const controlName = (answer: ResultsAnswer): string | undefined => answer.analysis.comparisons[0]?.control_name ?? variantNames(answer)[0];

/** Whether whoever looks may turn switches. */
export const maySwitch = ({ role }: Look): boolean => mayAct(role, 'editor');

/** A metric's name as a person says it: `form_submit` is "form submit". */
export const spoken = (name: string): string => name.replaceAll('_', ' ').replace(':', ': ');
