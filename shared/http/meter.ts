import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Upper bounds of the duration histogram, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** A number that a service shows under a name and labels, read when it is asked for. */
export type Gauge = () => number | ReadonlyMap<string, number>;

interface Metric {
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly read: Gauge;
}

/** What happened in an interval, for the log's summary. */
export interface Summary {
  readonly requests: number;
  readonly client_errors: number;
  readonly server_errors: number;
  readonly slowest_ms: number;
}

/** Counts the requests of a service and writes Prometheus' text format (version 0.0.4). */
export class Meter {
  private readonly metrics = new Map<string, Metric>();
  private readonly byStatus = new Map<number, number>();
  private readonly buckets = new Float64Array(BOUNDS.length + 1);
  private seconds = 0;
  private slowest = 0;
  private last = { requests: 0, client_errors: 0, server_errors: 0 };
  private readonly delay = monitorEventLoopDelay({ resolution: 20 });

  constructor() {
    this.delay.enable();
    const { memoryUsage } = process;
    this.add('process_resident_memory_bytes', 'gauge', 'Resident memory in bytes.', () => memoryUsage.rss());
    this.add('nodejs_heap_used_bytes', 'gauge', 'Heap in use in bytes.', () => memoryUsage().heapUsed);
    this.add('nodejs_eventloop_delay_p99_seconds', 'gauge', 'Event-loop delay, 99th percentile since start.', () => this.delay.percentile(99) / 1e9);
    this.add('process_uptime_seconds', 'gauge', 'Seconds since the process started.', () => process.uptime());
  }

  /** Adds a metric of the service; a Map answers one sample a key, the key being its labels (`reason="bot"`). */
  add(name: string, type: 'counter' | 'gauge', help: string, read: Gauge): void {
    this.metrics.set(name, { help, type, read });
  }

  /** Counts one finished request. */
  count(status: number, milliseconds: number): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1);
    const seconds = milliseconds / 1000;
    let index = 0;
    while (index < BOUNDS.length && seconds > (BOUNDS[index] as number)) index += 1;
    this.buckets[index] = (this.buckets[index] as number) + 1;
    this.seconds += seconds;
    if (milliseconds > this.slowest) this.slowest = milliseconds;
  }

  private totals(): { requests: number; client_errors: number; server_errors: number } {
    const totals = { requests: 0, client_errors: 0, server_errors: 0 };
    for (const [status, count] of this.byStatus) {
      totals.requests += count;
      if (status >= 500) totals.server_errors += count;
      else if (status >= 400) totals.client_errors += count;
    }
    return totals;
  }

  /** Says what happened since the last time it was asked. */
  summarize(): Summary {
    const now = this.totals();
    const { last, slowest } = this;
    this.last = now;
    this.slowest = 0;
    return {
      requests: now.requests - last.requests,
      client_errors: now.client_errors - last.client_errors,
      server_errors: now.server_errors - last.server_errors,
      slowest_ms: Math.round(slowest * 10) / 10,
    };
  }

  /** Everything as Prometheus reads it. */
  text(): string {
    const lines = ['# HELP http_requests_total Requests answered, by status.', '# TYPE http_requests_total counter'];
    for (const [status, count] of this.byStatus) lines.push(`http_requests_total{status="${status}"} ${count}`);
    lines.push('# HELP http_request_duration_seconds Time from the request line to the end of the answer.', '# TYPE http_request_duration_seconds histogram');
    let cumulative = 0;
    this.buckets.forEach((count, index) => {
      cumulative += count;
      lines.push(`http_request_duration_seconds_bucket{le="${BOUNDS[index] ?? '+Inf'}"} ${cumulative}`);
    });
    lines.push(`http_request_duration_seconds_sum ${this.seconds}`, `http_request_duration_seconds_count ${cumulative}`);
    for (const [name, { help, type, read }] of this.metrics) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      const value = read();
      if (typeof value === 'number') lines.push(`${name} ${value}`);
      else for (const [labels, each] of value) lines.push(`${name}{${labels}} ${each}`);
    }
    return `${lines.join('\n')}\n`;
  }

  close(): void {
    this.delay.disable();
  }
}
