import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { figuresView } from './figures-view.ts';
import { headView } from './head-view.ts';
import type { Look } from './look.ts';
import { servicesView } from './services-view.ts';
import { switchesView } from './switches-view.ts';

const missing = ({ overview }: Look): Html => {
  const { chosen, choices, services } = overview;
  const metrics_away = services.some(({ name, away_since }) => name === 'metrics' && away_since !== undefined);
  if (chosen === undefined && choices.length > 0) return html`<section class="panel placeholder-panel" data-key="missing"><h2>There is no such experiment</h2><p>It may have been deleted. Choose another one above.</p></section>`;
  if (metrics_away) return html`<section class="panel placeholder-panel" data-key="missing"><h2>No figures at present</h2><p>metrics-service is away. The figures appear here by themselves as soon as it is back.</p></section>`;
  if (chosen === undefined) return html`<section class="panel placeholder-panel" data-key="missing"><h2>No experiment yet</h2><p>As soon as ab-service has one, it appears here.</p></section>`;
  return html`<section class="panel placeholder-panel" data-key="missing"><h2>Waiting for the first figures</h2><p>metrics-service has not heard of this experiment yet. That takes a moment after it was made.</p></section>`;
};

/** Everything on the overview that changes by itself: sent whole, and again with each change. */
export const overviewView = (look: Look): Html => {
  const { figures } = look.overview;
  return html`${servicesView(look)}${headView(look)}<div class="columns" data-key="columns"><div class="main-column" data-key="main">${figures === undefined ? missing(look) : figuresView(figures, look)}</div><aside class="side-column" aria-label="Switches" data-key="side">${switchesView(look)}</aside></div>`;
};
