import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file `DATA_DIR/setup-link`, which only the owner may read: it lets who may read the disk set the installation up. */
export class LinkFile {
  private readonly path: string;

  constructor(data_dir: string) {
    this.path = join(data_dir, 'setup-link');
  }

  /** Replaces the file in one step, so that nobody reads half of it. */
  write(link: string): void {
    const part = `${this.path}.${randomBytes(4).toString('hex')}.tmp`;
    writeFileSync(part, `${link}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(part, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}
