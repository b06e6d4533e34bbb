/** What can go wrong at an edge, in the product's words; `http/problem-reply.ts` alone knows the status codes. */
export type ProblemKind =
  | 'malformed'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'stale'
  | 'too_large'
  | 'unsupported_type'
  | 'misdirected'
  | 'precondition_required'
  | 'too_many'
  | 'too_slow'
  | 'overloaded'
  | 'disk_full';

/** One fault of an input: `field` is a JSON Pointer into the body (`/variants/0/weight`) or a query parameter's name. */
export interface Fault {
  readonly field: string;
  readonly message: string;
}

/** What a Problem may carry besides its sentence. */
export interface ProblemExtras {
  readonly faults?: readonly Fault[];
  /** Answered as `Retry-After`, in whole seconds. */
  readonly retry_after_seconds?: number;
  /** Methods that would have been allowed; answered as `Allow`. */
  readonly allow?: readonly string[];
}

/**
 * A refusal that a caller is meant to read: domain, stores and routes throw it, the edge answers it as RFC 9457.
 * Everything else that is thrown is a bug and is answered 500 without its message.
 */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly extras: ProblemExtras;

  constructor(kind: ProblemKind, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.extras = extras;
  }
}

/** A Problem for input that was understood but breaks rules; names every fault at once. */
export const invalid = (faults: readonly Fault[]): Problem =>
  new Problem('invalid', faults.length === 1 ? 'One value is not acceptable.' : `${faults.length} values are not acceptable.`, { faults });
