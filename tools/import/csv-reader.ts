/** One row of a CSV file: where it began, and its fields. */
export interface CsvRow {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** A field longer than this is no field but a missing quote. */
const FIELD_LENGTH_MAX = 1_048_576;

/**
 * Reads CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes; LF or CRLF; a byte order mark) piece by piece,
 * so that a file of any size needs no more memory than its longest row. Throws when a quote is never closed.
 */
export class CsvReader {
  private readonly delimiter: string;
  private rest = '';
  private line = 1;
  private begun = false;

  constructor(delimiter = ',') {
    this.delimiter = delimiter;
  }

  /** Takes the next piece of text and answers the rows that are complete. */
  push(text: string): readonly CsvRow[] {
    this.rest += this.begun ? text : text.replace(/^\ufeff/, '');
    this.begun = true;
    const rows: CsvRow[] = [];
    let start = 0;
    for (let end = this.endOfRow(start); end >= 0; end = this.endOfRow(start)) {
      this.take(this.rest.slice(start, end), rows);
      start = end + 1;
    }
    this.rest = this.rest.slice(start);
    if (this.rest.length > FIELD_LENGTH_MAX) throw new Error(`line ${this.line}: a quote is never closed, or the row is longer than a megabyte`);
    return rows;
  }

  /** Answers the last row, where the file does not end with a line break. */
  end(): readonly CsvRow[] {
    const rows: CsvRow[] = [];
    if (this.rest !== '') this.take(this.rest, rows);
    this.rest = '';
    return rows;
  }

  /** The place of the line break that ends the row; one inside quotes does not count. */
  private endOfRow(start: number): number {
    let end = this.rest.indexOf('\n', start);
    const quote = this.rest.indexOf('"', start);
    if (quote < 0 || quote > end) return end;
    for (let quotes = 0, from = start; end >= 0; end = this.rest.indexOf('\n', from)) {
      for (let at = this.rest.indexOf('"', from); at >= 0 && at < end; at = this.rest.indexOf('"', at + 1)) quotes += 1;
      if (quotes % 2 === 0) return end;
      from = end + 1;
    }
    return -1;
  }

  private take(text: string, rows: CsvRow[]): void {
    const row = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (row !== '') rows.push({ line: this.line, fields: row.includes('"') ? this.quotedFields(row) : row.split(this.delimiter) });
    this.line += 1;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.line += 1;
  }

  private quotedFields(row: string): readonly string[] {
    const fields: string[] = [];
    let at = 0;
    while (at <= row.length) {
      if (row[at] === '"') {
        let field = '';
        let close = row.indexOf('"', at + 1);
        while (close >= 0 && row[close + 1] === '"') {
          field += row.slice(at + 1, close + 1);
          at = close + 1;
          close = row.indexOf('"', at + 1);
        }
        if (close < 0) throw new Error(`line ${this.line}: a quote is never closed`);
        const next = row.indexOf(this.delimiter, close);
        fields.push(field + row.slice(at + 1, close));
        at = next < 0 ? row.length + 1 : next + 1;
      } else {
        const next = row.indexOf(this.delimiter, at);
        fields.push(row.slice(at, next < 0 ? row.length : next));
        at = next < 0 ? row.length + 1 : next + 1;
      }
    }
    return fields;
  }
}

/** Writes one row of CSV, quoting what needs it. */
export const csvText = (fields: readonly string[]): string => `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
