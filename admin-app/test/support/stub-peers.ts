import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConfigDocument } from '../../../shared/contract/config.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { ResultsAnswer } from '../../../shared/contract/results.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import { sampleResults } from './sample-results.ts';

const TIME = '2026-01-10T00:00:00.000Z';

/** An experiment as ab-service would answer it. */
export const sampleExperiment = (given: Partial<Experiment> = {}): Experiment => ({
  experiment_id: 'id-of-homepage',
  key: 'homepage',
  name: 'Homepage Hero Test',
  description: '',
  hypothesis: '',
  status: 'RUNNING',
  page: 'home',
  primary_metric_name: 'form_submit',
  secondary_metric_names: [],
  guardrail_metric_names: [],
  coverage_percent: 100,
  targeting: null,
  start_time: TIME,
  end_time: null,
  winner: null,
  winner_for: 'new',
  variants: [],
  phases: [],
  created_at: TIME,
  updated_at: TIME,
  version: 3,
  ...given,
});

/** A toggle as ab-service would answer it. */
export const sampleToggle = (key: string, enabled: boolean, description = ''): Toggle => ({
  key,
  name: key.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase()),
  description,
  enabled,
  rollout_percent: 100,
  value_on: true,
  value_off: false,
  targeting: null,
  updated_at: TIME,
});

/** One request that a stub was sent. */
export interface StubCall {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const listenOn = (server: Server): Promise<string> => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)));

/** The other three services as far as admin-app calls them, over real sockets: what they answer is set by the test. */
export class StubPeers implements AsyncDisposable {
  readonly calls: StubCall[] = [];
  experiments: readonly Experiment[] = [sampleExperiment()];
  toggles: readonly Toggle[] = [sampleToggle('announcement', false, 'A bar above the page.'), sampleToggle('contact_form', true)];
  experiment_enabled = true;
  results: ReadonlyMap<string, ResultsAnswer> = new Map([['homepage', sampleResults({ counts: { A: [1000, 100], B: [1000, 150] } })]]);
  /** Status of the next change that ab-service is asked for. */
  refusal: { readonly status: number; readonly detail: string } | undefined;
  ab_url = '';
  metrics_url = '';
  landing_url = '';
  private readonly servers: Record<'ab' | 'metrics' | 'landing', Server>;
  private readonly streams = new Set<ServerResponse>();
  private version = 1;

  constructor() {
    const serverFor = (answer: (line: string, body: string, response: ServerResponse) => void): Server =>
      createServer(async (request, response) => {
        let body = '';
        for await (const part of request) body += part;
        const line = `${request.method} ${request.url}`;
        this.calls.push({ line, headers: request.headers, body });
        if (line === 'GET /health') this.send(response, 200, { status: 'ok' });
        else answer(line, body, response);
      });
    this.servers = { ab: serverFor(this.ab.bind(this)), metrics: serverFor(this.metrics.bind(this)), landing: serverFor((_, __, response) => this.send(response, 200, { data: [] })) };
  }

  static async start(): Promise<StubPeers> {
    const peers = new StubPeers();
    [peers.ab_url, peers.metrics_url, peers.landing_url] = await Promise.all([listenOn(peers.servers.ab), listenOn(peers.servers.metrics), listenOn(peers.servers.landing)]);
    return peers;
  }

  get config(): ConfigDocument {
    return { version: this.version, experiment_enabled: this.experiment_enabled, toggles: {}, toggle_rules: this.toggles, experiments: this.experiments };
  }

  /** Sends the configuration to those who follow it. */
  publish(): void {
    this.version += 1;
    for (const stream of this.streams) stream.write(this.message());
  }

  /** Takes a service away for good. */
  leave(name: 'ab' | 'metrics' | 'landing'): void {
    this.servers[name].close();
    this.servers[name].closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of ['ab', 'metrics', 'landing'] as const) this.leave(name);
  }

  private message(): string {
    return `id: ${this.version}\nevent: config\ndata: ${JSON.stringify(this.config)}\n\n`;
  }

  private send(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'stray=1', etag: '"1"' }).end(JSON.stringify(body));
  }

  private ab(line: string, body: string, response: ServerResponse): void {
    if (line === 'GET /config/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(this.message());
      this.streams.add(response);
      response.once('close', () => this.streams.delete(response));
    } else if (line.startsWith('GET /experiments?')) this.send(response, 200, { data: this.experiments, next_cursor: null });
    else if (line.startsWith('GET ')) this.send(response, 200, { line });
    else if (this.refusal !== undefined) this.send(response, this.refusal.status, { title: 'No', status: this.refusal.status, detail: this.refusal.detail });
    else {
      this.change(line, JSON.parse(body));
      this.send(response, 200, {});
    }
  }

  private change(line: string, body: { toggles?: Record<string, boolean>; experiment_enabled?: boolean; status?: Experiment['status'] }): void {
    const { toggles = {}, experiment_enabled, status } = body;
    this.toggles = this.toggles.map((toggle) => ({ ...toggle, enabled: toggles[toggle.key] ?? toggle.enabled }));
    this.experiment_enabled = experiment_enabled ?? this.experiment_enabled;
    if (status !== undefined) this.experiments = this.experiments.map((each) => (line.endsWith(each.experiment_id) ? { ...each, status, version: each.version + 1 } : each));
    this.publish();
  }

  private metrics(line: string, _: string, response: ServerResponse): void {
    const key = /^GET \/experiments\/([^/]+)\/results/.exec(line)?.[1];
    if (key !== undefined) {
      const answer = this.results.get(decodeURIComponent(key));
      this.send(response, answer === undefined ? 404 : 200, answer ?? {});
    } else if (line.startsWith('GET /experiments?')) {
      const data = [...this.results.values()].map(({ experiment_id, key, name, status, primary_metric_name, variant_stats, total_users_in_experiment }) => ({
        experiment_id, key, name, status, primary_metric_name, source: 'import', variants: Object.keys(variant_stats), total_users: total_users_in_experiment,
      }));
      this.send(response, 200, { data, next_cursor: null });
    } else this.send(response, 200, { line });
  }
}
