import type { Fault } from '../../../shared/problem.ts';

/** What somebody may do: a viewer reads, an editor switches toggles and experiments, an admin does everything. */
export type Role = 'viewer' | 'editor' | 'admin';

/** Somebody who may sign in. */
export interface Account {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, admin: 2 };
/** The names are sent in a header to the other services and shown in their change log. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._@-]{0,63}$/;
/** Fewest characters of a password; nothing else is asked of it (NIST SP 800-63B). */
export const PASSWORD_LENGTH_MIN = 12;
const PASSWORD_LENGTH_MAX = 256;

/** Answers whether a role may do what another is enough for. */
export const mayAct = (role: Role, needed: Role): boolean => RANK[role] >= RANK[needed];

/** Names every fault of a new account's name and password. */
export const credentialFaults = (name: string, password: string): readonly Fault[] => {
  const length = [...password].length;
  return [
    ...(NAME.test(name) ? [] : [{ field: 'name', message: 'Use 1 to 64 letters, digits, or . _ @ -, beginning with a letter or digit.' }]),
    ...(length >= PASSWORD_LENGTH_MIN ? [] : [{ field: 'password', message: `Use at least ${PASSWORD_LENGTH_MIN} characters; this has ${length}.` }]),
    ...(length <= PASSWORD_LENGTH_MAX ? [] : [{ field: 'password', message: `Use at most ${PASSWORD_LENGTH_MAX} characters.` }]),
  ];
};
