import type { StatementSync } from 'node:sqlite';
import type { Role } from '../account/account.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { hashOfToken, isUseNews, newToken, SESSION_AGE_MS, SESSION_IDLE_MS, sessionLives } from './session.ts';
import type { Session } from './session.ts';

/** Keeps sessions by the hash of their token, so that a copy of the database signs nobody in. */
export class SessionStore {
  private readonly insert: StatementSync;
  private readonly by_token: StatementSync;
  private readonly touch: StatementSync;
  private readonly remove: StatementSync;
  private readonly remove_ended: StatementSync;

  constructor(database: Database) {
    this.insert = database.prepare('INSERT INTO sessions (token_hash, account, created_at, seen_at) VALUES (?, ?, ?, ?)');
    this.by_token = database.prepare(
      'SELECT s.created_at, s.seen_at, a.id, a.name, a.role FROM sessions s JOIN accounts a ON a.id = s.account WHERE s.token_hash = ?',
    );
    this.touch = database.prepare('UPDATE sessions SET seen_at = ? WHERE token_hash = ?');
    this.remove = database.prepare('DELETE FROM sessions WHERE token_hash = ?');
    this.remove_ended = database.prepare('DELETE FROM sessions WHERE seen_at <= ? OR created_at <= ?');
  }

  /** Begins a session and answers its token, which is kept nowhere here; sweeps out those that have ended. */
  create(account_id: number, now: number): string {
    this.remove_ended.run(now - SESSION_IDLE_MS, now - SESSION_AGE_MS);
    const token = newToken();
    this.insert.run(hashOfToken(token), account_id, now, now);
    return token;
  }

  /** Finds who a token belongs to, as the account is now; `use` keeps the session from ending for idleness. */
  find(token: string, now: number, use: boolean = true): Session | undefined {
    const hash = hashOfToken(token);
    const row = this.by_token.get(hash);
    if (row === undefined) return undefined;
    const times = { created_at: Number(row['created_at']), seen_at: Number(row['seen_at']) };
    if (!sessionLives(times, now)) return undefined;
    if (use && isUseNews(times, now)) this.touch.run(now, hash);
    return { account_id: Number(row['id']), account: String(row['name']), role: row['role'] as Role };
  }

  delete(token: string): void {
    this.remove.run(hashOfToken(token));
  }
}
