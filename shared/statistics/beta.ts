import type { Interval } from '../contract/analysis.ts';
import { betaQuantile, betaUpperQuantile } from './beta-quantile.ts';
import type { Counts } from './counts.ts';
import { betaDensity } from './incomplete-beta.ts';
import { GAUSS_LEGENDRE } from './quadrature.ts';

/** What the posterior of a variant's conversion rate says. */
export interface Posterior {
  /** The chance that its rate is the highest of all. */
  readonly probability_best: number;
  /** The chance that its rate is above that of the variant at `control`. */
  readonly probability_beats_control: number;
  /** How far the best rate is above its own, on average. */
  readonly expected_loss: number;
}

/** Panel ends in standard deviations from the mean; so far out because a beta without conversions falls like e^−x. */
const DEVIATIONS = [0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 28, 40];
/** Total mass of a density must come out as 1 within this, or the answer is not given. */
const MASS_ERROR_MAX = 1e-6;

interface Shape {
  readonly density: (x: number) => number;
  readonly low: number;
  readonly high: number;
  readonly deviation: number;
  readonly ends: readonly number[];
}

const shapeOf = (a: number, b: number): Shape => {
  const mean = a / (a + b);
  const deviation = Math.sqrt(mean * (b / (a + b)) / (a + b + 1));
  const ends = DEVIATIONS.flatMap((steps) => [mean - steps * deviation, mean + steps * deviation]).map((end) => Math.min(1, Math.max(0, end)));
  return { density: betaDensity(a, b), low: Math.min(...ends), high: Math.max(...ends), deviation, ends };
};

/** All panel ends in order; those closer together than the narrowest density needs are left out. */
const panelEnds = (shapes: readonly Shape[]): readonly number[] => {
  const gap = Math.min(...shapes.map(({ deviation }) => deviation)) / 2;
  const sorted = shapes.flatMap(({ ends }) => ends).sort((one, other) => one - other);
  const last = sorted.at(-1) ?? 1;
  const kept: number[] = [];
  for (const end of sorted) if (end - (kept.at(-1) ?? -1) > gap && end < last) kept.push(end);
  return [...kept, last];
};

const clip = (probability: number): number => Math.min(1, Math.max(0, probability));

/** A density and its integral on the nodes of the panel that is being looked at. */
interface Track {
  readonly shape: Shape;
  readonly f: Float64Array;
  readonly F: Float64Array;
  /** The integral up to the start of the next panel. */
  before: number;
}

const { nodes, weights, running } = GAUSS_LEGENDRE;
const SIZE = nodes.length;

const follow = (track: Track, from: number, half: number): void => {
  const { shape, f, F, before } = track;
  if (from + 2 * half <= shape.low || from >= shape.high) {
    f.fill(0);
    F.fill(clip(before));
    return;
  }
  let mass = 0;
  for (let k = 0; k < SIZE; k += 1) {
    f[k] = shape.density(from + half * (1 + (nodes[k] as number)));
    mass += (weights[k] as number) * (f[k] as number);
  }
  for (let k = 0; k < SIZE; k += 1) {
    let sum = 0;
    for (let l = 0; l < SIZE; l += 1) sum += (running[k * SIZE + l] as number) * (f[l] as number);
    F[k] = clip(before + half * sum);
  }
  track.before = before + half * mass;
};

/** What a variant has gathered so far. */
interface Gathered {
  best: number;
  beats: number;
  loss: number;
}

const gather = (gathered: readonly Gathered[], tracks: readonly Track[], control: Track, half: number): void => {
  for (let k = 0; k < SIZE; k += 1) {
    const weight = half * (weights[k] as number);
    for (const [i, { f, F }] of tracks.entries()) {
      let others = 1;
      for (const other of tracks) if (other.F !== F) others *= other.F[k] as number;
      const own = gathered[i] as Gathered;
      own.best += weight * (f[k] as number) * others;
      own.beats += weight * (f[k] as number) * (control.F[k] as number);
      own.loss += weight * (F[k] as number) * (1 - others);
    }
  }
};

/**
 * Answers what Beta(1 + conversions, 1 + visitors − conversions) posteriors say of each variant, whatever its size; a variant without
 * visitors keeps its uniform prior. Null where double precision cannot hold the densities (rates within 1e-12 of 1). Twenty variants take some milliseconds.
 * Numerical, without chance: P(best) = ∫ f ∏ F and loss = ∫ F (1 − ∏ F) over the others' F, by Gauss–Legendre panels around every mean,
 * the F integrated along on the same nodes. Stucchio, "Bayesian A/B testing at VWO" (2015), gives both quantities.
 */
export const posteriors = (variants: readonly Counts[], control: number): readonly Posterior[] | null => {
  const tracks = variants.map(({ visitors, conversions }): Track => ({
    shape: shapeOf(conversions + 1, visitors - conversions + 1), f: new Float64Array(SIZE), F: new Float64Array(SIZE), before: 0,
  }));
  const against = tracks[control];
  if (against === undefined) return null;
  const gathered = tracks.map((): Gathered => ({ best: 0, beats: 0, loss: 0 }));
  const ends = panelEnds(tracks.map(({ shape }) => shape));
  for (const [panel, end] of ends.entries()) {
    const from = ends[panel - 1];
    if (from === undefined) continue;
    const half = (end - from) / 2;
    for (const track of tracks) follow(track, from, half);
    gather(gathered, tracks, against, half);
  }
  if (!tracks.every(({ before }) => Math.abs(before - 1) < MASS_ERROR_MAX)) return null;
  return gathered.map(({ best, beats, loss }) => ({ probability_best: clip(best), probability_beats_control: clip(beats), expected_loss: clip(loss) }));
};

/** Answers the interval that holds a variant's rate with probability 1 − alpha, as much of it missing below as above, from the Beta(1,1) posterior. */
export const credibleInterval = ({ visitors, conversions }: Counts, alpha: number): Interval => {
  const [a, b] = [conversions + 1, visitors - conversions + 1];
  return [betaQuantile(alpha / 2, a, b), betaUpperQuantile(alpha / 2, a, b)];
};
