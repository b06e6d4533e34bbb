import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { ask, callOf } from '../../shared/test/support/call-of.ts';
import { byteRangeOf } from '../src/track/byte-range.ts';
import { MediaFolder } from '../src/track/media-folder.ts';
import { audioTypeOf } from '../src/track/track.ts';
import { API_TOKEN, INGEST_TOKEN, startLanding } from './support/landing.ts';
import type { Landing } from './support/landing.ts';
import { stubService } from './support/stub-service.ts';

const SOUND = `ID3${'0123456789'.repeat(20)}`;

test('byteRangeOf() reads what players ask for', () => {
  assert.deepEqual(byteRangeOf('bytes=0-', 100), { start: 0, end: 99 });
  assert.deepEqual(byteRangeOf('bytes=10-19', 100), { start: 10, end: 19 });
  assert.deepEqual(byteRangeOf('bytes=90-1000', 100), { start: 90, end: 99 });
  assert.deepEqual(byteRangeOf('bytes=-30', 100), { start: 70, end: 99 });
  assert.deepEqual(byteRangeOf('bytes=-300', 100), { start: 0, end: 99 });
  for (const header of ['bytes=100-', 'bytes=-0', 'bytes=1000-2000']) assert.equal(byteRangeOf(header, 100), 'unsatisfiable', header);
  for (const header of [undefined, '', 'bytes=', 'bytes=-', 'bytes=5-4', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=x-1']) assert.equal(byteRangeOf(header, 100), undefined, String(header));
});

test('audioTypeOf() goes by the first bytes', () => {
  const endingOf = (text: string): string | undefined => audioTypeOf(Buffer.from(text, 'latin1'))?.ending;
  assert.deepEqual(['ID3\x04________', '\xff\xfb\x90_________', 'OggS____', 'RIFF____WAVE', 'fLaC____', '____ftypM4A_'].map(endingOf), ['mp3', 'mp3', 'ogg', 'wav', 'flac', 'm4a']);
  for (const text of ['', '<html>', 'RIFF____AVI ', '\xff\xd8\xff\xe0____', '\xff\xff\xff', '\xff\xfb\xff', '\xff\xfe<\0', 'PK\x03\x04']) assert.equal(endingOf(text), undefined, text);
});

const upload = (landing: Landing, query: string, text: string, token: string | null = API_TOKEN) => ask(landing.app, `POST /api/tracks?${query}`, { text, ...(token === null ? {} : { token }) });

test('a track that was taken in is listed, shown on the page and played, whole or in part, until it is removed', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  assert.match((await landing.open('/olympus')).text, /The shelf is still empty/);
  const added = await upload(landing, 'title=A%20%3Cb%3E&artist=Ada', SOUND);
  const { track_id, url, ...rest } = added.json();
  assert.deepEqual([added.status, rest], [201, { title: 'A <b>', artist: 'Ada', media_type: 'audio/mpeg', bytes: 203, created_at: '2090-06-01T12:00:00.000Z' }]);
  assert.deepEqual((await ask(landing.app, 'GET /api/tracks')).json().data.length, 1);
  const page = (await landing.open('/olympus')).text;
  assert.ok(page.includes(`src="${url}"`) && page.includes('A &lt;b&gt;') && !page.includes('<b>'));

  const whole = await ask(landing.app, `GET ${url}`);
  assert.deepEqual([whole.status, whole.text, whole.headers['content-length'], whole.headers['accept-ranges'], whole.reply.type], [200, SOUND, '203', 'bytes', 'audio/mpeg']);
  const part = async (headers: Readonly<Record<string, string>>) => ask(landing.app, `GET ${url}`, { headers });
  const first = await part({ range: 'bytes=3-7' });
  assert.deepEqual([first.status, first.text, first.headers['content-range'], first.headers['content-length']], [206, '01234', 'bytes 3-7/203', '5']);
  const beyond = await part({ range: 'bytes=203-' });
  assert.deepEqual([beyond.status, beyond.text, beyond.headers['content-range']], [416, '', 'bytes */203']);
  const etag = String(whole.headers['etag']);
  assert.equal((await part({ 'if-none-match': etag })).status, 304);
  assert.equal((await part({ range: 'bytes=0-1', 'if-range': etag })).status, 206);
  assert.equal((await part({ range: 'bytes=0-1', 'if-range': '"other"' })).status, 200);

  const remove = async (): Promise<number> => (await ask(landing.app, `DELETE /api/tracks/${track_id}`, { token: API_TOKEN })).status;
  assert.deepEqual([await remove(), await remove(), (await ask(landing.app, `GET ${url}`)).status], [204, 404, 404]);
  assert.match((await landing.open('/olympus')).text, /The shelf is still empty/);
});

test('the library takes nothing that is no audio, and nothing from those who may not', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  for (const text of ['', 'ID', '<script>alert(1)</script>', 'x'.repeat(100_000)]) assert.equal((await upload(landing, 'title=x', text)).status, 415, text.slice(0, 10));
  assert.equal((await upload(landing, 'artist=x', SOUND)).status, 400);
  assert.deepEqual([(await upload(landing, 'title=x', SOUND, null)).status, (await upload(landing, 'title=x', SOUND, INGEST_TOKEN)).status], [401, 403]);
  assert.equal((await ask(landing.app, 'DELETE /api/tracks/x')).status, 401);
  for (const path of ['/music/x.mp3', '/music/..%2f..%2flanding.sqlite', '/music/%2e%2e']) assert.equal((await ask(landing.app, `GET ${path}`)).status, 404, path);
  assert.deepEqual((await ask(landing.app, 'GET /api/tracks')).json().data, []);
});

const inFolder = async (check: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-media-'));
  try {
    await check(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('MediaFolder leaves nothing of an upload that is too large, breaks off or was interrupted', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'old.part'), 'x');
    const media = new MediaFolder(folder);
    assert.deepEqual(readdirSync(folder), []);
    await assert.rejects(media.save('a', Readable.from([Buffer.from(SOUND), Buffer.from(SOUND)]), 300), { kind: 'too_large' });
    const broken = Readable.from((async function* () {
      yield Buffer.from(SOUND);
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })());
    await assert.rejects(media.save('b', broken, 1_000), { kind: 'malformed' });
    assert.deepEqual(readdirSync(folder), []);
    // The sign of its kind may come in pieces.
    const saved = await media.save('c', Readable.from([...SOUND].map((character) => Buffer.from(character))), 1_000);
    assert.deepEqual([saved.file, saved.bytes, statSync(join(folder, 'c.mp3')).mode & 0o777], ['c.mp3', 203, 0o600]);
  });
});

test('a refused upload leaves the connection whole, for the answer', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  const call = callOf('POST /api/tracks?title=x', { text: 'x'.repeat(100_000), token: API_TOKEN });
  const { status } = await landing.app(call);
  assert.deepEqual([status, call.input.destroyed], [415, false]);
});
