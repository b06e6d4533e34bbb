import { array, object, record } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, oneOf, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';

/** The kinds of content that a slot can hold. */
export const SLOT_TYPES = ['text', 'longtext', 'color', 'image', 'choice'] as const;
/** One of them. */
export type SlotType = (typeof SLOT_TYPES)[number];

/** A place in a page whose content a variant can change. */
export interface Slot {
  readonly type: SlotType;
  /** What an editor calls it. */
  readonly label: string;
  readonly default: string;
  /** The values of a `choice`. */
  readonly choices?: readonly string[];
}

/** A part of a page that a toggle of the same key switches. */
export interface PageToggle {
  readonly label: string;
  /** Whether it shows while nothing is known of the toggle. */
  readonly default: boolean;
}

/** What `page.json` says. */
export interface PageDefinition {
  readonly title: string;
  readonly description: string;
  readonly slots: ReadonlyMap<string, Slot>;
  readonly toggles: ReadonlyMap<string, PageToggle>;
  /** The key of a first experiment on the page, for whoever sets one up. */
  readonly experiment?: string;
  /** The page that follows a sent contact form. */
  readonly after_contact?: string;
}

const slot = object<Slot>({
  type: oneOf(SLOT_TYPES),
  label: string({ min: 1, max: 120 }),
  default: string({ max: 10_000 }),
  choices: optional(array(string({ min: 1, max: 120 }), { min: 1, max: 50 })),
});

const toggle = object<PageToggle>({ label: string({ min: 1, max: 120 }), default: boolean() });

/** Describes `page.json`. */
export const PAGE_DEFINITION: ObjectSchema<PageDefinition> = object<PageDefinition>({
  title: string({ min: 1, max: 200 }),
  description: string({ max: 500 }),
  slots: record(slot, { max: 100, key_max: 64 }),
  toggles: record(toggle, { max: 50, key_max: 64 }),
  experiment: optional(string({ min: 1, max: 64 })),
  after_contact: optional(string({ min: 1, max: 64 })),
});
