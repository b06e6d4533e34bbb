import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ImportOptions } from './options.ts';

/** Remembers how many rows of a file are safely in, so that an interrupted import goes on where it stopped. */
export class Checkpoint {
  private readonly file: string;

  /** The place is named after the file, as it is now, and all that was asked: another file or question begins anew. */
  constructor(data_dir: string, options: ImportOptions) {
    const { size, mtimeMs } = statSync(options.file);
    const question = JSON.stringify([resolve(options.file), size, mtimeMs, { ...options, rejects: '', names: [...options.names], keep: options.keep.map((condition) => [...condition]) }]);
    this.file = join(data_dir, 'import', `${createHash('sha256').update(question).digest('hex').slice(0, 32)}.json`);
  }

  /** How many rows need not be sent again. */
  read(): number {
    try {
      const { rows } = JSON.parse(readFileSync(this.file, 'utf8'));
      return Number.isSafeInteger(rows) && rows > 0 ? rows : 0;
    } catch {
      return 0;
    }
  }

  write(rows: number): void {
    mkdirSync(join(this.file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(`${this.file}.new`, JSON.stringify({ rows }), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }

  /** Forgets the place: the import is complete. */
  clear(): void {
    rmSync(this.file, { force: true });
  }
}
