import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';
import { Problem } from '../../../shared/problem.ts';
import type { Account, Role } from './account.ts';

/** An account that is about to be made. */
export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  readonly password_hash: string;
}

/** An account with what proves its password. */
export interface AccountWithHash extends Account {
  readonly password_hash: string;
}

const fold = (name: string): string => name.toLowerCase();

/** Keeps accounts; names that differ in case alone are one. */
export class AccountStore {
  private readonly insert: StatementSync;
  private readonly by_name: StatementSync;
  private readonly any: StatementSync;

  constructor(database: Database) {
    this.insert = database.prepare('INSERT INTO accounts (name, name_folded, role, password_hash, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id');
    this.by_name = database.prepare('SELECT id, name, role, password_hash FROM accounts WHERE name_folded = ?');
    this.any = database.prepare('SELECT 1 FROM accounts LIMIT 1');
  }

  /** Throws Problem `conflict` when the name is taken. */
  create({ name, role, password_hash }: NewAccount, now: number): Account {
    const row = this.insert.get(name, fold(name), role, password_hash, now);
    if (row === undefined) throw new Problem('conflict', 'This name is taken.');
    return { id: Number(row['id']), name, role };
  }

  find(name: string): AccountWithHash | undefined {
    const row = this.by_name.get(fold(name));
    if (row === undefined) return undefined;
    return { id: Number(row['id']), name: String(row['name']), role: row['role'] as Role, password_hash: String(row['password_hash']) };
  }

  /** True until the first account is made. */
  get empty(): boolean {
    return this.any.get() === undefined;
  }
}
