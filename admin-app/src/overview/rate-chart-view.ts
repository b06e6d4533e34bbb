import type { ResultsAnswer } from '../../../shared/contract/results.ts';
import { isoTime } from '../../../shared/clock.ts';
import { html, jsonScript } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { timeElement } from '../page/time-element.ts';
import { variantClass, variantNames } from './look.ts';
import type { Look } from './look.ts';
import type { Figures } from './overview.ts';
import { curveOf } from './curve.ts';
import type { CurvePoint } from './curve.ts';
import { rateChart } from './rate-chart.ts';
import type { ChartLine, RateChart, TimeTick } from './rate-chart.ts';

/** Rows of the table behind the chart: of more, every so many-th is shown. */
const ROWS_MAX = 120;

const share = (thousandths: number): string => `${(thousandths / 10).toFixed(2)}%`;

const plot = (chart: RateChart, answer: ResultsAnswer): Html => html`<svg class="chart-plot" width="100%" height="100%" aria-hidden="true">
${chart.tick_ys.map((y) => html`<line class="grid-line" x1="0" x2="100%" y1="${share(y)}" y2="${share(y)}"/>`)}
${chart.time_ticks.map(({ x }) => html`<line class="grid-line faint" x1="${share(x)}" x2="${share(x)}" y1="0" y2="100%"/>`)}
<svg width="100%" height="100%" viewBox="0 0 1000 1000" preserveAspectRatio="none">
${chart.lines.map((line) => html`<path class="chart-band ${variantClass(answer, line.variant_name)}" d="${line.band}"/>`)}
${chart.lines.map((line) => html`<path class="chart-line ${variantClass(answer, line.variant_name)}" d="${line.line}" vector-effect="non-scaling-stroke"/>`)}
</svg>
${chart.lines.map((line) => {
  const end = line.points.at(-1);
  return end === undefined ? '' : html`<circle class="chart-end ${variantClass(answer, line.variant_name)}" cx="${share(end.x)}" cy="${share(end.y)}" r="4"/>`;
})}
</svg>`;

const timeLabel = ({ x, at, detail }: TimeTick, index: number): Html => {
  const anchor = x < 40 ? 'start' : x > 960 ? 'end' : 'middle';
  const text = detail === 'day' ? dayText(at) : `${isoTime(at).slice(11, 16)} UTC`;
  return html`<text class="tick-label${index % 2 === 1 ? ' odd' : ''}${index % 3 === 0 ? '' : ' rare'}" x="${share(x)}" y="14" text-anchor="${anchor}" ${detail === 'day' ? '' : html`data-clock="${isoTime(at)}" data-detail="${detail}"`}>${text}</text>`;
};

const dayText = (at: number): string => new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(at);

/** Beside the curve there is room for a letter or a short word; the legend has the rest. */
const NAME_MAX = 8;
const shortName = (name: string): string => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name);

const legend = (answer: ResultsAnswer): Html | undefined =>
  variantNames(answer).every((name) => name.length <= NAME_MAX)
    ? undefined
    : html`<ul class="chart-legend" data-key="legend">${variantNames(answer).map((name) => html`<li class="${variantClass(answer, name)}"><span class="variant-mark" aria-hidden="true"></span>${name}</li>`)}</ul>`;

const endLabel = (line: ChartLine, answer: ResultsAnswer, { format }: Look): Html | undefined => {
  const rate = line.points.at(-1)?.figures.cumulative_rate;
  if (rate === null || rate === undefined) return undefined;
  return html`<text class="end-label ${variantClass(answer, line.variant_name)}" x="8" y="${share(line.label_y)}" dy="0.32em"><tspan class="end-name">${shortName(line.variant_name)}</tspan><tspan dx="6">${format.percent(rate)}</tspan></text>`;
};

/** What the pointer's script reads: where each point stands, and what is said of it. */
const pointData = (chart: RateChart, answer: ResultsAnswer, { format }: Look): Html =>
  jsonScript(
    chart.lines.map((line) => ({
      name: line.variant_name,
      mark: variantClass(answer, line.variant_name),
      points: line.points.map(({ x, y, at, figures }) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10, at, format.percent(figures.cumulative_rate ?? 0), format.count(figures.cumulative_users)]),
    })),
  );

const table = (answer: ResultsAnswer, points: readonly CurvePoint[], { format }: Look): Html => {
  const names = variantNames(answer);
  const every = Math.ceil(points.length / ROWS_MAX);
  const rows = points.filter((_, index) => index % every === every - 1 || index === points.length - 1).toReversed();
  return html`<table class="series"><thead><tr><th scope="col" rowspan="2">Until</th>${names.map((name) => html`<th scope="colgroup" colspan="3">${name}</th>`)}</tr>
<tr>${names.map(() => html`<th scope="col">Visitors</th><th scope="col">Rate</th><th scope="col">95% interval</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ at, variants }) => html`<tr data-key="${at}"><th scope="row">${timeElement(at, 'moment')}</th>${names.map((name) => {
      const point = variants[name];
      const [low, high] = point?.cumulative_ci ?? [];
      return html`<td>${format.count(point?.cumulative_users ?? 0)}</td><td>${typeof point?.cumulative_rate === 'number' ? format.percent(point.cumulative_rate) : '–'}</td><td>${low === undefined || high === undefined ? '–' : `${format.percent(low)} to ${format.percent(high)}`}</td>`;
    })}</tr>`,
  )}</tbody></table>`;
};

const summary = (answer: ResultsAnswer, { format }: Look): string =>
  variantNames(answer)
    .map((name) => `${name} ${format.percent(answer.variant_stats[name]?.conversion_rate ?? 0)}`)
    .join(', ');

/** The chart of cumulative conversion rates, drawn here, with the table behind it. */
export const rateChartView = ({ answer, since, trail }: Figures, look: Look): Html => {
  const curve = curveOf(answer.series ?? [], trail, since);
  const chart = curve === undefined ? undefined : rateChart(curve, variantNames(answer));
  const head = html`<div class="panel-head"><h2 id="chart-title">Conversion rate over time</h2><p class="hint">All visitors so far, with the 95% interval of each variant.</p></div>`;
  if (chart === undefined) return html`<section class="panel" aria-labelledby="chart-title" data-key="chart">${head}<p class="placeholder">The curves begin with the next change.</p></section>`;
  return html`<section class="panel" aria-labelledby="chart-title" data-key="chart">${head}${legend(answer)}
<rate-chart><div class="chart" role="img" aria-label="Conversion rate of each variant over time; now ${summary(answer, look)}. The table below has every value.">
<svg class="chart-rates" width="100%" height="100%" aria-hidden="true">${chart.scale.ticks.map((tick, index) => html`<text class="tick-label" x="100%" dx="-8" y="${share(chart.tick_ys[index] ?? 0)}" dy="0.32em" text-anchor="end">${look.format.round_percent(tick)}</text>`)}</svg>
<div class="chart-area">${plot(chart, answer)}</div>
<svg class="chart-ends" width="100%" height="100%" aria-hidden="true">${chart.lines.map((line) => endLabel(line, answer, look))}</svg>
<svg class="chart-times" width="100%" height="20" aria-hidden="true">${chart.time_ticks.map(timeLabel)}</svg>
</div><script type="application/json">${pointData(chart, answer, look)}</script></rate-chart>
<details class="behind" data-key="series"><summary>The chart as a table</summary><div class="scroller" tabindex="0" role="region" aria-label="The chart as a table">${table(answer, curve?.points ?? [], look)}</div></details>
</section>`;
};
