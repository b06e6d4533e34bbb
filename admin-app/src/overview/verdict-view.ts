import type { DecisionState } from '../../../shared/contract/analysis.ts';
import type { ResultsAnswer } from '../../../shared/contract/results.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { comparisonOf, controlName } from './look.ts';
import type { Look } from './look.ts';

const ICONS: Readonly<Record<DecisionState, Html>> = {
  invalid: html`<path d="M12 3 22 20.5H2z"/><path d="M12 9.5v5M12 17.6v.1"/>`,
  wait: html`<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.2 2"/>`,
  winner: html`<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16.2 9.4"/>`,
  loser: html`<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6M15 9l-6 6"/>`,
  no_difference: html`<circle cx="12" cy="12" r="9"/><path d="M8 10.2h8M8 13.8h8"/>`,
};

/** The sign of a verdict. */
export const verdictIcon = (state: DecisionState): Html => html`<svg class="verdict-icon" viewBox="0 0 24 24" width="32" height="32" aria-hidden="true">${ICONS[state]}</svg>`;

const headline = (answer: ResultsAnswer, { format }: Look): string => {
  const { state, variant_name } = answer.analysis.decision;
  const control = controlName(answer) ?? 'the control';
  const lift = variant_name === null ? null : (comparisonOf(answer, variant_name)?.relative_lift ?? null);
  const by = lift === null ? '' : `: ${format.change(lift)}`;
  if (state === 'winner') return `${variant_name} does better than ${control}${by}`;
  if (state === 'loser') return `${variant_name} does worse than ${control}${by}`;
  if (state === 'no_difference') return 'No difference that matters';
  return state === 'invalid' ? 'These figures cannot be trusted' : 'Too early to tell';
};

/** What the figures mean, in a headline and a sentence. */
export const verdictView = (answer: ResultsAnswer, look: Look): Html => {
  const { state, reason } = answer.analysis.decision;
  const title = headline(answer, look);
  return html`<section class="verdict ${state.replace('_', '-')}" aria-labelledby="verdict" data-key="verdict">
${verdictIcon(state)}
<div><h2 id="verdict" data-announce>${title}</h2><p>${reason}</p></div>
</section>`;
};
