import type { Slot } from './page-definition.ts';

/** How long a slot's text may be; a longer one gives way to the default. */
export const SLOT_LENGTH_MAX = 10_000;

const COLOR = /^(#[0-9a-f]{3,8}|[a-z]{3,30}|(rgb|hsl|oklch|oklab)\([0-9a-z.,%/ -]{1,60}\))$/i;
const IMAGE_PATH = /^\/[a-z0-9_-][\w./-]*$/i;

/**
 * The text of a slot for a value from a variant's `configuration_json`, before it is escaped; undefined when the value does not fit
 * the slot, whose default then stands. A color can be nothing but a CSS color, an image nothing but a file of the page or a path
 * of this site: neither can lead a visitor's browser elsewhere.
 */
export const slotText = (slot: Slot, value: unknown, assetUrl: (file: string) => string | undefined): string | undefined => {
  if (typeof value === 'number') return slotText(slot, String(value), assetUrl);
  if (typeof value !== 'string' || value.length > SLOT_LENGTH_MAX) return undefined;
  switch (slot.type) {
    case 'color':
      return COLOR.test(value) ? value : undefined;
    case 'image':
      return assetUrl(value) ?? (IMAGE_PATH.test(value) && !value.includes('//') ? value : undefined);
    case 'choice':
      return slot.choices?.includes(value) ? value : undefined;
    default:
      return value;
  }
};
