import type { Toggle } from '../../../shared/contract/toggle.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { maySwitch } from './look.ts';
import type { Look } from './look.ts';

interface Switch {
  readonly id: string;
  readonly action: string;
  readonly on: boolean;
  readonly label: string;
  readonly detail: Html | string;
  readonly experiment: string | undefined;
  readonly enabled: boolean;
}

/** A switch that acts at once: a form whose button says what it will become, sent without leaving the page where scripts run. */
const switchView = ({ id, action, on, label, detail, experiment, enabled }: Switch): Html => html`<switch-form class="switch-row" data-key="${id}">
<div class="switch-words"><span class="switch-label" id="${id}-label">${label}</span><span class="switch-detail" id="${id}-detail">${detail}</span></div>
<form method="post" action="${action}"><input type="hidden" name="enabled" value="${on ? 'false' : 'true'}">${
  experiment === undefined ? '' : html`<input type="hidden" name="experiment" value="${experiment}">`
}<button class="switch" id="${id}" role="switch" aria-checked="${on ? 'true' : 'false'}" aria-labelledby="${id}-label" aria-describedby="${id}-detail" ${enabled ? '' : html`disabled`}><span class="switch-thumb" aria-hidden="true"></span></button></form>
</switch-form>`;

const audience = ({ rollout_percent, targeting }: Toggle): string => {
  const share = rollout_percent < 100 ? `to ${rollout_percent} % of visitors` : '';
  const who = targeting === null ? '' : 'where its condition is met';
  return [share, who].filter((part) => part !== '').join(', ');
};

const toggleDetail = (toggle: Toggle): string => {
  const to = audience(toggle);
  return [toggle.description, to === '' ? '' : `Shown ${to}.`].filter((part) => part !== '').join(' ') || toggle.key;
};

/** Identifiers in a document hold no dots. */
const elementId = (key: string): string => `toggle-${key.replace(/[^\w-]/g, '-')}`;

/** The switch over all experiments, and every toggle; changed at once on the landing page. */
export const switchesView = (look: Look): Html => {
  const { config, config_live, chosen } = look.overview;
  const head = html`<div class="panel-head"><h2 id="switches-title">Switches</h2><p class="hint">They act on the landing page at once; switching back undoes.</p></div>`;
  if (config === undefined) return html`<section class="panel switches" aria-labelledby="switches-title" data-key="switches">${head}<p class="placeholder">${config_live ? 'Waiting for the toggles.' : 'ab-service is away. The switches return with it.'}</p></section>`;
  const enabled = maySwitch(look) && config_live;
  const experiment = chosen?.key;
  const toggles = config.toggle_rules.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  return html`<section class="panel switches" aria-labelledby="switches-title" data-key="switches">${head}
${maySwitch(look) ? '' : html`<p class="hint">Your role reads; an editor may switch.</p>`}
<div class="switch-list main-switch">${switchView({
    id: 'experiment-switch',
    action: '/experiment-switch',
    on: config.experiment_enabled,
    label: 'All experiments',
    detail: config.experiment_enabled ? 'New visitors are split between the variants.' : 'Off: new visitors see the control. Everybody else keeps their variant.',
    experiment,
    enabled,
  })}</div>
<h3>Toggles</h3>
${
  toggles.length === 0
    ? html`<p class="placeholder">There is no toggle yet.</p>`
    : html`<div class="switch-list">${toggles.map((toggle) =>
        switchView({ id: elementId(toggle.key), action: `/toggles/${encodeURIComponent(toggle.key)}`, on: toggle.enabled, label: toggle.name || toggle.key, detail: toggleDetail(toggle), experiment, enabled }),
      )}</div>`
}
<p class="switch-fault" role="alert" data-keep></p>
</section>`;
};
