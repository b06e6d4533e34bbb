import type { Clock } from '../../../shared/clock.ts';
import { html } from '../../../shared/html.ts';
import { Problem } from '../../../shared/problem.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import type { MediaFolder } from './media-folder.ts';
import type { Track } from './track.ts';
import type { TrackStore } from './track-store.ts';

/** How large a track may be. */
export const TRACK_BYTES_MAX = 209_715_200;
/** How many tracks the library holds. */
export const TRACKS_MAX = 1_000;

/** The music that pages play: files on disk, and what is known of them. */
export class TrackLibrary {
  readonly #store: TrackStore;
  readonly #folder: MediaFolder;
  readonly #clock: Clock;
  #tracks: readonly Track[];
  #list: string | undefined;

  constructor(store: TrackStore, folder: MediaFolder, clock: Clock) {
    this.#store = store;
    this.#folder = folder;
    this.#clock = clock;
    this.#tracks = store.all();
  }

  /** All tracks, oldest first. */
  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  get folder(): MediaFolder {
    return this.#folder;
  }

  /** The list of tracks as a page shows it: players that need no script. Made once for each change. */
  get list(): string {
    this.#list ??= this.#tracks
      .map(({ title, artist, file }) => html`<li class="track"><span class="track-words"><strong>${title}</strong>${artist === '' ? null : html` <span>${artist}</span>`}</span><audio controls preload="none" src="/music/${file}" aria-label="${title}" data-title="${title}"></audio></li>`.text)
      .join('');
    return this.#list;
  }

  findByFile(file: string): Track | undefined {
    return this.#store.findByFile(file);
  }

  /** Takes in a track; it is on disk when this resolves. Throws Problem `conflict` when the library is full, and what saving throws. */
  async add(words: Pick<Track, 'title' | 'artist'>, input: AsyncIterable<Uint8Array>): Promise<Track> {
    if (this.#tracks.length >= TRACKS_MAX) throw new Problem('conflict', `The library holds ${TRACKS_MAX} tracks already.`);
    const track_id = uuidv7();
    const { file, media_type, bytes } = await this.#folder.save(track_id, input, TRACK_BYTES_MAX);
    const track: Track = { ...words, track_id, file, media_type, bytes, created_at: this.#clock() };
    try {
      this.#store.add(track);
    } catch (error) {
      await this.#folder.remove(file);
      throw error;
    }
    this.#changed();
    return track;
  }

  /** Removes a track; throws Problem `not_found`. */
  async remove(track_id: string): Promise<void> {
    const track = this.#store.remove(track_id);
    if (track === undefined) throw new Problem('not_found', 'There is no such track.');
    this.#changed();
    await this.#folder.remove(track.file);
  }

  #changed(): void {
    this.#tracks = this.#store.all();
    this.#list = undefined;
  }
}
