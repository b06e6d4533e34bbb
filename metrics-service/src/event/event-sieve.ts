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

/** A filter in the numbers that blocks have. */
export interface EventSieve {
  readonly visitor: number | undefined;
  /** Answers which events of a block pass, but for their properties. */
  readonly passing: (block: EventFacts) => (place: number) => boolean;
  /** Whether the JSON of an event's properties passes; undefined where it need not be looked at. */
  readonly passesProperties: ((json: string | null) => boolean) | undefined;
}

interface Needs {
  readonly visitors: VisitorStore;
  readonly words: WordStore;
  readonly experiments: ExperimentStore;
}

const NO_WORD = -1;

/** Makes a sieve of a filter; undefined where it names something that was never heard of: no event has it. */
export const sieveOf = (filter: EventFilter, { visitors, words, experiments }: Needs): EventSieve | undefined => {
  const { visitor_id, experiment, variant, event_type, event_name, property, from = -Infinity, to = Infinity } = filter;
  const equal: (readonly [column: 'type' | 'name' | 'variant', word: number | undefined])[] = [];
  if (event_type !== undefined) equal.push(['type', words.find(event_type)]);
  if (event_type !== undefined && event_name !== undefined) equal.push(['name', words.find(`${event_type}:${event_name}`)]);
  if (variant !== undefined) equal.push(['variant', words.find(variant)]);
  const visitor = visitor_id === undefined ? undefined : visitors.find(visitor_id);
  const meant = experiment === undefined ? undefined : experiments.findName(experiment);
  if (equal.some(([, word]) => word === undefined) || (visitor_id !== undefined && visitor === undefined) || (experiment !== undefined && meant === undefined)) return undefined;
  const names = meant === undefined ? undefined : new Set(experiments.namesOf(meant.experiment));
  const isNamed = event_name === undefined || event_type !== undefined ? undefined : namedBy(event_name, words);
  const passing = (block: EventFacts) => {
    const columns = equal.map(([column, word]) => [block[column], word] as const);
    return (place: number): boolean => {
      const at = block.first_at + (block.at[place] as number);
      if (at < from || at >= to) return false;
      for (const [column, word] of columns) if (column[place] !== word) return false;
      if (visitor !== undefined && block.first_visitor + (block.visitor[place] as number) !== visitor) return false;
      if (names !== undefined && !names.has(block.experiment[place] as number)) return false;
      return isNamed === undefined || isNamed(block.type[place] as number, block.name[place] as number);
    };
  };
  return { visitor, passing, passesProperties: property === undefined ? undefined : propertyTest(property) };
};

/** Tells events of a name, whatever their type: there is one word for each type. */
const namedBy = (event_name: string, words: WordStore): ((type: number, name: number) => boolean) => {
  const wanted = new Map<number, number>();
  return (type, name) => {
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
