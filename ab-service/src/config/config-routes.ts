import type { Clock } from '../../../shared/clock.ts';
import { isoTime } from '../../../shared/clock.ts';
import { emptyReply, jsonReply, JSON_TYPE } from '../../../shared/http/call.ts';
import type { Caller } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { invalid } from '../../../shared/problem.ts';
import { object, record } from '../../../shared/schema/composites.ts';
import { boolean, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { actorOf } from '../actor.ts';
import type { Edit } from '../change/change-store.ts';
import type { Definitions, SettingsDefinition } from '../definitions.ts';
import { knowsTag } from '../entity-tag.ts';
import { CONFIG_EXAMPLE, configAnswer } from './config-answers.ts';
import { configDocument } from './config-document.ts';
import type { ToggleUse } from '../toggle/toggle-use.ts';
import type { ConfigPublisher } from './config-publisher.ts';

interface ConfigChange {
  readonly experiment_enabled?: boolean;
  readonly toggles?: ReadonlyMap<string, boolean>;
}

const configChange = object<ConfigChange>(
  {
    experiment_enabled: optional(boolean({ description: 'False: nobody new is assigned, in any experiment.', example: true })),
    toggles: optional(record(boolean(), { max: 1_000, key_max: 64, description: 'Toggles to be enabled or disabled, by key.', example: { contact_form: true } })),
  },
  { aliases: { experimentEnabled: 'experiment_enabled' } },
);

/** What these routes work with. */
export interface ConfigNeeds {
  readonly definitions: Definitions;
  readonly publisher: ConfigPublisher;
  readonly toggle_use: ToggleUse;
  readonly clock: Clock;
}

/** Whoever reads the configuration uses its toggles; landing-service, which reads whole rules, reports by itself which ones it uses. */
const noteUse = ({ definitions, toggle_use }: ConfigNeeds, caller: Caller): void => {
  if (caller === 'anyone') for (const { key } of definitions.toggles) toggle_use.note(key);
};

/** `GET` and `POST /config`, `GET /config/stream`. */
export const configRoutes = (needs: ConfigNeeds): readonly Route[] => {
  const { definitions, publisher, clock } = needs;
  return [
    route('GET /config', {
      summary: 'Reads the configuration: toggles, their rules, running experiments',
      description: 'Everything that is needed to decide without asking again. With `visitor_id`, `toggles` has the values for that visitor. Testers (`forced`) are shown to holders of a token alone.',
      access: 'open',
      query: object<{ visitor_id?: string }>({ visitor_id: optional(string({ min: 1, max: 1_024, description: 'Whose values `toggles` is to have; an anonymous visitor where absent.', example: 'user-1' })) }),
      further_query: { description: 'With `visitor_id`, all other parameters are attributes for targeting: `device=mobile`.' },
      headers: { 'If-None-Match': { description: 'The `ETag` of an answer before; not with `visitor_id`.' } },
      answers: { 200: { description: 'The configuration.', schema: configAnswer, example: CONFIG_EXAMPLE, headers: { ETag: 'Changes with the configuration.' } }, 304: { description: 'It is as `If-None-Match` says.' } },
      handle: ({ call, caller, query: { visitor_id } }) => {
        const trusted = caller !== 'anyone';
        noteUse(needs, caller);
        if (visitor_id !== undefined) {
          const attributes = Object.fromEntries([...call.query].filter(([name]) => name !== 'visitor_id').slice(0, 50));
          return jsonReply(200, configDocument(definitions, { trusted, visitor_id, attributes, now: clock() }), { 'cache-control': 'no-store' });
        }
        const etag = `"${definitions.version}${trusted ? 't' : ''}"`;
        const headers = { etag, 'cache-control': 'no-cache' };
        return knowsTag(call.headers['if-none-match'], etag) ? emptyReply(304, headers) : { status: 200, type: JSON_TYPE, headers, body: publisher.text(trusted) };
      },
    }),
    route('GET /config/stream', {
      summary: 'Follows the configuration by server-sent events',
      description: 'Event `config` with the whole document, on connect and on each change; its id is the version.',
      access: 'open',
      answers: { 200: { description: 'A stream that goes on until somebody closes it.', type: 'text/event-stream', example: 'id: 7\nevent: config\ndata: {"version":7,…}\n\n' } },
      handle: ({ caller }) => {
        noteUse(needs, caller);
        return publisher.follow(caller !== 'anyone');
      },
    }),
    route('POST /config', {
      summary: 'Switches experiments and toggles',
      description: 'What is sent, and nothing else. An unknown toggle is 400, and then nothing changes.',
      access: 'api',
      body: configChange,
      answers: { 200: { description: 'The configuration as it is now.', schema: configAnswer, example: CONFIG_EXAMPLE } },
      handle: ({ body, call, caller }) => {
        const { experiment_enabled, toggles = new Map<string, boolean>() } = body;
        const unknown = [...toggles.keys()].filter((key) => definitions.findToggle(key) === undefined);
        if (unknown.length > 0) throw invalid(unknown.slice(0, 100).map((key) => ({ field: `/toggles/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, message: 'is no toggle that exists' })));
        const updated_at = isoTime(definitions.change_time);
        const edits: Edit[] = [];
        for (const [key, enabled] of toggles) {
          const before = definitions.getToggle(key);
          if (before.enabled !== enabled) edits.push({ kind: 'toggle', key, before, after: { ...before, enabled, updated_at } });
        }
        if (experiment_enabled !== undefined && experiment_enabled !== definitions.experiment_enabled) {
          const before: SettingsDefinition = { experiment_enabled: definitions.experiment_enabled };
          edits.push({ kind: 'settings', key: 'settings', before, after: { experiment_enabled } });
        }
        definitions.commit(actorOf(call, caller), edits);
        return { status: 200, type: JSON_TYPE, headers: { 'cache-control': 'no-store' }, body: publisher.text(true) };
      },
    }),
  ];
};
