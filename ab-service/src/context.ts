import { automationOf } from '../../shared/bots.ts';
import type { AutomationReason } from '../../shared/bots.ts';
import { deviceOf } from '../../shared/device.ts';
import { jsonObject } from '../../shared/schema/composites.ts';
import type { Json, JsonObject } from '../../shared/schema/composites.ts';
import type { Schema } from '../../shared/schema/schema.ts';

/** The most bytes of JSON that a visitor's context may have. */
export const CONTEXT_BYTES_MAX = 8_192;

/** Describes what a caller knows of a visitor. */
export const contextSchema: Schema<JsonObject> = jsonObject({
  bytes_max: CONTEXT_BYTES_MAX,
  description: 'Attributes for targeting; user_agent, prefetch and automation also tell programs from people; device and browser are worked out from user_agent.',
  example: { device: 'mobile', language: 'de', user_agent: 'Mozilla/5.0' },
});

/** What is made of a context: the attributes that conditions see, and why the visitor is taken for a program (null: a person). */
export interface Visitor {
  readonly attributes: JsonObject;
  readonly automation: AutomationReason | null;
}

const NOTHING: JsonObject = {};
const UNKNOWN: Visitor = { attributes: NOTHING, automation: null };

/**
 * Reads a context: `device` and `browser` are worked out from its `user_agent` where they are not given. Looks at the context alone,
 * not at the headers of the call: a program that asks on behalf of a person is no bot.
 */
export const visitorOf = (context: JsonObject | undefined, bot_filter: boolean): Visitor => {
  if (context === undefined) return UNKNOWN;
  const own = (name: string): Json | undefined => (Object.hasOwn(context, name) ? context[name] : undefined);
  const user_agent = own('user_agent');
  const agent = typeof user_agent === 'string' ? user_agent : undefined;
  const automation = bot_filter ? automationOf({ user_agent: agent, automation: isTrue(own('automation')), prefetch: isTrue(own('prefetch')) }) : null;
  return { attributes: agent === undefined ? context : { ...deviceOf(agent), ...context }, automation };
};

const isTrue = (value: Json | undefined): boolean => value === true || value === 1 || value === 'true' || value === '1';
