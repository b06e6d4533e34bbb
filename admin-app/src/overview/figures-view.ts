import type { ResultsAnswer } from '../../../shared/contract/results.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { timeElement } from '../page/time-element.ts';
import { eventsView } from './events-view.ts';
import { spoken } from './look.ts';
import type { Look } from './look.ts';
import type { Figures } from './overview.ts';
import { rateChartView } from './rate-chart-view.ts';
import { variantsView } from './variants-view.ts';
import { verdictIcon, verdictView } from './verdict-view.ts';

const tile = (label: string, value: string, detail: string): Html => html`<div class="tile" data-key="${label}"><dt>${label}</dt><dd><span class="tile-value" data-figure>${value}</span><span class="tile-detail">${detail}</span></dd></div>`;

const tiles = (answer: ResultsAnswer, { format }: Look): Html => {
  const stats = Object.values(answer.variant_stats);
  const conversions = stats.reduce((sum, each) => sum + each.conversion_count, 0);
  const revenue = stats.reduce((sum, each) => sum + each.metrics.total_revenue, 0);
  const { chi_squared } = answer.analysis;
  const rate = answer.global_conversion_rate;
  return html`<dl class="tiles" data-key="tiles">${tile('Visitors', format.count(answer.total_users_in_experiment), `in ${answer.total_variants} variants`)}${tile('Conversions', format.count(conversions), spoken(answer.primary_metric_name))}${tile(
    'Conversion rate',
    rate === null ? '–' : format.percent(rate),
    'of all visitors',
  )}${revenue === 0 ? '' : tile('Revenue', format.amount(revenue), 'in all')}${tile('p-value', chi_squared.p_value === null ? '–' : format.p_value(chi_squared.p_value), chi_squared.p_value === null ? 'not yet' : 'if all variants were alike')}</dl>`;
};

const mismatch = (answer: ResultsAnswer, { format }: Look): Html | undefined => {
  const { srm } = answer.analysis;
  if (srm.mismatch !== true) return undefined;
  const chance = srm.p_value === null ? '' : ` (p ${srm.p_value < 0.001 ? '' : '= '}${format.p_value(srm.p_value)})`;
  return html`<section class="verdict invalid alarm" data-key="mismatch" aria-labelledby="mismatch">${verdictIcon('invalid')}
<div><h2 id="mismatch" data-announce>The visitors are not split as configured${chance}</h2>
<p>Chance alone does not do that. Something loses or adds visitors in one variant: a redirect, a script that fails, bots, or an import that is not whole. Find the cause and start again; nothing below can be trusted until then.</p></div></section>`;
};

const exclusions = (answer: ResultsAnswer, { format }: Look): Html | undefined => {
  const { conflicting_assignments, forced, bots, previews } = answer.exclusions;
  const parts = [
    [conflicting_assignments, 'visitors seen in two variants'],
    [forced, 'visitors whose variant was forced'],
    [bots, 'events of bots'],
    [previews, 'previews'],
  ] as const;
  const left_out = parts.filter(([count]) => count > 0);
  if (left_out.length === 0) return undefined;
  return html`<p class="left-out" data-key="left-out"><strong>Left out:</strong> ${left_out.map(([count, what], index) => html`${index === 0 ? '' : ', '}<span data-figure>${format.count(count)}</span> ${what}`)}.</p>`;
};

const empty = (answer: ResultsAnswer, { landing_url }: Look): Html => html`<section class="panel empty" data-key="empty">
<svg viewBox="0 0 120 64" width="120" height="64" aria-hidden="true"><path class="empty-a" d="M4 52C30 50 44 40 62 34S96 22 116 18"/><path class="empty-b" d="M4 56C30 55 46 50 64 46S98 38 116 34"/></svg>
<h2>No visitors yet</h2>
<p>Open the landing page and you are the first: it assigns you a variant of “${answer.name}”, and the figures here move while you click.</p>
<p><a class="button primary" href="${landing_url}" target="_blank" rel="noopener">Open the landing page</a></p></section>`;

/** The results of the chosen experiment. */
export const figuresView = (figures: Figures, look: Look): Html => {
  const { answer, stale_since } = figures;
  const said = look.overview.services.some(({ name, away_since }) => name === 'metrics' && away_since !== undefined);
  const stale = stale_since === undefined || said ? '' : html`<p class="notice warning" data-key="stale"><strong>These figures are not current.</strong> metrics-service last confirmed them at ${timeElement(stale_since, 'clock')}.</p>`;
  if (answer.total_users_in_experiment === 0) return html`${stale}${empty(answer, look)}${exclusions(answer, look)}${eventsView(answer, look)}`;
  return html`${stale}<div class="figures${stale_since === undefined ? '' : ' stale'}" data-key="figures">${mismatch(answer, look) ?? verdictView(answer, look)}${tiles(answer, look)}${variantsView(answer, look)}${exclusions(answer, look)}${rateChartView(figures, look)}${eventsView(answer, look)}</div>`;
};
