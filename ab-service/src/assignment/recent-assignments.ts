import type { StoredAssignment } from './assignment-store.ts';

/** How many assignments are remembered at least; at most twice as many, some 8 MB. */
export const REMEMBERED = 20_000;

type Generation = Map<number, Map<string, StoredAssignment>>;

/**
 * Remembers the assignments that were asked for last, because visitors come back within minutes: a look here costs a tenth of one into the database.
 * What is on disk alone may be put in. Two generations: when the young one is full it becomes the old one, and what nobody asked for since is let go.
 */
export class RecentAssignments {
  readonly #size_max: number;
  #young: Generation = new Map();
  #old: Generation = new Map();
  #size = 0;

  constructor(size_max: number = REMEMBERED) {
    this.#size_max = size_max;
  }

  /** A remembered assignment, or undefined: then the database has to be asked. */
  find(visitor_id: string, experiment: number): StoredAssignment | undefined {
    const young = this.#young.get(experiment)?.get(visitor_id);
    if (young !== undefined) return young;
    const old = this.#old.get(experiment)?.get(visitor_id);
    if (old !== undefined) this.put(visitor_id, experiment, old);
    return old;
  }

  /** Remembers an assignment that is on disk. */
  put(visitor_id: string, experiment: number, assignment: StoredAssignment): void {
    if (this.#size >= this.#size_max) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    let own = this.#young.get(experiment);
    if (own === undefined) {
      own = new Map();
      this.#young.set(experiment, own);
    }
    own.set(visitor_id, assignment);
    this.#size += 1;
  }

  /** Forgets a visitor who is erased. */
  forget(visitor_id: string): void {
    for (const generation of [this.#young, this.#old]) for (const own of generation.values()) own.delete(visitor_id);
  }
}
