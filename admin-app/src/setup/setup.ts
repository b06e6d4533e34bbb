import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../shared/clock.ts';
import type { Log } from '../../../shared/log.ts';
import { invalid, Problem } from '../../../shared/problem.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { StartFault } from '../../../shared/start-fault.ts';
import { credentialFaults } from '../account/account.ts';
import type { Account } from '../account/account.ts';
import type { AccountStore } from '../account/account-store.ts';
import type { PasswordHasher } from '../account/password-hasher.ts';
import { hashOfToken, newToken } from '../session/session.ts';
import type { SetupStore } from './setup-store.ts';

/** How long a set-up link works. */
export const SETUP_LINK_MS: number = 30 * 60_000;

/** What set-up works with. */
export interface SetupNeeds {
  readonly database: Database;
  readonly accounts: AccountStore;
  readonly setup: SetupStore;
  readonly hasher: PasswordHasher;
  /** Where the link is written for the launcher; absent in tests that do without. */
  readonly file: { write(link: string): void; remove(): void };
  readonly admin_url: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** What somebody sends who follows the link. */
export interface SetupRequest {
  readonly token: string;
  readonly name: string;
  readonly password: string;
}

/** The first account: made by whoever has the one-time link, or from `ADMIN_PASSWORD`; there is no default password and no race. */
export class Setup {
  private readonly needs: SetupNeeds;
  private timer: NodeJS.Timeout | undefined;

  constructor(needs: SetupNeeds) {
    this.needs = needs;
  }

  /** True until the first account is made. */
  get open(): boolean {
    return this.needs.accounts.empty;
  }

  /** Makes the account `admin` from the password, or a link while there is no account; throws StartFault for a password that is none. */
  async begin(admin_password: string | undefined): Promise<void> {
    const { accounts, hasher, log, clock } = this.needs;
    if (!this.open) return this.finish();
    if (admin_password === undefined) return this.issue();
    const [fault] = credentialFaults('admin', admin_password);
    if (fault !== undefined) throw new StartFault(`ADMIN_PASSWORD is not acceptable: ${fault.message}`);
    accounts.create({ name: 'admin', role: 'admin', password_hash: await hasher.hash(admin_password) }, clock());
    this.finish();
    log.info('made the account admin from ADMIN_PASSWORD');
  }

  /** Makes the first account, an admin; throws Problem `not_found` once there is one, `forbidden` for a link that is not the valid one, `invalid`. */
  async complete({ token, name, password }: SetupRequest): Promise<Account> {
    const { database, accounts, hasher, log, clock } = this.needs;
    this.requireLink(token);
    const faults = credentialFaults(name, password);
    if (faults.length > 0) throw invalid(faults);
    const password_hash = await hasher.hash(password);
    const account = database.transaction(() => {
      // Hashing takes a while, and somebody else may have used the link meanwhile.
      this.requireLink(token);
      this.needs.setup.delete();
      return accounts.create({ name, role: 'admin', password_hash }, clock());
    });
    this.finish();
    log.info('made the first account', { account: account.name });
    return account;
  }

  /** Stops renewing the link. */
  close(): void {
    clearTimeout(this.timer);
  }

  private requireLink(token: string): void {
    if (!this.open) throw new Problem('not_found', 'There is nothing at this path.');
    const link = this.needs.setup.find();
    const matches = link !== undefined && timingSafeEqual(hashOfToken(token), link.token_hash);
    if (!matches || this.needs.clock() >= link.expires_at) throw new Problem('forbidden', 'This link is not valid, or no longer. A fresh one is in the log of admin-app and in the file setup-link of its data folder.');
  }

  /** Makes a link, and another when that one ends unused, so that the newest line of the log always works. */
  private issue(): void {
    const { setup, file, admin_url, log, clock } = this.needs;
    if (!this.open) return;
    const token = newToken();
    const link = `${admin_url}/setup#${token}`;
    setup.replace({ token_hash: hashOfToken(token), expires_at: clock() + SETUP_LINK_MS });
    file.write(link);
    // The one secret that is meant to be seen; `warn`, so that it is seen at every usual level.
    log.warn('no account yet: open this link within 30 minutes to make the first one', { link });
    this.timer = setTimeout(() => this.issue(), SETUP_LINK_MS);
    this.timer.unref();
  }

  private finish(): void {
    clearTimeout(this.timer);
    this.needs.setup.delete();
    this.needs.file.remove();
  }
}
