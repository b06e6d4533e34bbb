/** What a column has where there is nothing to say. */
const NONE = -1;

/** Texts that repeat, each sent once; a column has their places. */
export interface SentTexts {
  readonly texts: readonly string[];
  readonly places: Int32Array;
}

/** Texts as they come, each kept once. */
export class Texts {
  readonly texts: string[] = [];
  readonly #known = new Map<string, number>();
  #last: string | null = null;
  #last_place = NONE;

  placeOf(text: string | null): number {
    // Those of one visitor mostly come together.
    if (text === this.#last) return this.#last_place;
    if (text === null) return NONE;
    const place = this.#known.get(text) ?? this.#keep(text);
    this.#last = text;
    this.#last_place = place;
    return place;
  }

  #keep(text: string): number {
    const place = this.texts.push(text) - 1;
    this.#known.set(text, place);
    return place;
  }
}

/** Answers the text that a column has at a place; undefined for none. */
export const textAt = ({ texts, places }: SentTexts, place: number): string | undefined => texts[places[place] as number];

/** Looks up what a column has at a place, each text once and only when it is wanted; undefined where there is none. */
export const lookedUp = <T>({ texts, places }: SentTexts, find: (text: string) => T): ((place: number) => T | undefined) => {
  const found: T[] = [];
  return (place) => {
    const text = places[place] as number;
    return text === NONE ? undefined : (found[text] ??= find(texts[text] as string));
  };
};
