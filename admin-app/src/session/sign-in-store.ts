import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';

/** How an attempt to sign in, or a sign-out, ended. */
export type SignInOutcome = 'signed_in' | 'wrong' | 'signed_out';

/** One line of the log; `account_id` is null for a name that nobody has: what was typed there may be a password. */
export interface SignIn {
  readonly at: number;
  readonly account_id: number | null;
  readonly address: string;
  readonly outcome: SignInOutcome;
}

/** How many lines are kept, newest first. */
const LINES_MAX = 10_000;

/** Keeps who signed in, when, and from where. */
export class SignInStore {
  private readonly insert: StatementSync;
  private readonly remove_old: StatementSync;

  constructor(database: Database) {
    this.insert = database.prepare('INSERT INTO sign_ins (at, account, address, outcome) VALUES (?, ?, ?, ?)');
    this.remove_old = database.prepare('DELETE FROM sign_ins WHERE seq <= (SELECT max(seq) FROM sign_ins) - ?');
  }

  add({ at, account_id, address, outcome }: SignIn): void {
    this.insert.run(at, account_id, address, outcome);
    this.remove_old.run(LINES_MAX);
  }
}
