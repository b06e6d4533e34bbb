import type { OpenApiWords } from '../../shared/http/openapi.ts';
import { VERSION } from '../../shared/version.ts';

/** What the documentation of ab-service says besides its routes. */
export const DOCS_WORDS: OpenApiWords = {
  title: 'Fairsplit ab-service',
  version: VERSION,
  description: `Decides which variant of an experiment a visitor is shown, and what a toggle is worth to them.

A visitor's first variant is stored before it is answered and never changes. Toggles and experiments are evaluated by OpenFeature clients as well, and the whole configuration can be followed as a stream.

Refusals are \`application/problem+json\` (RFC 9457) and name every fault at once. Times are ISO 8601, UTC.`,
  parameters: {
    id: { description: 'Id or key of an experiment.', example: 'homepage' },
    user_id: { description: "The user's id, the same on every call.", example: 'user-1' },
    visitor_id: { description: "The visitor's id.", example: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70' },
    key: { description: 'Key of a toggle; for OFREP also of an experiment.', example: 'contact_form' },
    seq: { description: 'Number of a change.', example: '1' },
    token: { description: 'Token of a preview, as `POST /experiments/{id}/previews` gave it out.', example: 'token' },
  },
  groups: { assign: 'assignment', assignments: 'assignment', exclusions: 'assignment', evaluations: 'toggles', previews: 'experiments', health: 'service', metrics: 'service', backup: 'service', config: 'configuration', export: 'transfer', import: 'transfer', ofrep: 'OpenFeature', 'openapi.json': 'service', docs: 'service' },
  group_words: {
    assignment: 'Which variant a visitor is shown, once and for all.',
    experiments: 'What is tested: made, started, watched, ended.',
    toggles: 'Values that can be switched, for all or for some.',
    configuration: 'All that is needed to decide without asking again, as a document and as a stream.',
    OpenFeature: 'The OpenFeature Remote Evaluation Protocol 0.3.0: any OpenFeature client works with it.',
    changes: 'Who changed what, when, and taking it back.',
    transfer: 'Definitions out of one installation, and into another.',
    visitors: 'What is stored about one person, and its erasure.',
    service: 'Whether it works, how much it does, and what it can do.',
  },
};
