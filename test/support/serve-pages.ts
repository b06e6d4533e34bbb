import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small web server of a test; `await using` stops it. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
  /** What was asked for so far: method and path, and what was sent along. */
  readonly calls: readonly { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: string }[];
}

/** Serves fixed documents by path on a free port of this machine: HTML as it is given, or what a function answers. 404 else. */
export const servePages = async (
  pages: Readonly<Record<string, string | ((request: IncomingMessage, response: ServerResponse) => void)>>,
): Promise<PageServer> => {
  const calls: { line: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    calls.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const page = pages[(request.url ?? '/').split('?')[0] ?? '/'];
    if (typeof page === 'function') return page(request, response);
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(page ?? 'Not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
