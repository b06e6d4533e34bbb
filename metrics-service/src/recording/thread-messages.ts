import { Problem } from '../../../shared/problem.ts';
import type { ProblemExtras, ProblemKind } from '../../../shared/problem.ts';
import type { MetricsConfig } from '../config.ts';
import type { Recording } from './recording.ts';

/** What the thread is given when it begins. */
export interface ThreadData {
  readonly config: MetricsConfig;
  readonly api_token: string;
}

/** What can be asked of the thread: recording, and to begin and end its work in the background. */
export interface ThreadActs extends Recording {
  /** Begins to follow ab-service, to keep sessions up and to forget what is too old. */
  start(): Promise<void>;
  /** Ends what `start` began. */
  stop(): Promise<void>;
  /** Puts what waits on disk, closes the database, and lets the thread end. */
  close(): Promise<void>;
}

/** A request to the thread; answered under the same number. */
export interface ThreadCall {
  readonly id: number;
  readonly act: keyof ThreadActs;
  readonly argument: unknown;
}

/** What others may have kept in memory and must read again: it was changed, and is on disk. */
export interface Changes {
  /** Whether experiments, or what names mean, changed. */
  readonly experiments: boolean;
  /** Visitors whose assignments changed; undefined among them is any number. */
  readonly visitors: readonly (number | undefined)[];
}

/** A Problem as it goes from thread to thread. */
export interface SentProblem {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly extras: ProblemExtras;
}

/** Anything the thread says. */
export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: SentProblem | Error }
  | { readonly type: 'changes'; readonly changes: Changes }
  | { readonly type: 'connected'; readonly connected: boolean };

/** What can be sent of an error, whatever was thrown. */
export const sendable = (error: unknown): SentProblem | Error => {
  if (error instanceof Problem) return { kind: error.kind, detail: error.message, extras: error.extras };
  return error instanceof Error ? error : new Error(String(error));
};

/** The error that was sent. */
export const received = (error: SentProblem | Error): Error => (error instanceof Error ? error : new Problem(error.kind, error.detail, error.extras));
