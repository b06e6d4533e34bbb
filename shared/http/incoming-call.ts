import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Problem } from '../problem.ts';
import type { Call } from './call.ts';

const REQUEST_ID = /^[\w-]{8,64}$/;
const prefix = `${Math.floor(Math.random() * 0xffffffff).toString(36)}-`;
let counter = 0;

const firstOf = (header: string | readonly string[] | undefined): string | undefined => (typeof header === 'string' ? header : header?.[0]);

/** A request of `node:http` as a `Call`; what few routes need is worked out when it is asked for. */
export class IncomingCall implements Call {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly input: IncomingMessage;
  private readonly search: string;
  private readonly trusted_proxies: number;
  private parsed: URLSearchParams | undefined;

  constructor(request: IncomingMessage, trusted_proxies: number) {
    const target = request.url ?? '';
    const mark = target.indexOf('?');
    const given = request.headers['x-request-id'];
    this.input = request;
    this.headers = request.headers;
    this.method = request.method ?? '';
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.search = mark < 0 ? '' : target.slice(mark + 1);
    this.trusted_proxies = trusted_proxies;
    this.id = typeof given === 'string' && REQUEST_ID.test(given) ? given : prefix + (counter += 1).toString(36);
  }

  get query(): URLSearchParams {
    this.parsed ??= new URLSearchParams(this.search);
    return this.parsed;
  }

  get address(): string {
    const own = this.input.socket.remoteAddress ?? '';
    if (this.trusted_proxies === 0) return own;
    const forwarded = firstOf(this.headers['x-forwarded-for'])?.split(',') ?? [];
    return forwarded.at(-this.trusted_proxies)?.trim() || own;
  }

  get secure(): boolean {
    return this.trusted_proxies > 0 && firstOf(this.headers['x-forwarded-proto'])?.split(',').at(-this.trusted_proxies)?.trim() === 'https';
  }

  get host(): string {
    const forwarded = this.trusted_proxies > 0 ? firstOf(this.headers['x-forwarded-host'])?.split(',').at(-this.trusted_proxies)?.trim() : undefined;
    return forwarded ?? this.headers.host ?? '';
  }
}

/** Throws Problem `malformed` for what no honest client sends: absolute-form targets and a second `Host`. */
export const requireHonest = (request: IncomingMessage): void => {
  if (request.url?.charCodeAt(0) !== 47) throw new Problem('malformed', 'The request target must be a path.');
  const { rawHeaders } = request;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts !== 1) throw new Problem('malformed', 'Send exactly one Host header.');
};
