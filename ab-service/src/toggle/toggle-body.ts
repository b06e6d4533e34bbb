import { json, nullable, object } from '../../../shared/schema/composites.ts';
import type { Json, ObjectSchema, Shape } from '../../../shared/schema/composites.ts';
import { boolean, number, string, timestamp } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { targetingSchema } from '../targeting-schema.ts';
import type { Targeting } from '../targeting-schema.ts';

/** The most bytes of JSON that a toggle's value may have. */
export const VALUE_BYTES_MAX = 16_384;

/** A toggle as a caller sends it; what is absent takes its default. Times in milliseconds. */
export interface ToggleBody {
  readonly name?: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly rollout_percent?: number;
  readonly value_on?: Json;
  readonly value_off?: Json;
  readonly targeting?: Targeting;
  readonly start_time?: number | null;
  readonly end_time?: number | null;
}

/** The members of a toggle but its key. */
export const toggleMembers: Shape<ToggleBody> = {
  name: optional(string({ max: 200, description: 'For people; the key where absent.', example: 'Contact form' })),
  description: optional(string({ max: 4_000 })),
  enabled: optional(boolean({ description: 'Off unless said.', example: true })),
  rollout_percent: optional(number({ min: 0, max: 100, description: 'Share of the targeted visitors who get value_on; 100 unless said.', example: 100 })),
  value_on: optional(json({ bytes_max: VALUE_BYTES_MAX, description: 'What visitors get while it is on for them: boolean, string, number or JSON; true unless said.', example: true })),
  value_off: optional(json({ bytes_max: VALUE_BYTES_MAX, description: 'What the others get, of the same type; false unless said.', example: false })),
  targeting: optional(targetingSchema),
  start_time: optional(nullable(timestamp({ description: 'Off before this time.' }))),
  end_time: optional(nullable(timestamp({ description: 'Off from this time on.' }))),
};

/** Describes the body of `PUT /api/toggles/{key}`. */
export const toggleBody: ObjectSchema<ToggleBody> = object<ToggleBody>(toggleMembers);
