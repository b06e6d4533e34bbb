import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Tally } from '../visitor/tally.ts';
import type { Page } from './page.ts';

/** What the list of pages shows. */
export interface PageListNeeds {
  readonly pages: ReadonlyMap<string, Page>;
  readonly configuration: Configuration;
  readonly tally: Tally;
  readonly outbox: Outbox;
}

const pageJson = ({ name, definition }: Page, configuration: Configuration): unknown => ({
  name,
  path: name === 'home' ? '/' : `/${name}`,
  title: definition.title,
  description: definition.description,
  slots: [...definition.slots].map(([key, slot]) => ({ key, ...slot })),
  toggles: [...definition.toggles].map(([key, toggle]) => ({ key, ...toggle, known: configuration.findToggle(key) !== undefined })),
  first_experiment: definition.experiment ?? null,
  experiment: configuration.experimentOn(name)?.key ?? null,
});

/** `GET /api/pages`: what editors may change on each page, who was not counted and why, and how much waits for delivery. */
export const pageListRoutes = ({ pages, configuration, tally, outbox }: PageListNeeds): readonly Route[] => [
  route('GET /api/pages', {
    summary: 'Lists the pages with their slots and toggles',
    access: 'api',
    handle: () =>
      jsonReply(
        200,
        {
          data: [...pages.values()].map((page) => pageJson(page, configuration)),
          next_cursor: null,
          not_counted: { views: Object.fromEntries(tally.countsOf('view ')), events: Object.fromEntries(tally.countsOf('event ')), forms: Object.fromEntries(tally.countsOf('lead ')) },
          outbox: outbox.size,
          configuration: { version: configuration.version, connected: configuration.connected },
        },
        { 'cache-control': 'no-store' },
      ),
  }),
];
