import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the stub saw it. */
export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: any;
}

/** What the stub answers; undefined: nothing at all, the connection breaks. */
export type StubAnswer = { readonly status: number; readonly body: unknown } | undefined;

/** Another service as seen over a socket: it answers what the test says, and remembers what it was asked. */
export interface StubService extends AsyncDisposable {
  readonly url: string;
  readonly requests: StubRequest[];
  answer: (request: StubRequest) => StubAnswer | Promise<StubAnswer>;
}

/** Starts a stub on a free port; one that is given no answer is away. */
export const stubService = async (answer: StubService['answer'] = () => undefined): Promise<StubService> => {
  const requests: StubRequest[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const seen = { method: request.method ?? '', path: request.url ?? '', token: request.headers.authorization, body: text === '' ? undefined : JSON.parse(text) };
    requests.push(seen);
    const given = await stub.answer(seen);
    if (given === undefined) request.socket.destroy();
    else response.writeHead(given.status, { 'content-type': 'application/json' }).end(JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stub: StubService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stub;
};
