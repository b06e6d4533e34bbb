import { isoTime } from '../../../shared/clock.ts';
import { emptyReply, jsonReply } from '../../../shared/http/call.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { Problem } from '../../../shared/problem.ts';
import { object } from '../../../shared/schema/composites.ts';
import { string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { byteRangeOf } from './byte-range.ts';
import type { Track } from './track.ts';
import type { TrackLibrary } from './track-library.ts';

const trackJson = ({ track_id, title, artist, file, media_type, bytes, created_at }: Track): unknown => ({ track_id, title, artist, url: `/music/${file}`, media_type, bytes, created_at: isoTime(created_at) });

/** The media library: what there is, its sound with `Range`, and for holders of the API token how it changes. */
export const trackRoutes = (library: TrackLibrary): readonly Route[] => {
  const send = (call: Call, file: string): Reply => {
    const track = library.findByFile(file);
    if (track === undefined) throw new Problem('not_found', 'There is no such track.');
    const etag = `"${track.track_id}"`;
    const headers = { etag, 'accept-ranges': 'bytes', 'cache-control': 'public, max-age=31536000, immutable' };
    if (call.headers['if-none-match'] === etag) return { status: 304, type: track.media_type, headers };
    const if_range = call.headers['if-range'];
    const range = if_range === undefined || if_range === etag ? byteRangeOf(call.headers.range, track.bytes) : undefined;
    // Not to be kept: a cache would answer everybody with it.
    if (range === 'unsatisfiable') return { status: 416, type: track.media_type, headers: { 'accept-ranges': 'bytes', 'cache-control': 'no-store', 'content-range': `bytes */${track.bytes}` } };
    if (range === undefined) return { status: 200, type: track.media_type, headers: { ...headers, 'content-length': String(track.bytes) }, body: library.folder.read(file, undefined) };
    const length = String(range.end - range.start + 1);
    return { status: 206, type: track.media_type, headers: { ...headers, 'content-length': length, 'content-range': `bytes ${range.start}-${range.end}/${track.bytes}` }, body: library.folder.read(file, range) };
  };

  return [
    route('GET /api/tracks', {
      summary: 'Lists the tracks of the media library',
      access: 'open',
      handle: () => jsonReply(200, { data: library.tracks.map(trackJson), next_cursor: null }, { 'cache-control': 'no-cache' }),
    }),
    route('GET /music/{file}', { summary: 'Sends a track, or a part of it', access: 'open', origin: 'any', handle: ({ call, parameters }) => send(call, parameters.file) }),
    route('POST /api/tracks', {
      summary: 'Takes in a track: the file is the body, its words are in the query',
      access: 'api',
      query: object<{ title: string; artist?: string }>({ title: string({ min: 1, max: 200 }), artist: optional(string({ max: 200 })) }),
      handle: async ({ call, query: { title, artist = '' } }) => {
        // A refusal half-way must leave the connection whole: it carries the answer.
        const track = await library.add({ title, artist }, call.input.iterator({ destroyOnReturn: false }));
        return jsonReply(201, trackJson(track), { location: `/music/${track.file}` });
      },
    }),
    route('DELETE /api/tracks/{id}', {
      summary: 'Removes a track',
      access: 'api',
      handle: async ({ parameters }) => {
        await library.remove(parameters.id);
        return emptyReply();
      },
    }),
  ];
};
