import type { AnalysisRequest, AnalysisVariant, SampleSizeRequest } from '../../../shared/contract/analysis.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { invalid } from '../../../shared/problem.ts';
import { array, object } from '../../../shared/schema/composites.ts';
import { boolean, integer, number, oneOf, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { analyse } from '../../../shared/statistics/analysis.ts';
import { ANALYSIS_EXAMPLE, analysisAnswer, sampleSizeAnswer } from './analysis-answers.ts';
import { plannedSample } from '../../../shared/statistics/planned-sample.ts';

const VARIANTS_MAX = 100;

/** The counts as they are sent; what is left out is filled in. */
type SentCounts = Omit<AnalysisVariant, 'is_control' | 'traffic_allocation'> & { readonly is_control?: boolean; readonly traffic_allocation?: number };

interface SentAnalysis extends Omit<AnalysisRequest, 'variants'> {
  readonly variants: readonly SentCounts[];
}

const ANALYSIS = object<SentAnalysis>({
  alpha: optional(number({ min: 1e-12, max: 0.5, description: '0.05 where absent.' })),
  correction: optional(oneOf(['holm', 'benjamini-hochberg', 'none'], { description: 'Of the p-values of several variants; holm where absent.' })),
  show_work: optional(boolean({ description: 'Adds every intermediate number.' })),
  variants: array(
    object<SentCounts>({
      variant_name: string({ min: 1, max: 64, description: 'Each once.' }),
      is_control: optional(boolean({ description: 'The first variant is the control where none says so.' })),
      traffic_allocation: optional(number({ description: 'Any positive unit; equal where absent.' })),
      users: number({ description: 'Visitors assigned to the variant.' }),
      conversions: number({ description: 'How many of them converted.' }),
      revenue_sum: optional(number({ description: "Sum of the visitors' revenue; with `revenue_sum_squares` or not at all." })),
      revenue_sum_squares: optional(number({ description: 'Sum of its squares, visitor by visitor.' })),
    }),
    { min: 1, max: VARIANTS_MAX },
  ),
});

const SAMPLE_SIZE = object<SampleSizeRequest>({
  baseline_rate: number({ description: "The control's conversion rate, between 0 and 1.", example: 0.1 }),
  minimum_detectable_effect: number({ description: 'Relative: 0.2 finds a rise by a fifth.', example: 0.2 }),
  alpha: optional(number({ min: 1e-12, max: 0.5, description: '0.05 where absent.' })),
  power: optional(number({ min: 0.01, max: 0.9999, description: '0.8 where absent.' })),
  variants: optional(integer({ min: 2, max: VARIANTS_MAX, description: '2 where absent.' })),
});

const complete = ({ variants, ...rest }: SentAnalysis): AnalysisRequest => {
  const faults = variants.flatMap(({ variant_name }, index) => (variants.findIndex((other) => other.variant_name === variant_name) < index ? [{ field: `/variants/${index}/variant_name`, message: 'must be given once' }] : []));
  if (variants.filter(({ is_control }) => is_control === true).length > 1) faults.push({ field: '/variants', message: 'must have one control at most' });
  if (faults.length > 0) throw invalid(faults);
  const hasControl = variants.some(({ is_control }) => is_control === true);
  return { ...rest, variants: variants.map((counts, index) => ({ ...counts, is_control: counts.is_control ?? (!hasControl && index === 0), traffic_allocation: counts.traffic_allocation ?? 1 })) };
};

/** `POST /analysis` and `POST /sample-size`: the statistics on numbers that the caller gives. */
export const analysisRoutes: readonly Route[] = [
  route('POST /analysis', {
    summary: 'Analyses counts that you give',
    description: 'What cannot be said of them is null with a reason.',
    access: 'api',
    body: ANALYSIS,
    examples: {
      counts: { summary: 'Two variants', value: { variants: [{ variant_name: 'A', users: 1_000, conversions: 100 }, { variant_name: 'B', users: 1_010, conversions: 140 }] } },
      revenue: {
        summary: 'With weights and revenue',
        value: {
          alpha: 0.05,
          correction: 'holm',
          variants: [
            { variant_name: 'A', is_control: true, traffic_allocation: 50, users: 1_000, conversions: 100, revenue_sum: 2_000, revenue_sum_squares: 50_000 },
            { variant_name: 'B', is_control: false, traffic_allocation: 50, users: 1_010, conversions: 140, revenue_sum: 2_500, revenue_sum_squares: 60_000 },
          ],
        },
      },
    },
    answers: { 200: { description: 'The analysis.', schema: analysisAnswer, example: ANALYSIS_EXAMPLE } },
    handle: ({ body }) => jsonReply(200, analyse(complete(body))),
  }),
  route('POST /sample-size', {
    summary: 'Says how many visitors a test needs',
    description: 'Pooled two-proportion formula (Fleiss), two-sided, as `power.prop.test` of R.',
    access: 'api',
    body: SAMPLE_SIZE,
    answers: { 200: { description: 'Visitors, rounded up.', schema: sampleSizeAnswer, example: { per_variant: 3841, total: 7682 } } },
    handle: ({ body }) => jsonReply(200, plannedSample(body)),
  }),
];
