import type { Database } from '../../shared/sqlite/database.ts';

/** A few named values: how far logs were followed. */
export class MetaStore {
  private readonly select;
  private readonly write;

  constructor(database: Database) {
    this.select = database.prepare('SELECT value FROM meta WHERE name = ?');
    this.write = database.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  }

  find(name: string): string | number | undefined {
    return this.select.get(name)?.['value'] as string | number | undefined;
  }

  set(name: string, value: string | number): void {
    this.write.run(name, value);
  }
}
