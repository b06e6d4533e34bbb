import type { OpenApiWords } from '../../shared/http/openapi.ts';
import { VERSION } from '../../shared/version.ts';

/** What the documentation of metrics-service says besides its routes. */
export const DOCS_WORDS: OpenApiWords = {
  title: 'Fairsplit metrics-service',
  version: VERSION,
  description: `Takes events, counts them, and says which variant is better.

An answer of 2xx to an event means that it is on disk. The figures are kept as events arrive, so they cost the same at a thousand events and at ten million. Results rest on assignments; statistics that cannot be given are \`null\` with a reason.

Refusals are \`application/problem+json\` (RFC 9457) and name every fault at once. Times are ISO 8601, UTC.`,
  parameters: {
    id: { description: 'Id or key of an experiment.', example: 'homepage' },
    visitor_id: { description: 'Who, as the events and assignments say it.', example: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70' },
  },
  groups: { experiments: 'results', stats: 'results', analysis: 'calculator', 'sample-size': 'calculator', import: 'exchange', export: 'exchange', health: 'service', metrics: 'service', backup: 'service', 'openapi.json': 'service', docs: 'service' },
  group_words: {
    events: 'What visitors do: events come in here, and are read back.',
    analytics: 'Visits: how many, where from, how long, and what became of them.',
    results: 'What came of it: counts by variant, and the results of experiments.',
    calculator: 'The same statistics on numbers of your own.',
    exchange: 'All of it out, and past records in, as streams of any size.',
    visitors: 'What is stored about one person, and its erasure.',
    service: 'Whether it works, how much it does, and what it can do.',
  },
};
