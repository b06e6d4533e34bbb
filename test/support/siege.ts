import assert from 'node:assert/strict';
import { checkAnswer } from './answer-rules.ts';
import { rawExchange } from './raw-exchange.ts';
import type { RawAnswer } from './raw-exchange.ts';
import { startSystem } from './system.ts';
import type { ServiceName, System } from './system.ts';

/** The four services; the inner three answer to listed host names only. */
export const SERVICES: readonly ServiceName[] = ['ab', 'metrics', 'landing', 'admin'];

/** What is sent besides method and target; a header that is undefined is left out, `Host` too. */
export interface Question {
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly token?: string;
  readonly json?: unknown;
  readonly body?: string | Buffer;
}

/** What is said of a status: this one, one of these, or anything that passes. */
export type Expected = number | readonly number[] | ((answer: RawAnswer) => void);

/** The whole system, and somebody who means it ill: every answer is checked, and that the service is still there after it. */
export class Siege implements AsyncDisposable {
  readonly system: System;
  /** What must be in no answer. */
  readonly secrets: Set<string>;
  readonly #processes: ReadonlyMap<ServiceName, number | undefined>;

  private constructor(system: System) {
    this.system = system;
    this.secrets = new Set([system.api_token, system.ingest_token]);
    this.#processes = new Map(SERVICES.map((name) => [name, system[name].process?.pid]));
  }

  /** Starts the system; every request is logged, so that the logs can be searched for secrets. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<Siege> {
    return new Siege(await startSystem({ env: { LOG_LEVEL: 'debug', ...env } }));
  }

  /** Sends bytes as they are; see `rawExchange`. */
  async send(service: ServiceName, bytes: string | Buffer, how: Parameters<typeof rawExchange>[2] = {}): Promise<RawAnswer> {
    const answer = await rawExchange(this.system[service].port, bytes, how);
    checkAnswer(answer, how.head_only ?? false, this.secrets);
    await this.#requireAlive(service);
    return answer;
  }

  /** Sends `METHOD target` with honest framing. */
  ask(service: ServiceName, line: string, question: Question = {}): Promise<RawAnswer> {
    const [method = ''] = line.split(' ', 1);
    const { token, json } = question;
    const body = Buffer.from(question.body ?? (json === undefined ? '' : JSON.stringify(json)));
    const headers: Record<string, string | readonly string[] | undefined> = {
      Host: `127.0.0.1:${this.system[service].port}`,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(body.length > 0 || !['GET', 'HEAD'].includes(method) ? { 'Content-Length': String(body.length) } : {}),
      ...question.headers,
    };
    const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((each) => `${name}: ${each}\r\n`)));
    return this.send(service, Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body]), { head_only: method === 'HEAD' });
  }

  /** Asks, and compares the status. */
  async expect(expected: Expected, service: ServiceName, line: string, question: Question = {}): Promise<RawAnswer> {
    const answer = await this.ask(service, line, question);
    const said = `${service} ${line.slice(0, 200)} → ${answer.status} ${answer.body.slice(0, 300)}`;
    if (typeof expected === 'function') expected(answer);
    else assert.ok([expected].flat().includes(answer.status), `${said}; expected ${expected}`);
    return answer;
  }

  /** Checks that every service still runs as the process it was, says that it is well, and met nothing that it did not foresee. */
  async requireUnharmed(): Promise<void> {
    for (const service of SERVICES) {
      const answer = await this.expect(200, service, 'GET /health');
      assert.equal(JSON.parse(answer.body).status, 'ok');
    }
    const surprises = this.system.logs.filter((line) => /"level":"error"|"stack"|Warning:|^\S+ {2,}at /.test(line));
    assert.deepEqual(surprises, []);
  }

  /** Answers the lines of all logs that hold one of these texts. */
  logged(texts: Iterable<string>): readonly string[] {
    return [...texts].flatMap((text) => this.system.logs.filter((line) => line.includes(text)));
  }

  async #requireAlive(service: ServiceName): Promise<void> {
    const { is_running, process, url } = this.system[service];
    assert.ok(is_running && process?.pid === this.#processes.get(service), `${service} has ended`);
    const health = await fetch(`${url}/health`);
    await health.body?.cancel();
    assert.equal(health.status, 200);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.system.stop();
  }
}
