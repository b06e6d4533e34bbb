import { RouteAbsent } from './bench-case.ts';
import type { BenchSystem } from './bench-system.ts';

const VISITORS_A_REQUEST = 1_000;

/** Has ab-service assign these visitors in the first experiment, and returns them; throws RouteAbsent where it cannot. */
export const enrolVisitors = async (system: BenchSystem, visitors: readonly string[]): Promise<readonly string[]> => {
  for (let from = 0; from < visitors.length; from += VISITORS_A_REQUEST) {
    const assignments = visitors.slice(from, from + VISITORS_A_REQUEST).map((visitor_id) => ({ visitor_id, experiment: 'homepage' }));
    const answer = await fetch(`${system.process('ab').url}/assign`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ assignments }) });
    if (!answer.ok) throw new RouteAbsent(`POST /assign answered ${answer.status}`);
    await answer.arrayBuffer();
  }
  return visitors;
};
