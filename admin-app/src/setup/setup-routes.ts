import type { Clock } from '../../../shared/clock.ts';
import { readForm } from '../../../shared/http/body.ts';
import { seeOther } from '../../../shared/http/call.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import { problemHeaders, statusOf } from '../../../shared/http/problem-reply.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { Assets } from '../../../shared/http/static.ts';
import { Problem } from '../../../shared/problem.ts';
import { requireOwnOrigin, sessionCookie } from '../session/session-cookie.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { SignInStore } from '../session/sign-in-store.ts';
import type { Setup } from './setup.ts';
import { setupPage } from './setup-page.ts';

/** What the set-up routes work with. */
export interface SetupRouteNeeds {
  readonly setup: Setup;
  readonly sessions: SessionStore;
  readonly sign_ins: SignInStore;
  readonly assets: Assets;
  readonly admin_url: string;
  readonly clock: Clock;
}

/** `GET` and `POST /setup`, which are 404 once there is an account. */
export const setupRoutes = ({ setup, sessions, sign_ins, assets, admin_url, clock }: SetupRouteNeeds): readonly Route[] => {
  const complete = async (call: Call): Promise<Reply> => {
    if (!setup.open) throw new Problem('not_found', 'There is nothing at this path.');
    requireOwnOrigin(call, admin_url);
    const form = await readForm(call);
    const [token = '', name = '', password = ''] = ['token', 'name', 'password'].map((field) => form.get(field) ?? '');
    try {
      const account = await setup.complete({ token: token.trim(), name: name.trim(), password });
      sign_ins.add({ at: clock(), account_id: account.id, address: call.address, outcome: 'signed_in' });
      return seeOther('/', { 'set-cookie': sessionCookie(call, admin_url, sessions.create(account.id, clock())) });
    } catch (error) {
      if (!(error instanceof Problem) || error.kind === 'not_found') throw error;
      const { faults } = error.extras;
      const shown = { token, name, ...(faults === undefined ? { message: error.message } : { faults }) };
      return setupPage(assets, statusOf(error.kind), shown, problemHeaders(error));
    }
  };

  return [
    route('GET /setup', {
      summary: 'Shows the form that makes the first account',
      access: 'open',
      origin: 'any',
      handle: () => {
        if (!setup.open) throw new Problem('not_found', 'There is nothing at this path.');
        return setupPage(assets, 200, {});
      },
    }),
    route('POST /setup', { summary: 'Makes the first account', access: 'open', origin: 'any', rate: 'sign_ins', handle: ({ call }) => complete(call) }),
  ];
};
