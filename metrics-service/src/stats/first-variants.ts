import type { Database } from '../../../shared/sqlite/database.ts';

/** How many visitors are read together: those who came one after the other are asked for one after the other. */
const VISITORS_AT_ONCE = 128;

/** What the visitors of a range of numbers were assigned in an experiment. */
export const FIRST_VARIANTS_SQL = 'SELECT visitor, variant, assigned_at FROM assignments WHERE visitor >= :from AND visitor < :to AND experiment = :experiment ORDER BY visitor, experiment, variant';

/** Says which variant of an experiment visitors were assigned first, whether they are counted in it or not; remembers whom it read. */
export class FirstVariants {
  /** What was read of the database so far, in visitors. */
  read = 0;
  private readonly select;
  private readonly experiment: number;
  private readonly pages = new Map<number, Uint32Array>();

  constructor(database: Database, experiment: number) {
    this.select = database.prepare(FIRST_VARIANTS_SQL);
    this.select.setReturnArrays(true);
    this.experiment = experiment;
  }

  /** A visitor's variant; 0 for none. */
  of(visitor: number): number {
    const number = Math.floor(visitor / VISITORS_AT_ONCE);
    const page = this.pages.get(number) ?? this.readPage(number);
    return page[visitor % VISITORS_AT_ONCE] as number;
  }

  private readPage(number: number): Uint32Array {
    const page = new Uint32Array(VISITORS_AT_ONCE);
    const first = number * VISITORS_AT_ONCE;
    let [last, earliest] = [-1, 0];
    for (const [visitor, variant, assigned_at] of this.select.all({ from: first, to: first + VISITORS_AT_ONCE, experiment: this.experiment }) as unknown as readonly (readonly [number, number, number])[]) {
      if (visitor === last && assigned_at >= earliest) continue;
      [last, earliest] = [visitor, assigned_at];
      page[visitor - first] = variant;
    }
    this.pages.set(number, page);
    this.read += VISITORS_AT_ONCE;
    return page;
  }
}
