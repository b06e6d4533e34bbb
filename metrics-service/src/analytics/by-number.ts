/** Numbers below this are looked up in a list, which is several times as quick as a map. */
const LISTED_MAX = 65_536;

/** Finds things by a whole number from 0 on. */
export class ByNumber<T> {
  private readonly listed: (T | undefined)[] = [];
  private readonly mapped = new Map<number, T>();

  find(number: number): T | undefined {
    return number < LISTED_MAX ? this.listed[number] : this.mapped.get(number);
  }

  add(number: number, thing: T): T {
    if (number >= LISTED_MAX) this.mapped.set(number, thing);
    else {
      while (this.listed.length <= number) this.listed.push(undefined);
      this.listed[number] = thing;
    }
    return thing;
  }
}
