import type { Call, Reply } from '../../../shared/http/call.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { Problem } from '../../../shared/problem.ts';
import { problemPage } from './problem-page.ts';
import type { PageServer } from './page-server.ts';
import { previewContent } from './preview-source.ts';

/** The page that stands at `/`. */
export const FIRST_PAGE = 'home';

/** `GET /`, `GET /{page}` and the files that pages need. */
export const pageRoutes = (server: PageServer, assets: Assets, ab: Peer): readonly Route[] => {
  const serve = (call: Call, name: string): Reply | Promise<Reply> => {
    const { query } = call;
    const [token, variant] = [query.get('preview'), query.get('variant')];
    if (token !== null) return previewContent(ab, token).then((content) => server.previewBy(call, name, content));
    return variant === null ? server.serve(call, name) : server.preview(call, name, variant);
  };
  const words = { access: 'open', origin: 'any', problems: problemPage } as const;
  const pageFile = (call: Call, name: string, path: string): Reply => {
    // What the page is made of is for those who edit it.
    if (path === 'page.json') throw new Problem('not_found', 'There is nothing at this path.');
    const page = server.getPage(name);
    return page.assets.reply(path, call.headers['if-none-match'], page.findUrl(path) === call.path ? undefined : 'no-cache');
  };
  return [
    route('GET /', { ...words, summary: 'Shows the first page', handle: ({ call }) => serve(call, FIRST_PAGE) }),
    route('GET /{page}', { ...words, summary: 'Shows a page', handle: ({ call, parameters }) => serve(call, parameters.page) }),
    route('GET /assets/{hash}/{file}', {
      summary: 'Sends a file of the service',
      access: 'open',
      origin: 'any',
      handle: ({ call, parameters }) => assets.reply(parameters.file, call.headers['if-none-match'], assets.url('tracker.ts') === call.path ? undefined : 'no-cache'),
    }),
    route('GET /assets/{hash}/{page}/{file}', {
      summary: 'Sends a file of a page',
      access: 'open',
      origin: 'any',
      handle: ({ call, parameters }) => pageFile(call, parameters.page, parameters.file),
    }),
  ];
};
