/** One entry of the assignment log: somebody was assigned, or somebody is to be forgotten. */
export interface AssignmentLogEntry {
  /** Grows from entry to entry; there are gaps. */
  readonly seq: number;
  /** Null in an erasure, as are the three after `visitor_id`. */
  readonly experiment_id: string | null;
  readonly visitor_id: string;
  readonly variant_id: string | null;
  /** The variant's name. */
  readonly variant: string | null;
  readonly assignment_timestamp: string | null;
  /** A tester who was put into the variant by name: no part of results. */
  readonly forced: boolean;
  /** True: forget everything about this visitor that was learned from earlier entries. */
  readonly erased: boolean;
}

/** The answer of `GET /assignments`: the entries after `after`, oldest first. */
export interface AssignmentLog {
  /** Names this log; another name (a restored backup) means: drop what came from the old one and read again from 0. */
  readonly log: string;
  readonly data: readonly AssignmentLogEntry[];
  /** Where to go on: the last entry's `seq`, or `after` when there was none. */
  readonly last_seq: number;
}
