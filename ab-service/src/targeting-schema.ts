import { Problem } from '../../shared/problem.ts';
import type { Schema } from '../../shared/schema/schema.ts';
import { compileCondition } from '../../shared/targeting/condition.ts';

/** A condition as a definition holds it; null for everybody. */
export type Targeting = Readonly<Record<string, unknown>> | null;

/** Describes a condition of the targeting language (docs/targeting.md) or null; what cannot be compiled is refused where it stands. */
export const targetingSchema: Schema<Targeting> = {
  json: {
    anyOf: [{ type: 'object' }, { type: 'null' }],
    description: 'Whom it is for: a condition over attributes, such as {"device": "mobile", "country": {"$in": ["DE", "AT"]}}; null for everybody.',
    examples: [{ device: 'mobile', country: { $in: ['DE', 'AT'] } }],
  },
  check: (value, at, faults) => {
    if (value !== null) {
      try {
        compileCondition(value, at);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        for (const fault of error.extras.faults ?? []) faults.add(fault.field, fault.message);
      }
    }
    return value as Targeting;
  },
};
