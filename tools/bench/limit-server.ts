import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

// The limit that services are measured against: what node:http by itself needs for the same requests and answers, with the body
// parsed as JSON and the answer made as JSON, and no validation, routing, storage or header of ours.

const VARIANT_ID = '0198c0de-0000-7000-8000-00000000000a';
const EXPERIMENT_ID = '0198c0de-0000-7000-8000-000000000001';
const JSON_TYPE = 'application/json';

const pages = new Map<number, string>();

const page = (bytes: number): string => {
  const known = pages.get(bytes) ?? '<p>A page.</p>\n'.repeat(Math.ceil(bytes / 15)).slice(0, bytes);
  pages.set(bytes, known);
  return known;
};

const answer = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, ['content-type', type, 'content-length', String(Buffer.byteLength(body))]);
  response.end(body);
};

const assignment = (visitor_id: string | null): unknown => ({
  visitor_id,
  experiment_id: EXPERIMENT_ID,
  experiment: 'homepage',
  variant_id: VARIANT_ID,
  variant: 'A',
  configuration_json: { headline: 'Test your ideas fairly' },
  assignment_timestamp: new Date().toISOString(),
  is_new: true,
});

const answerTo = (path: string, body: unknown): unknown => {
  if (path.startsWith('/ofrep/')) {
    return { key: 'homepage', reason: 'SPLIT', variant: 'A', value: { headline: 'Test your ideas fairly' }, metadata: { experiment_id: EXPERIMENT_ID, version: 1 } };
  }
  if (Array.isArray(body)) return { accepted: body.length, duplicates: 0, rejected: [] };
  return { event_id: (body as { readonly event_id: string }).event_id, experiment_id: EXPERIMENT_ID, variant: 'A', duplicate: false };
};

const receive = (request: IncomingMessage, response: ServerResponse): void => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    const path = request.url ?? '';
    answer(response, path === '/events' ? 201 : 200, JSON_TYPE, JSON.stringify(answerTo(path, JSON.parse(bytes.toString()))));
  });
};

const server = createServer({ noDelay: true }, (request, response) => {
  if (request.method === 'POST') return receive(request, response);
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  if (url.startsWith('/assign')) return answer(response, 200, JSON_TYPE, JSON.stringify(assignment(query.get('visitor_id'))));
  if (url.startsWith('/page')) return answer(response, 200, 'text/html; charset=utf-8', page(Number(query.get('bytes'))));
  answer(response, 200, JSON_TYPE, '{"status":"ok"}');
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
