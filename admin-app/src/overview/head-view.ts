import type { ExperimentStatus } from '../../../shared/contract/experiment.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import { timeElement } from '../page/time-element.ts';
import { maySwitch } from './look.ts';
import type { Look } from './look.ts';
import type { ExperimentChoice } from './overview.ts';

const STATUS_WORDS: Readonly<Record<ExperimentStatus, string>> = { DRAFT: 'draft', RUNNING: 'running', PAUSED: 'paused', COMPLETED: 'completed' };

interface Question {
  readonly ask: 'pause' | 'resume';
  readonly to: ExperimentStatus;
  readonly label: string;
  readonly title: string;
  readonly detail: string;
}

const QUESTIONS: Partial<Record<ExperimentStatus, Question>> = {
  RUNNING: { ask: 'pause', to: 'PAUSED', label: 'Pause', title: 'Pause this experiment?', detail: 'New visitors see the control and do not take part. Those who take part keep their variant, and their conversions still count. You can resume at any time.' },
  PAUSED: { ask: 'resume', to: 'RUNNING', label: 'Resume', title: 'Resume this experiment?', detail: 'New visitors are split between the variants again. Nobody changes variant.' },
};

/** A question before an act; without scripts the link opens it by a reload. */
const askFirst = (chosen: ExperimentChoice, question: Question, open: boolean): Html => {
  const { ask, to, label, title, detail } = question;
  return html`<ask-first data-key="${ask}"><a class="button" id="ask-${ask}" href="/?experiment=${encodeURIComponent(chosen.key)}&ask=${ask}">${label}</a>
<dialog aria-labelledby="ask-title" aria-describedby="ask-detail" ${open ? html`open` : ''}><h2 id="ask-title">${title}</h2><p id="ask-detail">${detail}</p>
<div class="dialog-buttons"><form method="dialog"><button class="button quiet" autofocus>Cancel</button></form>
<form method="post" action="/experiments/${encodeURIComponent(chosen.id)}/status"><input type="hidden" name="status" value="${to}"><input type="hidden" name="version" value="${chosen.version ?? ''}"><input type="hidden" name="experiment" value="${chosen.key}"><button class="button primary">${label}</button></form></div></dialog></ask-first>`;
};

const picker = ({ overview }: Look): Html | undefined => {
  const { choices, chosen } = overview;
  if (choices.length === 0) return undefined;
  return html`<auto-submit data-key="picker"><form method="get" action="/" class="picker"><label for="experiment">Experiment</label>
<select id="experiment" name="experiment" autocomplete="off">${chosen === undefined ? html`<option value="" selected disabled>Choose one</option>` : ''}${choices.map(
    ({ key, name, status }) => html`<option value="${key}" ${key === chosen?.key ? html`selected` : ''}>${name} (${STATUS_WORDS[status]})</option>`,
  )}</select><button class="button">Show</button></form></auto-submit>`;
};

const daysText = (days: number): string => {
  const whole = Math.floor(days);
  return whole < 1 ? 'since today' : whole === 1 ? 'for 1 day' : `for ${whole} days`;
};

const facts = ({ overview }: Look): Html | undefined => {
  const { chosen, figures, config } = overview;
  if (chosen === undefined) return undefined;
  const { status, source, key } = chosen;
  const answer = figures?.answer;
  const start = answer?.start_time ?? null;
  const days = answer?.experiment_days_running;
  return html`<p class="facts"><span class="status ${status.toLowerCase()}" data-announce>${STATUS_WORDS[status]}</span>${
    status === 'RUNNING' && days !== undefined ? html` <span>${daysText(days)}</span>` : start === null ? '' : html` <span>from ${timeElement(Date.parse(start), 'day')}</span>`
  } <code>${key}</code>${status === 'RUNNING' && config?.experiment_enabled === false ? html` <span class="tag">all experiments are off</span>` : ''}${source === 'import' ? html` <span class="tag">imported</span>` : ''}</p>`;
};

/** The name of the experiment and where it stands, the way to the others, and its brake. */
export const headView = (look: Look): Html => {
  const { chosen, config_live } = look.overview;
  const question = chosen === undefined || chosen.version === undefined || !maySwitch(look) || !config_live ? undefined : QUESTIONS[chosen.status];
  return html`<header class="overview-head" data-key="head"><div><h1>${chosen?.name ?? 'Overview'}</h1>${facts(look)}</div>
<div class="head-tools">${picker(look)}${chosen === undefined || question === undefined ? '' : askFirst(chosen, question, look.ask === question.ask)}</div></header>`;
};
