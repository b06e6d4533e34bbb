import type { Steps } from '../in-steps.ts';
import type { BlockSpan, EventBlock, EventReader } from './event-reader.ts';
import { READS_PER_BLOCK } from './event-sieve.ts';
import type { EventSieve } from './event-sieve.ts';

/** How many blocks are looked at before it is worth to know where all others lie. */
const SPANS_AT_FIRST = 32;

/** A place in the order of time: when an event happened, and of those of one moment which came later. */
export interface TimePlace {
  readonly at: number;
  readonly seq: number;
}

/** Events that were found, in order, and before which the next are; undefined where there are no more. */
export interface Found<Place> {
  readonly places: readonly Place[];
  readonly rest: Place | undefined;
}

/** What is looked for by time. */
export interface TimeSearch {
  readonly events: EventReader;
  readonly sieve: EventSieve;
  readonly from: number;
  readonly before: TimePlace;
  /** How many events. */
  readonly wanted: number;
  /** After how many blocks the search may end with what it has; those whose JSON is read count more. */
  readonly blocks_max: number;
}

/** With the key of its block. */
interface KnownPlace extends TimePlace {
  readonly key: number;
}

const isBefore = (one: TimePlace, other: TimePlace): boolean => one.at < other.at || (one.at === other.at && one.seq < other.seq);
/** Whether all events of a block are at a place or after it, as far as can be told from outside. */
const isBehind = ({ earliest, key }: BlockSpan, { at, seq }: TimePlace): boolean => earliest >= at && key >= seq;
const latestFirst = (one: TimePlace, other: TimePlace): number => other.at - one.at || other.seq - one.seq;

/** Keeps the latest of the events that it is given, and somewhat more before it sorts the others out. */
class LatestPlaces {
  private readonly wanted: number;
  private places: KnownPlace[] = [];
  /** The earliest of the wanted ones, once there are so many. */
  floor: KnownPlace | undefined;

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  add(place: KnownPlace): void {
    this.places.push(place);
    if (this.places.length >= this.wanted * 1.25) this.sort();
  }

  sort(): readonly KnownPlace[] {
    this.places.sort(latestFirst).splice(this.wanted);
    if (this.places.length === this.wanted) this.floor = this.places.at(-1);
    return this.places;
  }
}

/**
 * Finds the latest events before a place in the order of time, a block a step. Blocks that end latest come first, until none that is left can have
 * a later event than those that were found. Blocks lie in time as their events came: live ones one behind the other, imported ones perhaps all over
 * each other. So the search may end early where what it looked at lies behind it for good, not where the next would have to look at most of it again.
 */
export function* latestBefore({ events, sieve, from, before, wanted, blocks_max }: TimeSearch): Steps<Found<TimePlace>> {
  const found = new LatestPlaces(wanted);
  const look = (block: EventBlock): number => {
    const { first_at, first_seq, key } = block;
    const details = sieve.reads ? events.details(key) : undefined;
    let reads = 0;
    for (const place of sieve.places(block, Math.max(from, found.floor?.at ?? from), before.at).toReversed()) {
      const known = { at: first_at + (block.at[place] as number), seq: first_seq + (block.seq[place] as number), key };
      if (!isBefore(known, before) || (found.floor !== undefined && isBefore(known, found.floor))) continue;
      if (details !== undefined) reads += 1;
      if (sieve.passes(details?.properties(place) ?? null)) found.add(known);
    }
    return 1 + reads / READS_PER_BLOCK;
  };
  const answer = (rest?: TimePlace): Found<TimePlace> => {
    const places = found.sort().filter((place) => rest === undefined || !isBefore(place, rest));
    return { places, rest: places.length === wanted ? places.at(-1) : rest };
  };
  // Small blocks may be joined between two steps; so all of them are read in the first, together with where the others lie.
  for (const block of events.looseBlocks()) look(block);
  let spans = events.latestSpans(from, before.at + 1, SPANS_AT_FIRST);
  let [looked_at, worth, check_at] = [0, 0, blocks_max];
  for (let index = 0; ; index += 1) {
    if (index === SPANS_AT_FIRST) spans = events.latestSpans(from, before.at + 1);
    const span = spans[index];
    const { floor } = found;
    if (span === undefined || (floor !== undefined && (span.latest < floor.at || (span.latest === floor.at && span.key < floor.key)))) return answer();
    if (worth >= check_at) {
      const last = spans[index - 1];
      // Of those that end at one moment, the ones that came later were before.
      const rest = last?.latest === span.latest ? { at: span.latest, seq: last.key } : { at: span.latest + 1, seq: 0 };
      const again = spans.slice(0, index).filter((one) => !isBehind(one, rest));
      if (again.length * 2 <= looked_at) return answer(rest);
      check_at = worth * 2;
    }
    if (isBehind(span, before)) continue;
    const block = events.block(span.key);
    const step = block === undefined ? 1 : look(block);
    looked_at += 1;
    worth += step;
    if (index >= SPANS_AT_FIRST) yield step;
  }
}
