import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';
import type { Track } from './track.ts';

const trackOf = (row: Record<string, unknown>): Track => ({
  track_id: String(row['track_id']),
  title: String(row['title']),
  artist: String(row['artist']),
  file: String(row['file']),
  media_type: String(row['media_type']),
  bytes: Number(row['bytes']),
  created_at: Number(row['created_at']),
});

/** Keeps what is known of the library's tracks; their sound is in files. */
export class TrackStore {
  readonly #all: StatementSync;
  readonly #insert: StatementSync;
  readonly #byFile: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: Database) {
    this.#all = database.prepare('SELECT * FROM tracks ORDER BY created_at, track_id');
    this.#insert = database.prepare('INSERT INTO tracks (track_id, title, artist, file, media_type, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#byFile = database.prepare('SELECT * FROM tracks WHERE file = ?');
    this.#remove = database.prepare('DELETE FROM tracks WHERE track_id = ? RETURNING *');
  }

  /** All tracks, oldest first. */
  all(): readonly Track[] {
    return this.#all.all().map(trackOf);
  }

  add({ track_id, title, artist, file, media_type, bytes, created_at }: Track): void {
    this.#insert.run(track_id, title, artist, file, media_type, bytes, created_at);
  }

  findByFile(file: string): Track | undefined {
    const row = this.#byFile.get(file);
    return row === undefined ? undefined : trackOf(row);
  }

  /** Forgets a track and answers what it was; undefined when there is none. */
  remove(track_id: string): Track | undefined {
    const row = this.#remove.get(track_id);
    return row === undefined ? undefined : trackOf(row);
  }
}
