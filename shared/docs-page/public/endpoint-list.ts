import { element, frameElement } from './element.ts';
import { methodLabel } from './labels.ts';
import type { OpenApi, Operation } from './open-api.ts';
import { operationsOf } from './open-api.ts';

interface Entry {
  readonly operation: Operation;
  readonly item: HTMLElement;
  readonly link: HTMLAnchorElement;
  /** What is searched, in lower case. */
  readonly words: string;
}

const wordsOf = ({ method, path, summary, description, tags, parameters = [] }: Operation): string =>
  [method, path, summary, description, ...tags, ...parameters.map(({ name }) => name)].join(' ').toLowerCase();

/** The list of all endpoints, by group, narrowed down as the reader types. `/` leads to the search, the arrow keys through what it finds. */
export class EndpointList {
  private readonly entries: readonly Entry[];
  private readonly groups: readonly { readonly box: HTMLElement; readonly name: string }[];
  private readonly search: HTMLInputElement;
  private readonly nothing: HTMLElement;

  constructor(document: OpenApi) {
    this.entries = operationsOf(document).map((operation) => {
      const link = element('a', { href: `#${operation.operationId}`, class: 'endpoint' }, methodLabel(operation.method), element('span', { class: 'endpoint-path' }, operation.path.replaceAll('/', '\u200b/').slice(1)), element('span', { class: 'endpoint-summary' }, operation.summary));
      return { operation, link, item: element('li', {}, link), words: wordsOf(operation) };
    });
    this.groups = document.tags.map(({ name }) => {
      const items = this.entries.filter(({ operation }) => operation.tags[0] === name).map(({ item }) => item);
      return { name, box: element('div', { class: 'group', role: 'group', 'aria-label': name }, element('p', { class: 'group-name', 'aria-hidden': 'true' }, name), element('ul', {}, items)) };
    });
    this.search = element('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: 'Path or words', 'aria-describedby': 'search-hint' });
    this.nothing = element('p', { class: 'nothing', hidden: true }, 'Nothing has all of these words.');
    frameElement('endpoints').replaceChildren(
      element('div', { class: 'search' }, element('label', { for: 'search' }, 'Find an endpoint'), this.search, element('span', { class: 'key', 'aria-hidden': 'true' }, '/'), element('span', { class: 'visually-hidden', id: 'search-hint' }, 'Enter opens the first that is found; the arrow keys move through them.')),
      element('div', { class: 'groups' }, element('a', { href: '#overview', class: 'endpoint overview-link' }, 'Overview'), ...this.groups.map(({ box }) => box), this.nothing),
    );
    this.search.addEventListener('input', () => this.narrow());
    frameElement('endpoints').addEventListener('keydown', (event) => this.onKey(event));
    window.addEventListener('keydown', (event) => {
      const { target } = event;
      const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.focus();
    });
  }

  private get shown(): readonly Entry[] {
    return this.entries.filter(({ item }) => !item.hidden);
  }

  private narrow(): void {
    const wanted = this.search.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    for (const { item, words } of this.entries) item.hidden = !wanted.every((word) => words.includes(word));
    for (const { name, box } of this.groups) box.hidden = !this.shown.some(({ operation }) => operation.tags[0] === name);
    const count = this.shown.length;
    this.nothing.hidden = count > 0;
    frameElement('announcer').textContent = wanted.length === 0 ? '' : `${count} of ${this.entries.length} endpoints`;
  }

  private onKey(event: KeyboardEvent): void {
    const links = this.shown.map(({ link }) => link);
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === 'Enter' && event.target === this.search) links[0]?.click();
    else if (event.key === 'ArrowDown') links[at + 1]?.focus();
    else if (event.key === 'ArrowUp' && at >= 0) (links[at - 1] ?? this.search).focus();
    else return;
    event.preventDefault();
  }

  /** Leads the reader to the search. */
  focus(): void {
    frameElement('endpoints').classList.add('opened');
    frameElement('list-button').setAttribute('aria-expanded', 'true');
    this.search.focus();
    this.search.select();
  }

  /** Marks what the page shows. */
  mark(operation_id: string | undefined): void {
    for (const { operation, link } of this.entries) {
      if (operation.operationId !== operation_id) link.removeAttribute('aria-current');
      else {
        link.setAttribute('aria-current', 'page');
        link.scrollIntoView({ block: 'nearest' });
      }
    }
  }
}
