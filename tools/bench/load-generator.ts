import { IdWriter } from './id-writer.ts';
import { Latencies } from './latencies.ts';
import { LoadConnection } from './load-connection.ts';
import type { LoadPlan, LoadResult } from './load-plan.ts';
import { processCost } from './process-cost.ts';
import { RequestTemplate } from './request-template.ts';
import type { RequestIds } from './request-template.ts';

/** So many connections may break, one after the other, before there is no point in going on. */
const BROKEN_MAX = 1_000;

/** A moment at which everything is read that is measured from one to the next. */
const snapshot = (plan: LoadPlan): { readonly at: number; readonly own_us: number; readonly costs: readonly { readonly cpu_us: number; readonly rss_bytes: number }[] } => {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), own_us: user + system, costs: plan.processes.map(processCost) };
};

/** Carries out a plan and tells what came of it; rejects when the server cannot be reached or speaks no HTTP. */
const generate = (plan: LoadPlan): Promise<LoadResult> =>
  new Promise((resolve, reject) => {
    const templates = plan.requests.map((text) => new RequestTemplate(text));
    const copies: Buffer[][] = Array.from({ length: plan.connections }, () => []);
    const ids: RequestIds = { fresh: new IdWriter(plan.ids), visitor: new IdWriter(plan.ids), visitor_uses: 0 };
    const latencies = new Latencies();
    let sent = 0;
    let accepted = 0;
    let refused = 0;
    let counted = 0;
    let done = false;
    let began = snapshot(plan);

    const finish = (): void => {
      if (done) return;
      done = true;
      const ended = snapshot(plan);
      const microseconds = (ended.at - began.at) * 1_000;
      resolve({
        per_second: (counted / microseconds) * 1e6,
        p50_ms: latencies.percentile(0.5),
        p99_ms: latencies.percentile(0.99),
        cpu_us: ended.costs.map(({ cpu_us }, index) => (cpu_us - (began.costs[index]?.cpu_us ?? NaN)) / counted),
        rss_mb: ended.costs.map(({ rss_bytes }) => rss_bytes / 1e6),
        generator_busy: (ended.own_us - began.own_us) / microseconds,
        accepted,
        refused,
        refusal: connections.find(({ refusal }) => refusal !== '')?.refusal ?? '',
      });
      for (const connection of connections) connection.end();
    };

    const next = (connection: LoadConnection): Buffer | undefined => {
      if (done || (plan.answers_max !== undefined && sent >= plan.answers_max)) return undefined;
      const which = sent % templates.length;
      sent += 1;
      const template = templates[which] as RequestTemplate;
      const own = copies[connection.index] as Buffer[];
      const copy = (own[which] ??= template.copy());
      if (!template.fixed) template.fill(copy, ids);
      return copy;
    };

    const goOn = (connection: LoadConnection): void => {
      if (plan.answers_max !== undefined && accepted + refused >= plan.answers_max) finish();
      else if (plan.every_ms === undefined) connection.send();
      else setTimeout(() => connection.send(), plan.every_ms);
    };

    const connections = Array.from(
      { length: plan.connections },
      (_, index) =>
        new LoadConnection(index, {
          port: plan.port,
          next,
          answered: (connection, status, milliseconds) => {
            if (status < 300) accepted += 1;
            else refused += 1;
            counted += 1;
            latencies.add(milliseconds);
            goOn(connection);
          },
          broken: (connection) => {
            refused += 1;
            if (refused > BROKEN_MAX && accepted === 0) reject(new Error('The server closes every connection.'));
            else goOn(connection);
          },
          failed: reject,
        }),
    );
    for (const connection of connections) connection.send();
    if (plan.answers_max !== undefined) return;
    setTimeout(() => {
      counted = 0;
      latencies.clear();
      began = snapshot(plan);
      setTimeout(finish, plan.measure_ms);
    }, plan.warm_ms);
  });

process.once('message', (plan: LoadPlan) => {
  generate(plan).then(
    (result) => process.send?.({ result }, () => process.exit(0)),
    (error: Error) => process.send?.({ error: error.message }, () => process.exit(1)),
  );
});
process.once('disconnect', () => process.exit(1));
