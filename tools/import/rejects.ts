import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { csvText } from './csv-reader.ts';
import type { CsvRow } from './csv-reader.ts';

/** A row that was not taken, and why. */
export interface RejectedRow {
  readonly row: CsvRow;
  readonly reason: string;
}

/** The file of rejected rows, made when there is a first one; a run that goes on after another appends to it. */
export class Rejects {
  private readonly path: string;
  private rows = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** How many this run rejected. */
  get count(): number {
    return this.rows;
  }

  /** Removes the file of an earlier run. */
  begin(): void {
    rmSync(this.path, { force: true });
  }

  /** Appends rows, which are in the file when this returns. */
  add(rejected: readonly RejectedRow[]): void {
    if (rejected.length === 0) return;
    const header = existsSync(this.path) ? '' : csvText(['line', 'reason', 'row']);
    appendFileSync(this.path, header + rejected.map(({ row: { line, fields }, reason }) => csvText([String(line), reason, csvText(fields).trimEnd()])).join(''));
    this.rows += rejected.length;
  }
}
