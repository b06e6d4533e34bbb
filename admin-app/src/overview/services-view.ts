import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';
import type { PeerName } from '../gateway/peers.ts';
import { timeElement } from '../page/time-element.ts';
import type { Look } from './look.ts';
import type { ServiceState } from './service-watch.ts';

const TITLES: Readonly<Record<PeerName, string>> = { ab: 'Experiments', metrics: 'Metrics', landing: 'Landing page' };
const SERVICES: Readonly<Record<PeerName, string>> = { ab: 'ab-service', metrics: 'metrics-service', landing: 'landing-service' };
/** What goes on without a service, and what waits. */
const WITHOUT: Readonly<Record<PeerName, string>> = {
  ab: 'Visitors keep their variants and new ones are still split; switches wait until it is back.',
  metrics: 'Events are kept by landing-service and delivered when it is back; the figures below stand still.',
  landing: 'Visitors cannot see the page.',
};

const state = ({ name, away_since, troubled }: ServiceState): Html => {
  const mark = away_since !== undefined ? 'away' : troubled ? 'troubled' : 'well';
  const word = away_since !== undefined ? html`away since ${timeElement(away_since, 'clock')}` : troubled ? html`cannot write` : html`answers`;
  return html`<li class="service ${mark}" data-key="${name}"><span class="service-dot" aria-hidden="true"></span>${TITLES[name]} <span class="service-word">${word}</span></li>`;
};

const notice = ({ name, away_since, troubled }: ServiceState): Html | undefined => {
  if (away_since === undefined && !troubled) return undefined;
  const what = away_since !== undefined ? html`<strong>${SERVICES[name]} is away</strong> since ${timeElement(away_since, 'clock')}. ${WITHOUT[name]}` : html`<strong>${SERVICES[name]} cannot write</strong>: its disk may be full.`;
  return html`<p class="notice warning" data-key="${name}">${what}</p>`;
};

/** Which of the other services answer, and what it means where one does not. */
export const servicesView = ({ overview }: Look): Html =>
  html`<section class="services" aria-label="Services" data-key="services"><ul class="service-list">${overview.services.map(state)}</ul>${overview.services.map(notice)}</section>`;
