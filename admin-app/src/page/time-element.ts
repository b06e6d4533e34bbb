import { isoTime } from '../../../shared/clock.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';

/** How much of a time is shown: the day, the time of the day, or both. */
export type TimeDetail = 'day' | 'clock' | 'moment';

const FALLBACK: Readonly<Record<TimeDetail, (iso: string) => string>> = {
  day: (iso) => iso.slice(0, 10),
  clock: (iso) => `${iso.slice(11, 16)} UTC`,
  moment: (iso) => `${iso.slice(0, 16).replace('T', ' ')} UTC`,
};

/** A time, in UTC until the browser's script writes it in its own zone. */
export const timeElement = (milliseconds: number, detail: TimeDetail): Html => {
  const iso = isoTime(milliseconds);
  return html`<time datetime="${iso}" data-detail="${detail}">${FALLBACK[detail](iso)}</time>`;
};
