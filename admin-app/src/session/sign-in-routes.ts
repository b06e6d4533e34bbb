import type { Clock } from '../../../shared/clock.ts';
import { readForm } from '../../../shared/http/body.ts';
import { seeOther } from '../../../shared/http/call.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import { problemHeaders, statusOf } from '../../../shared/http/problem-reply.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { Assets } from '../../../shared/http/static.ts';
import type { Log } from '../../../shared/log.ts';
import { Problem } from '../../../shared/problem.ts';
import type { AccountStore } from '../account/account-store.ts';
import type { PasswordHasher } from '../account/password-hasher.ts';
import type { Door } from './door.ts';
import { ownPath } from './own-path.ts';
import { requireOwnOrigin, sessionCookie, sessionToken } from './session-cookie.ts';
import type { SessionStore } from './session-store.ts';
import { signInPage } from './sign-in-page.ts';
import type { SignInStore } from './sign-in-store.ts';

/** What signing in and out works with. */
export interface SignInNeeds {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly sign_ins: SignInStore;
  readonly hasher: PasswordHasher;
  readonly door: Door;
  readonly assets: Assets;
  readonly admin_url: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** `GET` and `POST /sign-in`, `POST /sign-out`. */
export const signInRoutes = (needs: SignInNeeds): readonly Route[] => {
  const { accounts, sessions, sign_ins, hasher, door, assets, admin_url, log, clock } = needs;

  const refused = (error: unknown): Reply => {
    if (!(error instanceof Problem)) throw error;
    const message = error.kind === 'too_many' ? 'Too many attempts from your address. Wait a minute, then try again.' : error.message;
    const { 'www-authenticate': _, ...headers } = problemHeaders(error);
    return signInPage(assets, statusOf(error.kind), { next: '/', message }, headers);
  };

  const signIn = async (call: Call): Promise<Reply> => {
    requireOwnOrigin(call, admin_url);
    const form = await readForm(call);
    const name = (form.get('name') ?? '').trim().slice(0, 64);
    const next = ownPath(form.get('next'));
    const account = accounts.find(name);
    const right = await hasher.verify((form.get('password') ?? '').slice(0, 1_024), account?.password_hash);
    sign_ins.add({ at: clock(), account_id: account?.id ?? null, address: call.address, outcome: right ? 'signed_in' : 'wrong' });
    if (account === undefined || !right) {
      log.info('sign-in refused', { account: account?.name ?? null });
      return signInPage(assets, 401, { next, name, message: 'The name or the password is wrong.' });
    }
    const earlier = sessionToken(call, admin_url);
    if (earlier !== undefined) sessions.delete(earlier);
    log.info('signed in', { account: account.name });
    return seeOther(next, { 'set-cookie': sessionCookie(call, admin_url, sessions.create(account.id, clock())) });
  };

  const signOut = (call: Call): Reply => {
    requireOwnOrigin(call, admin_url);
    const session = door.find(call);
    const token = sessionToken(call, admin_url);
    if (token !== undefined) sessions.delete(token);
    if (session !== undefined) sign_ins.add({ at: clock(), account_id: session.account_id, address: call.address, outcome: 'signed_out' });
    return seeOther('/sign-in', { 'set-cookie': sessionCookie(call, admin_url, '') });
  };

  return [
    route('GET /sign-in', {
      summary: 'Shows the form for signing in',
      access: 'open',
      origin: 'any',
      handle: ({ call }) => {
        const next = ownPath(call.query.get('next'));
        return door.find(call) === undefined ? signInPage(assets, 200, { next }) : seeOther(next);
      },
    }),
    route('POST /sign-in', { summary: 'Signs in', access: 'open', origin: 'any', rate: 'sign_ins', problems: refused, handle: ({ call }) => signIn(call) }),
    route('POST /sign-out', { summary: 'Signs out', access: 'open', origin: 'any', handle: ({ call }) => signOut(call) }),
  ];
};
