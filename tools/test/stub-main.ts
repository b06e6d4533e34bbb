// A service of nearly nothing: what the launcher expects of one, and no more. Copied into a folder of its own by stub-services.ts.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname, join } from 'node:path';

const name = basename(dirname(import.meta.dirname));
const { DATA_DIR = '', PORT = '', HOST = '', LOG_LEVEL } = process.env;
const folder = join(DATA_DIR, name);
const keep = (file: string, text: string): void => {
  writeFileSync(join(folder, `${file}.new`), text);
  renameSync(join(folder, `${file}.new`), join(folder, file));
};
mkdirSync(folder, { recursive: true });

const stop = (): void => {
  // "deaf" stands for a service that hangs: only SIGKILL ends it.
  if (LOG_LEVEL !== 'deaf') process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
process.on('disconnect', stop);

const server = createServer((request, reply) => {
  if (request.url !== '/health') return void reply.writeHead(404).end();
  reply.setHeader('Content-Type', 'application/json');
  reply.end(JSON.stringify({ status: 'ok', service: name, uptime_seconds: process.uptime() }));
});
server.on('error', (error: NodeJS.ErrnoException) => {
  process.stderr.write(`${name} cannot listen on ${HOST}:${PORT} (${error.code}).\n`);
  process.exit(1);
});
server.listen(Number(PORT), HOST, () => {
  keep('variables.json', JSON.stringify(process.env));
  keep('pid', String(process.pid));
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level: 'info', service: name, message: 'listening', port: Number(PORT) })}\n`);
});
