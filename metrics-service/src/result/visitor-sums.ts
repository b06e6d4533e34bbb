/** One long column is taken once it costs no more than so many bytes for each visitor in it. */
const BYTES_A_VISITOR = 64;
const NO_COLUMN = new Float64Array(0);

/** Sums of visitors who have places: those of a few in a map, those of many in one long column. */
export class VisitorSums {
  private readonly places: number;
  private few: Map<number, number> | undefined = new Map();
  private many: Float64Array = NO_COLUMN;

  /** `places` is how many visitors there are. */
  constructor(places: number) {
    this.places = places;
  }

  add(place: number, value: number): void {
    const { few, many } = this;
    if (few === undefined) {
      many[place] = (many[place] as number) + value;
      return;
    }
    few.set(place, (few.get(place) ?? 0) + value);
    if (few.size * BYTES_A_VISITOR < this.places * Float64Array.BYTES_PER_ELEMENT) return;
    this.many = new Float64Array(this.places);
    for (const [each, sum] of few) this.many[each] = sum;
    this.few = undefined;
  }

  /** Hands over the sums that are not 0. */
  each(take: (place: number, sum: number) => void): void {
    for (const [place, sum] of (this.few ?? this.many).entries()) if (sum !== 0) take(place, sum);
  }
}
