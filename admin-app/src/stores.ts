import type { Database } from '../../shared/sqlite/database.ts';
import { AccountStore } from './account/account-store.ts';
import { SessionStore } from './session/session-store.ts';
import { SignInStore } from './session/sign-in-store.ts';
import { SetupStore } from './setup/setup-store.ts';

/** All tables of admin.sqlite. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly sign_ins: SignInStore;
  readonly setup: SetupStore;
}

/** Prepares every statement, once. */
export const openStores = (database: Database): Stores => ({
  accounts: new AccountStore(database),
  sessions: new SessionStore(database),
  sign_ins: new SignInStore(database),
  setup: new SetupStore(database),
});
