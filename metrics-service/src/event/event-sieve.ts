import type { Column } from '../columns.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { VisitorStore } from '../visitor/visitor-store.ts';
import type { WordStore } from '../word/word-store.ts';
import type { EventFacts } from './event-block.ts';

/** Which events are wanted; all conditions hold together. */
export interface EventFilter {
  readonly visitor_id?: string;
  /** Id or key; events that name neither experiment nor variant are of none. */
  readonly experiment?: string;
  readonly variant?: string;
  readonly event_type?: string;
  readonly event_name?: string;
  /** `name=value` of `properties`, compared as text. */
  readonly property?: string;
  readonly from?: number;
  readonly to?: number;
}

/** Reading the JSON of so many events costs as much as reading a block and looking through its columns. */
export const READS_PER_BLOCK = 100;

/** A filter in the numbers that blocks have. */
export interface EventSieve {
  readonly visitor: number | undefined;
  /** Answers the places of a block whose events pass, their properties aside, and happened in a stretch of time, both ends included. */
  readonly places: (block: EventFacts, from?: number, until?: number) => readonly number[];
  /** Whether the JSON of an event's properties has to be looked at. */
  readonly reads: boolean;
  readonly passes: (properties: string | null) => boolean;
}

interface Needs {
  readonly visitors: VisitorStore;
  readonly words: WordStore;
  readonly experiments: ExperimentStore;
}

const NO_WORD = -1;

/** Makes a sieve of a filter; undefined where it names something that was never heard of: no event has it. */
export const sieveOf = (filter: EventFilter, { visitors, words, experiments }: Needs): EventSieve | undefined => {
  const { visitor_id, experiment, variant, event_type, event_name, property, from: oldest = -Infinity, to = Infinity } = filter;
  const visitor = visitor_id === undefined ? undefined : visitors.find(visitor_id);
  const equal: (readonly [column: 'visitor' | 'type' | 'name' | 'variant', number: number | undefined])[] = [];
  if (visitor_id !== undefined) equal.push(['visitor', visitor]);
  if (event_type !== undefined) equal.push(['type', words.find(event_type)]);
  if (event_type !== undefined && event_name !== undefined) equal.push(['name', words.find(`${event_type}:${event_name}`)]);
  if (variant !== undefined) equal.push(['variant', words.find(variant)]);
  const meant = experiment === undefined ? undefined : experiments.findName(experiment);
  if (equal.some(([, number]) => number === undefined) || (experiment !== undefined && meant === undefined)) return undefined;
  const names = meant === undefined ? undefined : new Set(experiments.namesOf(meant.experiment));
  const isNamed = event_name === undefined || event_type !== undefined ? undefined : namedBy(event_name, words);
  const places = (block: EventFacts, from: number = -Infinity, until: number = Infinity): readonly number[] => {
    const [first, ...others] = equal.map(([column, number]) => [block[column], column === 'visitor' ? (number as number) - block.first_visitor : (number as number)] as const);
    let found = within(block.at, Math.max(from, oldest) - block.first_at, Math.min(until, to - 1) - block.first_at, first === undefined ? undefined : placesOf(...first));
    for (const [column, number] of others) found = found.filter((place) => column[place] === number);
    if (names !== undefined) found = found.filter((place) => names.has(block.experiment[place] as number));
    return isNamed === undefined ? found : found.filter((place) => isNamed(block.type[place] as number, block.name[place] as number));
  };
  return { visitor, places, reads: property !== undefined, passes: property === undefined ? () => true : propertyTest(property) };
};

/** The places of a number in a column. */
const placesOf = (column: Column, number: number): readonly number[] => {
  const found: number[] = [];
  for (let place = column.indexOf(number); place >= 0; place = column.indexOf(number, place + 1)) found.push(place);
  return found;
};

/** The places of numbers that are neither below nor above: among some, or among all. */
const within = (column: Column, min: number, max: number, among?: readonly number[]): readonly number[] => {
  const isWithin = (place: number): boolean => (column[place] as number) >= min && (column[place] as number) <= max;
  if (among !== undefined) return among.filter(isWithin);
  const found: number[] = [];
  for (let place = 0; place < column.length; place += 1) if (isWithin(place)) found.push(place);
  return found;
};

/** Tells events of a name, whatever their type: there is one word for each type. */
const namedBy = (event_name: string, words: WordStore): ((type: number, name: number) => boolean) => {
  const wanted = new Map<number, number>();
  return (type, name) => {
    if (name === 0) return false;
    let word = wanted.get(type);
    if (word === undefined) {
      word = words.find(`${words.wordOf(type)}:${event_name}`) ?? NO_WORD;
      wanted.set(type, word);
    }
    return name === word;
  };
};

/** `name=value` is compared as text: a text as it is, all else as JSON writes it. `name` alone is there, whatever it is. */
const propertyTest = (property: string): ((json: string | null) => boolean) => {
  const [name = '', ...parts] = property.split('=');
  const value = parts.length === 0 ? undefined : parts.join('=');
  const written = JSON.stringify(name);
  return (json) => {
    // Most have no such name, which is told without reading all of it.
    if (json === null || !json.includes(written)) return false;
    const properties = JSON.parse(json) as Readonly<Record<string, unknown>>;
    if (!Object.hasOwn(properties, name)) return false;
    const found = properties[name];
    return value === undefined || value === (typeof found === 'string' ? found : JSON.stringify(found));
  };
};
