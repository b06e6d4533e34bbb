/** Writes a value as a CSV cell (RFC 4180). One that a spreadsheet would take for a formula gets an apostrophe before it. */
export const csvCell = (value: string | number | null): string => {
  const text = String(value ?? '');
  const safe = /^\s*[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Writes a line of CSV with its line break. */
export const csvLine = (values: readonly (string | number | null)[]): string => `${values.map(csvCell).join(',')}\r\n`;
