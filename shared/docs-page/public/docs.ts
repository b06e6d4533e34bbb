import { AnswerPanel } from './answer-panel.ts';
import { element, frameElement } from './element.ts';
import { EndpointList } from './endpoint-list.ts';
import { operationsOf } from './open-api.ts';
import type { OpenApi } from './open-api.ts';
import { operationView } from './operation-view.ts';
import { overviewView } from './overview-view.ts';
import { RequestForm } from './request-form.ts';
import { TokenField } from './token.ts';

/** Where the service is: beside this page, also below a gateway. */
const base = new URL('.', location.href).href;
const main = frameElement('main');
const list_button = frameElement('list-button');
const endpoints = frameElement('endpoints');
const document_title = document.title;

const token = new TokenField(() => {
  if (shown === undefined) void load();
  else frameElement('announcer').textContent = token.given ? 'The token is sent with each request from now on.' : 'No token is sent any more.';
});

let shown: { readonly openapi: OpenApi; readonly list: EndpointList } | undefined;
let answer: AnswerPanel | undefined;

const openList = (open: boolean): void => {
  endpoints.classList.toggle('opened', open);
  list_button.setAttribute('aria-expanded', String(open));
};

const asideOf = (openapi: OpenApi, operation: ReturnType<typeof operationsOf>[number]): HTMLElement => {
  const panel = new AnswerPanel(base, () => token.headers());
  answer = panel;
  const form = new RequestForm(openapi, operation, base, (draft) => void panel.send(draft));
  return element('aside', { class: 'try', 'aria-labelledby': 'try' }, element('h2', { id: 'try' }, 'Try it'), form.form, panel.box, element('h3', {}, 'With curl'), form.curlBlock());
};

const show = (focus: boolean): void => {
  if (shown === undefined) return;
  const { openapi, list } = shown;
  const id = location.hash.slice(1);
  const operation = operationsOf(openapi).find(({ operationId }) => operationId === id);
  answer?.stop();
  answer = undefined;
  main.replaceChildren(operation === undefined ? overviewView(openapi) : operationView(openapi, operation, asideOf(openapi, operation)));
  document.title = operation === undefined ? document_title : `${operation.method} ${operation.path} · ${document_title}`;
  list.mark(operation?.operationId);
  openList(false);
  scrollTo({ top: 0, behavior: 'instant' });
  if (focus) main.querySelector('h1')?.focus({ preventScroll: true });
};

const say = (words: string, title?: string): void => {
  main.replaceChildren(...(title === undefined ? [] : [element('h1', {}, title)]), element('p', { id: 'state', role: 'status' }, words));
};

const load = async (): Promise<void> => {
  try {
    const response = await fetch('./openapi.json', { headers: token.headers(), cache: 'no-cache' });
    if (response.status === 401) {
      say(token.given ? 'This token is not valid here. Type in another one at the top of the page.' : 'This installation wants a token on every request. Type it in at the top of the page: it stays in this tab and is forgotten with it.', 'A token is needed');
      token.focus();
      return;
    }
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    const openapi = (await response.json()) as OpenApi;
    const asked = frameElement('token-form').contains(document.activeElement);
    shown = { openapi, list: new EndpointList(openapi) };
    endpoints.hidden = false;
    list_button.hidden = false;
    show(asked);
  } catch (error) {
    say(`The description could not be read: ${error instanceof Error ? error.message : String(error)}.`, 'The description is missing');
  }
};

list_button.addEventListener('click', () => openList(!endpoints.classList.contains('opened')));
endpoints.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !endpoints.classList.contains('opened')) return;
  openList(false);
  list_button.focus();
});
frameElement('skip').addEventListener('click', (event) => {
  // The address names what is shown; skipping to it is no other place.
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', () => show(true));
void load();
