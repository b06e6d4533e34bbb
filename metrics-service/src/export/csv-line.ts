/** A value of a CSV file; null is an empty cell. */
export type CsvValue = string | number | boolean | null;

/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const SPECIAL = /[",\r\n]/;

/** Writes one cell (RFC 4180); text that a spreadsheet would run as a formula gets an apostrophe before it. */
const csvCell = (value: CsvValue): string => {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return text !== value || SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Writes one line with its end. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(csvCell).join(',')}\r\n`;
