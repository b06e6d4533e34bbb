import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AssignmentLogEntry } from '../../shared/contract/assignment-log.ts';
import type { Experiment } from '../../shared/contract/experiment.ts';
import { createLog } from '../../shared/log.ts';
import { followAb } from '../src/following.ts';
import type { Stores } from '../src/stores.ts';
import { definitionOf } from './support/definition-of.ts';
import { openStores } from './support/open-stores.ts';
import { until } from './support/until.ts';

const EXPERIMENT = definitionOf('pricing', { updated_at: '2026-01-01T00:00:00.000Z' });

/** A program that answers as ab-service does. */
class StandIn {
  log = 'log-1';
  is_away = false;
  entries: AssignmentLogEntry[] = [];
  experiments: Experiment[] = [EXPERIMENT];
  readonly asked: string[] = [];
  private readonly server: Server;
  private readonly streams = new Set<ServerResponse>();

  constructor() {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://stand-in');
      assert.equal(request.headers.authorization, 'Bearer the-token');
      if (this.is_away) return void request.socket.destroy();
      this.asked.push(`${url.pathname}${url.search}`);
      if (url.pathname === '/config/stream') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('id: 1\nevent: config\ndata: {}\n\n');
        this.streams.add(response);
      } else if (url.pathname === '/experiments') response.end(JSON.stringify({ data: this.experiments, next_cursor: null }));
      else {
        const after = Number(url.searchParams.get('after'));
        const data = this.entries.filter(({ seq }) => seq > after).slice(0, 2);
        const answer = (): unknown => response.end(JSON.stringify({ log: this.log, data, last_seq: data.at(-1)?.seq ?? after }));
        if (data.length > 0 || url.searchParams.get('wait') === '0') answer();
        else setTimeout(answer, 20);
      }
    });
  }

  listen(): Promise<number> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', () => resolve((this.server.address() as AddressInfo).port)));
  }

  /** Says on the configuration stream that something changed. */
  change(): void {
    for (const stream of this.streams) stream.write('id: 2\nevent: config\ndata: {}\n\n');
  }

  add(visitor_id: string, variant: string | null, more: Partial<AssignmentLogEntry> = {}): void {
    const erased = variant === null;
    this.entries.push({ seq: (this.entries.at(-1)?.seq ?? 0) + 1, experiment_id: erased ? null : EXPERIMENT.experiment_id, visitor_id, variant_id: variant, variant, assignment_timestamp: erased ? null : '2026-01-02T00:00:00.000Z', forced: false, erased, ...more });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

const follow = (context: TestContext, port: number, stores: Stores): { readonly stop: () => void; readonly lines: readonly string[] } => {
  const lines: string[] = [];
  const stop = followAb({ ab_url: `http://127.0.0.1:${port}`, api_token: 'the-token', stores, onConnected: () => {}, oldest: () => 0, log: createLog({ service: 'test', level: 'info', write: (line) => lines.push(line) }) });
  context.after(stop);
  return { lines, stop };
};

/** What a test holds and lets go of, however it ends. */
const opened = async (context: TestContext): Promise<{ readonly stores: Stores; readonly ab: StandIn; readonly port: number }> => {
  const stores = openStores();
  const ab = new StandIn();
  context.after(async () => {
    await ab.close();
    stores.database.close();
  });
  return { stores, ab, port: await ab.listen() };
};

const users = (stores: Stores): string => {
  const known = stores.experiments.find('pricing');
  if (known === undefined) return '';
  const cells = stores.results.cells(known.id).filter((cell) => cell.metric === 0 && cell.users > 0);
  return cells.map((cell) => `${stores.words.wordOf(cell.variant)}${cell.users}`).sort().join(' ');
};

test('followAb() copies experiments and assignments as they come, forgets who is erased, and goes on where it was', async (context) => {
  const { stores, ab, port } = await opened(context);
  for (const name of ['v1', 'v2', 'v3', 'v4', 'v5']) ab.add(name, name === 'v2' ? 'B' : 'A');
  let following = follow(context, port, stores);
  await until('five assignments', () => users(stores) === 'A4 B1');
  await until('the definition', () => stores.experiments.find('pricing')?.definition?.name === 'pricing');
  ab.add('v6', 'B');
  ab.add('v1', null);
  ab.add('v5', 'A', { forced: true, assignment_timestamp: '2026-01-02T00:00:01.000Z' });
  await until('one more, one erased, one forced', () => users(stores) === 'A2 B2');
  following.stop();

  const asked = ab.asked.length;
  following = follow(context, port, stores);
  await until('a question after the last place', () => ab.asked.slice(asked).some((target) => target.startsWith('/assignments?after=8&')));
  assert.equal(ab.asked.slice(asked).some((target) => target.startsWith('/assignments?after=0&')), false);
});

test('followAb() takes over a changed experiment when the stream says so', async (context) => {
  const { stores, ab, port } = await opened(context);
  follow(context, port, stores);
  await until('the definition', () => stores.experiments.find('pricing') !== undefined);
  ab.experiments = [{ ...EXPERIMENT, name: 'New name', updated_at: '2026-01-03T00:00:00.000Z' }];
  ab.change();
  await until('the new name', () => stores.experiments.find('pricing')?.definition?.name === 'New name');
  assert.ok(ab.asked.includes('/experiments?limit=100&updated_after=2025-12-31T23%3A59%3A59.000Z'));
});

test('followAb() leaves testers out of results, whether they are named before or after their assignment', async (context) => {
  const { stores, ab, port } = await opened(context);
  for (const name of ['v1', 'v2']) ab.add(name, 'A');
  follow(context, port, stores);
  await until('two assignments', () => users(stores) === 'A2');
  ab.experiments = [{ ...EXPERIMENT, forced: { v1: 'B', v3: 'B', constructor: 'A' }, updated_at: '2026-01-03T00:00:00.000Z' }];
  ab.change();
  await until('the first tester to be left out', () => users(stores) === 'A1');
  for (const name of ['v3', 'v4']) ab.add(name, 'B');
  await until('one of two more', () => users(stores) === 'A1 B1');
  assert.equal(stores.results.exclusions(stores.experiments.name('pricing').experiment).get('forced'), 2);
});

test('followAb() drops what came from another log and reads the new one from its beginning; imports stay', async (context) => {
  const { stores, ab, port } = await opened(context);
  for (const name of ['v1', 'v2', 'v3']) ab.add(name, 'A');
  follow(context, port, stores);
  await until('three assignments', () => users(stores) === 'A3');
  await stores.writer.run(() => stores.reattribution.assign('imported', { experiment: stores.experiments.name('pricing').experiment, variant: stores.words.idOf('B'), assigned_at: 1, forced: false, from_log: false }));
  ab.entries = [];
  ab.add('v9', 'A');
  ab.log = 'log-2';
  await until('the new log alone', () => users(stores) === 'A1 B1');
});

test('followAb() says once that ab-service is away, and goes on when it is back', async (context) => {
  const { stores, ab, port } = await opened(context);
  ab.is_away = true;
  const following = follow(context, port, stores);
  await until('the warning', () => following.lines.some((line) => line.includes('does not answer')));
  ab.is_away = false;
  ab.add('v1', 'A');
  await until('the assignment', () => users(stores) === 'A1');
  assert.equal(following.lines.filter((line) => line.includes('does not answer')).length, 1);
});
