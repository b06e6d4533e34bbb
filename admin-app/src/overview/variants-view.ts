import type { Interval } from '../../../shared/contract/analysis.ts';
import type { ResultsAnswer } from '../../../shared/contract/results.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { intervalPlot, intervalRange } from './interval-plot.ts';
import { comparisonOf, controlName, spoken, variantClass, variantNames } from './look.ts';
import type { Look } from './look.ts';

const NONE = html`<span class="none">–</span>`;

const intervalText = (interval: Interval | null, write: (value: number) => string): Html | undefined =>
  interval === null ? undefined : html`<span class="interval" data-figure>${write(interval[0])} to ${write(interval[1])}</span>`;

const figure = (value: number | null | undefined, write: (value: number) => string): Html => (value === null || value === undefined ? NONE : html`<span data-figure>${write(value)}</span>`);

/** The figures of every variant side by side: visitors, conversions, rate, and the comparison with the control. */
export const variantsView = (answer: ResultsAnswer, { format }: Look): Html => {
  const { analysis } = answer;
  const control = controlName(answer);
  const names = variantNames(answer);
  const rates = new Map(analysis.rates.map((rate) => [rate.variant_name, { value: rate.rate, interval: rate.ci }]));
  const lifts = new Map(analysis.comparisons.map((each) => [each.variant_name, { value: each.relative_lift, interval: each.relative_lift_ci }]));
  const rate_range = intervalRange([...rates.values()]);
  const lift_range = intervalRange([...lifts.values()], 0);
  const adjusted = analysis.comparisons.length > 1;
  const with_revenue = names.some((name) => (answer.variant_stats[name]?.metrics.total_revenue ?? 0) !== 0);

  const row = (name: string): Html | undefined => {
    const stats = answer.variant_stats[name];
    if (stats === undefined) return undefined;
    const rate = rates.get(name) ?? { value: stats.conversion_rate, interval: null };
    const lift = lifts.get(name);
    const comparison = comparisonOf(answer, name);
    const best = analysis.bayesian.find((each) => each.variant_name === name)?.probability_best;
    return html`<tr role="row" class="${variantClass(answer, name)}" data-key="${name}">
<th role="rowheader" scope="row"><span class="variant-mark" aria-hidden="true"></span><span class="variant-name">${name}</span>${name === control ? html` <span class="tag">control</span>` : ''}</th>
<td role="cell" data-label="Visitors">${figure(stats.total_assigned_users, format.count)}</td>
<td role="cell" data-label="Conversions">${figure(stats.conversion_count, format.count)}</td>
<td role="cell" data-label="Conversion rate" class="with-plot"><span class="figure-pair"><strong>${figure(rate.value, format.percent)}</strong> ${intervalText(rate.interval, format.percent)}</span>${intervalPlot(rate, rate_range)}</td>
<td role="cell" data-label="Against ${control}" class="with-plot">${
      lift === undefined
        ? html`<span class="none">${name === control ? 'the measure' : '–'}</span>`
        : html`<span class="figure-pair"><strong>${figure(lift.value, format.change)}</strong> ${intervalText(lift.interval, format.change)}</span>${intervalPlot(lift, lift_range, 0)}`
    }</td>
<td role="cell" data-label="${adjusted ? 'p, adjusted' : 'p‑value'}">${figure(adjusted ? comparison?.adjusted_p_value : comparison?.p_value, format.p_value)}</td>
<td role="cell" data-label="Chance to be best">${figure(best, format.chance)}</td>
${with_revenue ? html`<td role="cell" data-label="Revenue">${figure(stats.metrics.total_revenue, format.amount)}</td><td role="cell" data-label="Per visitor">${figure(stats.metrics.revenue_per_user, format.amount)}</td>` : ''}
</tr>`;
  };

  return html`<section class="panel" aria-labelledby="variants-title" data-key="variants">
<div class="panel-head"><h2 id="variants-title">Variants</h2><p class="hint">A conversion is a visitor’s first ${spoken(answer.primary_metric_name)}. Ranges are 95% intervals.</p></div>
<table class="variants" role="table" aria-labelledby="variants-title">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Variant</th><th role="columnheader" scope="col">Visitors</th><th role="columnheader" scope="col">Conversions</th><th role="columnheader" scope="col">Conversion rate</th><th role="columnheader" scope="col">Against ${control}</th><th role="columnheader" scope="col">${
    adjusted ? 'p, adjusted' : 'p‑value'
  }</th><th role="columnheader" scope="col">Chance to be best</th>${with_revenue ? html`<th role="columnheader" scope="col">Revenue</th><th role="columnheader" scope="col">Per visitor</th>` : ''}</tr></thead>
<tbody role="rowgroup">${names.map(row)}</tbody>
</table>
</section>`;
};
