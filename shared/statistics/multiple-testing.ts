/** p-values, and null where there is none: those stay null and are not counted. */
export type PValues = readonly (number | null)[];

/** Adjusts by rank: sorts ascending, applies the rule, carries the running extreme, and puts all back in place. */
const byRank = (p_values: PValues, carry: (sorted: readonly number[]) => readonly number[]): PValues => {
  const places = p_values.flatMap((p, place) => (p === null || Number.isNaN(p) ? [] : [{ p, place }])).sort((one, other) => one.p - other.p);
  const adjusted = carry(places.map(({ p }) => p));
  const at = new Map(places.map(({ place }, rank) => [place, Math.min(1, adjusted[rank] ?? 1)]));
  return p_values.map((_, place) => at.get(place) ?? null);
};

/** Multiplies every p-value by their number: Dunn, "Multiple comparisons among means", Journal of the American Statistical Association 56 (1961). */
export const bonferroni = (p_values: PValues): PValues => byRank(p_values, (sorted) => sorted.map((p) => p * sorted.length));

/**
 * Adjusts so that the chance of any false alarm stays below alpha, whatever the dependence, and never loses to Bonferroni:
 * Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export const holm = (p_values: PValues): PValues =>
  byRank(p_values, (sorted) => {
    let most = 0;
    return sorted.map((p, rank) => (most = Math.max(most, p * (sorted.length - rank))));
  });

/**
 * Adjusts so that the expected share of false alarms among all alarms stays below alpha: Benjamini & Hochberg, "Controlling the false
 * discovery rate", Journal of the Royal Statistical Society B 57 (1995).
 */
export const benjaminiHochberg = (p_values: PValues): PValues =>
  byRank(p_values, (sorted) => {
    let least = 1;
    return sorted.map((_, fromStart) => {
      const rank = sorted.length - fromStart;
      return (least = Math.min(least, ((sorted[rank - 1] ?? 1) * sorted.length) / rank));
    }).reverse();
  });
