import { median } from './figure.ts';
import type { Figure } from './figure.ts';
import { reached } from './goal.ts';

const WIDTHS = [38, 9, 17, 8, 8, 10, 10] as const;
const HEADINGS = ['', 'median', 'range', 'floor', 'goal', 'moonshot', 'reached'];

const NONE = '–';

/** Three digits that matter, as a person would write them. */
const digits = (value: number): string => {
  if (Number.isNaN(value)) return NONE;
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 3);
};

/** Writes large numbers with a comma a thousand, small ones with what matters: `31,204`, `5.1`. */
export const readable = (value: number): string => (Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : digits(value));

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[index] ?? 0)))
    .join('')
    .trimEnd();

const limits = (values: readonly number[]): string => (values.length < 2 ? '' : `${readable(Math.min(...values))} – ${readable(Math.max(...values))}`);

/** The head of the table. */
export const tableHead = (): string => line(HEADINGS);

/** The rows of one case: its title, a row a figure, and the notes below the figures that they belong to. */
export const tableRows = (title: string, figures: readonly Figure[]): string =>
  [
    title,
    ...figures.flatMap(({ what, unit, values, goal, note }) => {
      const middle = median(values);
      const mark = (value: number | undefined): string => (value === undefined ? '' : value.toLocaleString('en'));
      const row = line([
        `  ${what}${unit === '' ? '' : `, ${unit}`}`,
        readable(middle),
        limits(values),
        mark(goal?.floor),
        mark(goal?.goal),
        mark(goal?.moonshot),
        goal === undefined ? '' : (reached(goal, middle) ?? NONE),
      ]);
      return note === undefined ? [row] : [row, `    ${note}`];
    }),
  ].join('\n');
