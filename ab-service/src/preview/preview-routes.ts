import type { Clock } from '../../../shared/clock.ts';
import { isoTime } from '../../../shared/clock.ts';
import type { AssignmentAnswer } from '../../../shared/contract/experiment.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { invalid, Problem } from '../../../shared/problem.ts';
import { anything, named, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import { integer, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import type { Definitions } from '../definitions.ts';
import { previewToken, readPreview } from './preview.ts';

/** How long a preview can be looked at where nobody says: a day, in seconds. */
export const PREVIEW_SECONDS = 86_400;
/** The longest: thirty days. */
export const PREVIEW_SECONDS_MAX = 2_592_000;

/** What these routes work with. */
export interface PreviewNeeds {
  readonly definitions: Definitions;
  readonly key: SigningKey;
  readonly landing_url: string;
  readonly clock: Clock;
}

const NOT_KEPT = { 'cache-control': 'no-store' } as const;

const PREVIEW_LINK = object<{ readonly token: string; readonly expires_at: string; readonly url: string | null }>({ token: text(), expires_at: time(), url: nullable(text()) });

const PREVIEW = object<Pick<AssignmentAnswer, 'experiment_id' | 'experiment' | 'variant_id' | 'variant' | 'configuration_json'> & { readonly page: string | null; readonly expires_at: string }>({
  experiment_id: text(),
  experiment: text({ description: 'Its key.' }),
  page: nullable(text()),
  variant_id: text(),
  variant: text({ description: 'Its name.' }),
  configuration_json: named(anything(), { description: 'Slot values of the page under this variant.' }),
  expires_at: time(),
});

/** Previews: a link to a variant, also of a draft, and what it shows. */
export const previewRoutes = ({ definitions, key, landing_url, clock }: PreviewNeeds): readonly Route[] => [
  route('POST /experiments/{id}/previews', {
    summary: 'Makes a link under which a variant can be looked at',
    description: 'Also of a draft. Whoever looks is not assigned, and nothing is recorded. The variant is shown as it is when it is looked at.',
    access: 'api',
    body_optional: true,
    body: object<{ variant?: string; seconds?: number }>({
      variant: optional(string({ min: 1, max: 64, description: 'Name or id; the first that is no control where absent.', example: 'B' })),
      seconds: optional(integer({ min: 60, max: PREVIEW_SECONDS_MAX, description: 'How long the link works; a day unless said.', example: 3_600 })),
    }),
    answers: { 201: { description: 'The link; `url` is null where the experiment has no page.', schema: PREVIEW_LINK, example: { token: 'eyJleHBl…', expires_at: '2026-01-06T12:00:00.000Z', url: 'http://localhost:8080/?preview=eyJleHBl…' } } },
    handle: ({ parameters: { id }, body: { variant: name, seconds = PREVIEW_SECONDS } }) => {
      const { experiment_id, variants, page } = definitions.getExperiment(id).definition;
      const variant = name === undefined ? (variants.find(({ is_control }) => !is_control) ?? variants[0]) : variants.find(({ variant_id, variant_name }) => variant_name === name || variant_id === name);
      if (variant === undefined) throw invalid([{ field: '/variant', message: 'must be the name or id of one of the variants' }]);
      const expires_at = clock() + seconds * 1_000;
      const token = previewToken({ experiment_id, variant_id: variant.variant_id, expires_at }, key);
      const url = page === null ? null : `${landing_url}/${page === 'home' ? '' : page}?preview=${encodeURIComponent(token)}`;
      return jsonReply(201, { token, expires_at: isoTime(expires_at), url }, NOT_KEPT);
    },
  }),
  route('GET /previews/{token}', {
    summary: 'Says what a preview shows: page and slot values',
    access: 'open',
    answers: {
      200: { description: 'The variant as it is now.', schema: PREVIEW, example: { experiment_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d10', experiment: 'homepage', page: 'home', variant_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d12', variant: 'B', configuration_json: { headline: 'Try it today' }, expires_at: '2026-01-06T12:00:00.000Z' } },
      404: { description: 'It does not exist, or no longer.' },
    },
    handle: ({ parameters: { token } }) => {
      const preview = readPreview(token, key, clock());
      const live = preview === undefined ? undefined : definitions.findExperiment(preview.experiment_id);
      const ready = preview === undefined ? undefined : live?.findVariant(preview.variant_id);
      if (preview === undefined || live === undefined || ready === undefined) throw new Problem('not_found', 'This preview does not exist, or no longer.');
      const { experiment_id, key: experiment, page } = live.definition;
      const { variant_id, variant_name, configuration_json } = ready.variant;
      return jsonReply(200, { experiment_id, experiment, page, variant_id, variant: variant_name, configuration_json, expires_at: isoTime(preview.expires_at) }, NOT_KEPT);
    },
  }),
];
