import type { ResultsAnswer } from '../../../shared/contract/results.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { spoken, variantClass, variantNames } from './look.ts';
import type { Look } from './look.ts';

/** The order in which a visit goes; other types follow by name. */
const ORDER = ['page_view', 'scroll', 'click', 'cta_click', 'form_submit', 'engagement', 'time_on_page'];

const rank = (type: string): number => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length);

/** Every type of event that a variant has, in the order of a visit. */
export const eventTypes = (answer: ResultsAnswer): readonly string[] =>
  [...new Set(Object.values(answer.variant_stats).flatMap((stats) => Object.keys(stats.event_counts)))].toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en'));

const countOf = (answer: ResultsAnswer, name: string, type: string): number => {
  const counts = answer.variant_stats[name]?.event_counts;
  // Own members only: a type may be called `toString`, and another variant have none of it.
  return counts !== undefined && Object.hasOwn(counts, type) ? (counts[type] ?? 0) : 0;
};

/** How often each event was counted in each variant. */
export const eventsView = (answer: ResultsAnswer, { format }: Look): Html | undefined => {
  const types = eventTypes(answer);
  const names = variantNames(answer);
  if (types.length === 0) return undefined;
  const most = Math.max(1, ...types.flatMap((type) => names.map((name) => countOf(answer, name, type))));
  const cell = (type: string, name: string): Html => {
    const count = countOf(answer, name, type);
    return html`<td class="${variantClass(answer, name)}"><span data-figure>${format.count(count)}</span><svg class="count-bar" width="100%" height="4" aria-hidden="true"><rect width="${((count / most) * 100).toFixed(2)}%" height="4" rx="2"/></svg></td>`;
  };
  return html`<section class="panel" aria-labelledby="events-title" data-key="events">
<div class="panel-head"><h2 id="events-title">Events</h2><p class="hint">Counted from each visitor’s assignment on, ${format.count(answer.total_events)} in all.</p></div>
<div class="scroller" tabindex="0" role="region" aria-labelledby="events-title"><table class="events"><thead><tr><th scope="col">Event</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${types.map((type) => html`<tr data-key="${type}"><th scope="row">${spoken(type)}</th>${names.map((name) => cell(type, name))}</tr>`)}</tbody></table></div>
</section>`;
};
