/** A rule on −1 to 1: nodes, their weights, and for every node k the weights `running[k·size + l]` of the integral from −1 to it. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  readonly running: Float64Array;
}

/** Sixteen nodes integrate polynomials up to degree 31 exactly. */
const SIZE = 16;

/** P₀(x) … Pₙ(x), Legendre's polynomials by their recurrence. */
const legendre = (x: number, n: number): readonly number[] => {
  const values = [1, x];
  for (let k = 2; k <= n; k += 1) values.push(((2 * k - 1) * x * (values[k - 1] as number) - (k - 1) * (values[k - 2] as number)) / k);
  return values;
};

const slope = (values: readonly number[], x: number, n: number): number => (n * (x * (values[n] as number) - (values[n - 1] as number))) / (x * x - 1);

const rootNear = (guess: number): number => {
  let x = guess;
  for (let step = 0; step < 20; step += 1) {
    const values = legendre(x, SIZE);
    x -= (values[SIZE] as number) / slope(values, x, SIZE);
  }
  return x;
};

const build = (): Quadrature => {
  const nodes = Float64Array.from({ length: SIZE }, (_, k) => rootNear(-Math.cos((Math.PI * (k + 0.75)) / (SIZE + 0.5))));
  const values = Array.from(nodes, (x) => legendre(x, SIZE));
  const weights = Float64Array.from(nodes, (x, k) => 2 / ((1 - x * x) * slope(values[k] as readonly number[], x, SIZE) ** 2));
  const running = new Float64Array(SIZE * SIZE);
  for (let k = 0; k < SIZE; k += 1) {
    const at = values[k] as readonly number[];
    for (let l = 0; l < SIZE; l += 1) {
      const of = values[l] as readonly number[];
      // ∫ Pⱼ from −1 to x is (Pⱼ₊₁(x) − Pⱼ₋₁(x)) / (2j + 1).
      let sum = ((nodes[k] as number) + 1) / 2;
      for (let j = 1; j < SIZE; j += 1) sum += ((of[j] as number) * ((at[j + 1] as number) - (at[j - 1] as number))) / 2;
      running[k * SIZE + l] = (weights[l] as number) * sum;
    }
  }
  return { nodes, weights, running };
};

/**
 * The Gauss–Legendre rule of sixteen nodes with its running integral: Abramowitz & Stegun 25.4.29; the running weights integrate the
 * Legendre series through the nodes.
 */
export const GAUSS_LEGENDRE: Quadrature = build();
