/** What a change was made to. */
export type ChangedKind = 'experiment' | 'toggle' | 'settings';

/** One difference between before and after; `field` is a JSON Pointer (`/variants/0/configuration_json/headline`). A side that lacks it is null. */
export interface Difference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One change of an experiment, a toggle or the settings, as ab-service's audit keeps it for ever. */
export interface Change {
  /** Grows from change to change. */
  readonly seq: number;
  readonly changed_at: string;
  /** Who did it: an account of admin-app, `api-token`, or `schedule` for what a set time did. */
  readonly actor: string;
  readonly kind: ChangedKind;
  /** The key of the experiment or toggle; `settings` for the settings. */
  readonly key: string;
  readonly action: 'created' | 'updated' | 'deleted';
  /** Null where it did not exist. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly differences: readonly Difference[];
  /** The differences in words, one sentence. */
  readonly summary: string;
  /** The `seq` of the change that this one reverted. */
  readonly reverts: number | null;
}

/** The answer of `GET /changes`, newest first. */
export interface ChangeList {
  readonly data: readonly Change[];
  readonly next_cursor: string | null;
}
