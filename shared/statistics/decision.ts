import type { AnalysisVariant, Comparison, Decision, SrmAnalysis } from '../contract/analysis.ts';
import { countsOf } from './comparison.ts';
import { arePossible } from './counts.ts';

/** How many visitors every variant needs before anything is decided. */
export const DECISION_VISITORS_MIN = 50;
/** How many of them must have converted, in every variant. */
export const DECISION_CONVERSIONS_MIN = 5;
/** A difference within this share of the control's rate counts as none. */
export const NO_DIFFERENCE_SHARE = 0.05;

/** What a decision is taken from; `comparisons` are adjusted already. */
export interface DecisionGrounds {
  readonly variants: readonly AnalysisVariant[];
  readonly control: AnalysisVariant | undefined;
  readonly comparisons: readonly Comparison[];
  readonly srm: SrmAnalysis;
  readonly alpha: number;
}

const percent = (rate: number): string => `${String(Number((100 * rate).toPrecision(3)))}%`;
const chance = (p: number): string => (p < 1e-300 ? '< 1e-300' : `= ${p.toPrecision(2)}`);
const points = (difference: number): string => `${String(Number((100 * Math.abs(difference)).toPrecision(2)))} points ${difference < 0 ? 'less' : 'more'}`;

const state = (name: Decision['state'], reason: string, variant_name: string | null = null): Decision => ({ state: name, variant_name, reason });

const invalidity = ({ variants, control, srm }: DecisionGrounds): string | undefined => {
  const impossible = variants.find((variant) => !arePossible(countsOf(variant)));
  if (impossible !== undefined) return `The numbers of ${impossible.variant_name} cannot be true (conversions must be whole and at most as many as visitors), so find out where they come from.`;
  if (control === undefined || variants.length < 2) return 'There are not two variants to compare, so add one.';
  if (srm.mismatch !== true) return undefined;
  const stray = variants.find(({ users, traffic_allocation }) => users > 0 && traffic_allocation === 0);
  if (stray !== undefined) return `Visitors are in ${stray.variant_name}, which should get none, so no figure here can be trusted: find the cause and start the test again.`;
  return `Visitors were not split as configured (sample ratio mismatch, p ${chance(srm.p_value ?? 0)}), so no figure here can be trusted: find the cause and start the test again.`;
};

const shortage = (variants: readonly AnalysisVariant[]): string | undefined => {
  const few = variants.find(({ users }) => users < DECISION_VISITORS_MIN);
  if (few !== undefined) return `${few.variant_name} has ${few.users} of at least ${DECISION_VISITORS_MIN} visitors, so let the test run on.`;
  const rare = variants.find(({ conversions }) => conversions < DECISION_CONVERSIONS_MIN);
  return rare && `${rare.variant_name} has ${rare.conversions} of at least ${DECISION_CONVERSIONS_MIN} conversions, so let the test run on.`;
};

interface Contest {
  readonly name: string;
  readonly rate: number;
  readonly interval: readonly [number, number];
  /** 1 and −1 where the always-valid interval, adjusted for the number of comparisons, is clear of zero. */
  readonly clear: number;
}

const contestsOf = ({ comparisons, alpha }: DecisionGrounds, base: number): readonly Contest[] =>
  comparisons.flatMap(({ variant_name: name, absolute_difference: difference, sequential: { ci: interval, adjusted_p_value: p } }) =>
    difference === null || interval === null || p === null ? [] : [{ name, rate: base + difference, interval, clear: p < alpha ? Math.sign(difference) : 0 }]);

const winning = ({ name, rate }: Contest, control: string, base: number): Decision =>
  state('winner', `${name} converts better than ${control} (${percent(rate)} against ${percent(base)}), which chance does not explain, so end the test and show ${name} to everyone.`, name);

const losing = (worst: Contest, control: string, base: number, contests: readonly Contest[]): Decision => {
  const others = contests.filter(({ clear }) => clear === 0).length;
  const advice = others === 0 ? `end the test and keep ${control}` : `take ${worst.name} out and let the others run on`;
  return state('loser', `${worst.name} converts worse than ${control} (${percent(worst.rate)} against ${percent(base)}), which chance does not explain, so ${advice}.`, worst.name);
};

/**
 * Decides what can be said of an experiment, however often it is looked at. In this order:
 * `invalid` for impossible numbers, a single variant, or visitors not split as configured; `wait` until every variant has 50 visitors and 5
 * conversions (one of weight zero with nobody in it aside); `winner`, the best rate among those whose always-valid p-value, adjusted for
 * the number of comparisons, is below alpha and above the control, and `loser`, the worst of those below it; `no_difference` when
 * every always-valid interval lies within ±5 % of the control's rate, which is a statement of its own and not the lack of another;
 * else `wait`. That every interval must lie inside makes an adjustment needless there (Berger, "Multiparameter hypothesis testing", Technometrics 24, 1982).
 */
export const decide = (grounds: DecisionGrounds): Decision => {
  const fault = invalidity(grounds);
  if (fault !== undefined || grounds.control === undefined) return state('invalid', fault ?? 'There is no control.');
  const taking_part = grounds.variants.filter((variant) => variant === grounds.control || variant.users > 0 || variant.traffic_allocation !== 0);
  const lack = taking_part.length < 2 ? 'Nobody is assigned to a second variant yet, so let the test run on.' : shortage(taking_part);
  if (lack !== undefined) return state('wait', lack);

  const { variant_name: control, users, conversions } = grounds.control;
  const base = conversions / users;
  const contests = contestsOf(grounds, base);
  const by_rate = contests.toSorted((one, other) => other.rate - one.rate);
  const best = by_rate.find(({ clear }) => clear > 0);
  if (best !== undefined) return winning(best, control, base);
  const worst = by_rate.findLast(({ clear }) => clear < 0);
  if (worst !== undefined) return losing(worst, control, base, contests);

  const band = NO_DIFFERENCE_SHARE * base;
  const ahead = by_rate[0];
  if (ahead === undefined) return state('wait', 'Everybody converted in every variant, so choose a metric that can tell them apart.');
  if (contests.length === taking_part.length - 1 && contests.every(({ interval: [low, high] }) => low > -band && high < band)) {
    const who = contests.length === 1 ? ahead.name : 'Every other variant';
    return state('no_difference', `${who} converts like ${control} to within ${percent(NO_DIFFERENCE_SHARE)} of its rate, so end the test and keep whichever you prefer.`);
  }
  const [low, high] = ahead.interval;
  return state('wait', `It is not clear yet which is better (${ahead.name} may convert from ${points(low)} to ${points(high)} than ${control}), so let the test run on.`);
};
