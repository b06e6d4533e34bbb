import type { Change, ChangedKind } from '../../../shared/contract/change.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { cursorOf, PAGE_DEFAULT, PAGE_MAX, readCursor } from '../../../shared/page-cursor.ts';
import { Problem } from '../../../shared/problem.ts';
import { object } from '../../../shared/schema/composites.ts';
import { integer, oneOf, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import { actorOf } from '../actor.ts';
import type { Definitions } from '../definitions.ts';
import { CHANGE_EXAMPLE, changeAnswer, changeListAnswer } from './change-answers.ts';
import type { ChangeStore } from './change-store.ts';
import { revertOf } from './revert.ts';

interface ChangeQuery {
  readonly kind?: ChangedKind;
  readonly key?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

const NOT_KEPT = { 'cache-control': 'no-store' } as const;
const SEQ = /^[1-9]\d{0,14}$/;

/** The audit, and taking a change back. */
export const changeRoutes = (changes: ChangeStore, definitions: Definitions): readonly Route[] => {
  const changeOf = (seq: string): Change => {
    const change = SEQ.test(seq) ? changes.find(Number(seq)) : undefined;
    if (change === undefined) throw new Problem('not_found', 'There is no such change.');
    return change;
  };
  const currentOf = ({ kind, key }: Change): { readonly definition: object | null; readonly assigned: boolean } => {
    if (kind === 'settings') return { definition: { experiment_enabled: definitions.experiment_enabled }, assigned: false };
    if (kind === 'toggle') return { definition: definitions.findToggle(key) ?? null, assigned: false };
    const live = definitions.findExperiment(key);
    return { definition: live?.definition ?? null, assigned: live?.assigned ?? false };
  };

  return [
    route('GET /changes', {
      summary: 'Lists the changes, newest first',
      description: 'Who changed what, when, from what to what. Kept for ever.',
      access: 'api',
      query: object<ChangeQuery>({
        kind: optional(oneOf(['experiment', 'toggle', 'settings'], { description: 'Changes of this kind alone.' })),
        key: optional(string({ max: 64, description: 'Those of one experiment or toggle.', example: 'homepage' })),
        limit: optional(integer({ min: 1, max: PAGE_MAX, description: `${PAGE_DEFAULT} unless said.`, example: 20 })),
        cursor: optional(string({ max: 200, description: 'The `next_cursor` of the page before.' })),
      }),
      answers: { 200: { description: 'One page of changes.', schema: changeListAnswer, example: { data: [CHANGE_EXAMPLE], next_cursor: null } } },
      handle: ({ query: { kind, key, limit = PAGE_DEFAULT, cursor } }) => {
        const before_seq = cursor === undefined ? undefined : Number(readCursor(cursor, 1)[0]);
        const found = changes.list({ kind, key, before_seq, limit: limit + 1 });
        const data = found.slice(0, limit);
        const last = data.at(-1);
        return jsonReply(200, { data, next_cursor: last !== undefined && found.length > limit ? cursorOf([last.seq]) : null }, NOT_KEPT);
      },
    }),
    route('GET /changes/{seq}', {
      summary: 'Reads one change',
      access: 'api',
      answers: { 200: { description: 'The change.', schema: changeAnswer, example: CHANGE_EXAMPLE } },
      handle: ({ parameters: { seq } }) => jsonReply(200, changeOf(seq), NOT_KEPT),
    }),
    route('POST /changes/{seq}/reverts', {
      summary: 'Takes one change back',
      description: 'Sets what the change changed to what it was, and leaves the rest; a creation is deleted, a deletion created again. 409 with the reason where a later change or the life of an experiment stands in the way. Answers the new change.',
      access: 'api',
      answers: { 201: { description: 'The change that took it back.', schema: changeAnswer, example: { ...CHANGE_EXAMPLE, seq: 9, before: CHANGE_EXAMPLE.after, after: CHANGE_EXAMPLE.before, differences: [{ field: '/experiment_enabled', before: false, after: true }], summary: 'Switched on experiment_enabled.', reverts: 8 } }, 409: { description: 'It cannot be taken back; `detail` says why.' } },
      handle: ({ parameters: { seq }, call, caller }) => {
        const change = changeOf(seq);
        const { definition, assigned } = currentOf(change);
        const edit = revertOf(change, definition as Parameters<typeof revertOf>[1], { now: definitions.change_time, mint: () => uuidv7(), assigned });
        if (edit.before === edit.after) throw new Problem('conflict', 'There is nothing to take back: everything is as it was before the change.');
        definitions.commit(actorOf(call, caller), [edit]);
        return jsonReply(201, changes.list({ limit: 1 })[0], NOT_KEPT);
      },
    }),
  ];
};
