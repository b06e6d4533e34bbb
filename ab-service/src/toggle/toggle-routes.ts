import { isDeepStrictEqual } from 'node:util';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import { isoTime } from '../../../shared/clock.ts';
import { emptyReply, jsonReply } from '../../../shared/http/call.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { cursorOf, PAGE_DEFAULT, PAGE_MAX, readCursor } from '../../../shared/page-cursor.ts';
import { array, object } from '../../../shared/schema/composites.ts';
import { integer, string } from '../../../shared/schema/scalars.ts';
import { optional, parse } from '../../../shared/schema/schema.ts';
import { actorOf } from '../actor.ts';
import type { Definitions } from '../definitions.ts';
import { keySchema } from '../key.ts';
import { TOGGLE_EXAMPLE, toggleAnswer, toggleListAnswer } from './toggle-answers.ts';
import { toggleBody } from './toggle-body.ts';
import type { ToggleUse } from './toggle-use.ts';
import { toggleOf } from './toggle.ts';

const NOT_KEPT = { 'cache-control': 'no-store' } as const;
const newKey = keySchema('How programs call it.', 'contact_form');

/** How many toggles one report may name. */
export const REPORTED_MAX = 1_000;

/** Toggles: list, read, put, delete; and the report of a service that evaluates by itself. */
export const toggleRoutes = (definitions: Definitions, use: ToggleUse): readonly Route[] => {
  const answer = (toggle: Toggle): object => {
    const at = use.evaluated_at(toggle.key);
    return { ...toggle, evaluated_at: at === null ? null : isoTime(at), stale: use.isStale(toggle.key, Date.parse(toggle.updated_at)) };
  };
  const reply = (status: number, toggle: Toggle): Reply => jsonReply(status, answer(toggle), NOT_KEPT);
  return [
    route('GET /api/toggles', {
      summary: 'Lists toggles',
      description: 'One that was neither changed nor evaluated for 30 days is stale: a candidate for removal.',
      access: 'open',
      query: object<{ limit?: number; cursor?: string }>({
        limit: optional(integer({ min: 1, max: PAGE_MAX, description: `${PAGE_DEFAULT} unless said.`, example: 20 })),
        cursor: optional(string({ max: 200, description: 'The `next_cursor` of the page before.' })),
      }),
      answers: { 200: { description: 'One page of toggles, by key.', schema: toggleListAnswer, example: { data: [TOGGLE_EXAMPLE], next_cursor: null } } },
      handle: ({ query: { limit = PAGE_DEFAULT, cursor } }) => {
        const after = cursor === undefined ? '' : String(readCursor(cursor, 1)[0]);
        const following = definitions.toggles.filter(({ key }) => key > after);
        const data = following.slice(0, limit);
        const last = data.at(-1);
        return jsonReply(200, { data: data.map(answer), next_cursor: last !== undefined && following.length > limit ? cursorOf([last.key]) : null }, NOT_KEPT);
      },
    }),
    route('GET /api/toggles/{key}', {
      summary: 'Reads a toggle',
      access: 'open',
      answers: { 200: { description: 'The toggle.', schema: toggleAnswer, example: TOGGLE_EXAMPLE } },
      handle: ({ parameters: { key } }) => reply(200, definitions.getToggle(key)),
    }),
    route('PUT /api/toggles/{key}', {
      summary: 'Creates or replaces a toggle',
      description: 'What is absent takes its default. What is there already is no change. A key that an experiment has is 409.',
      access: 'api',
      body: toggleBody,
      examples: {
        plain: { summary: 'On for everybody', value: { name: 'Contact form', enabled: true } },
        rollout: { summary: 'A wording, for a fifth of those on a telephone', value: { name: 'Announcement', enabled: true, rollout_percent: 20, value_on: 'Now with music', value_off: '', targeting: { device: 'mobile' } } },
      },
      answers: {
        200: { description: 'The toggle, which was there before.', schema: toggleAnswer, example: TOGGLE_EXAMPLE },
        201: { description: 'The new toggle.', schema: toggleAnswer, example: { ...TOGGLE_EXAMPLE, evaluated_at: null } },
        409: { description: 'An experiment has this key.' },
      },
      handle: ({ parameters: { key }, body, call, caller }) => {
        const before = definitions.findToggle(key);
        const after = toggleOf(before?.key ?? parse({ ...newKey, check: (value, _at, faults) => newKey.check(value, '/key', faults) }, key), body, definitions.change_time);
        if (before !== undefined && isDeepStrictEqual({ ...after, updated_at: before.updated_at }, before)) return reply(200, before);
        definitions.commit(actorOf(call, caller), [{ kind: 'toggle', key: after.key, before: before ?? null, after }]);
        return reply(before === undefined ? 201 : 200, after);
      },
    }),
    route('DELETE /api/toggles/{key}', {
      summary: 'Deletes a toggle',
      access: 'api',
      answers: { 204: { description: 'It is gone.' } },
      handle: ({ parameters: { key }, call, caller }) => {
        const before = definitions.getToggle(key);
        definitions.commit(actorOf(call, caller), [{ kind: 'toggle', key, before, after: null }]);
        return emptyReply();
      },
    }),
    route('POST /evaluations', {
      summary: 'Reports which toggles a service has evaluated by itself',
      description: 'A service that follows the configuration evaluates without asking; its report, now and then, keeps the toggles that it uses from being marked stale. Unknown keys are passed over.',
      access: 'ingest',
      body: object<{ readonly toggles: readonly string[] }>({ toggles: array(string({ max: 64, example: 'contact_form' }), { max: REPORTED_MAX }) }),
      answers: { 204: { description: 'Noted.' } },
      handle: ({ body }) => {
        for (const key of body.toggles) if (definitions.findToggle(key) !== undefined) use.note(key);
        return emptyReply();
      },
    }),
  ];
};
