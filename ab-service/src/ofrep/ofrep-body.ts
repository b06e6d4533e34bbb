import { jsonObject, object } from '../../../shared/schema/composites.ts';
import type { JsonObject, ObjectSchema } from '../../../shared/schema/composites.ts';

/** Describes the body of both OFREP endpoints, for the documentation: the protocol has its own way to refuse one. */
export const ofrepRequest: ObjectSchema<{ readonly context: JsonObject }> = object<{ readonly context: JsonObject }>({
  context: jsonObject({
    bytes_max: 65_536,
    description: 'targetingKey is the id of the visitor, up to 1,024 characters (256 for experiments); everything else is an attribute for targeting.',
    example: { targetingKey: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70', device: 'mobile' },
  }),
});
