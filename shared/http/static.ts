import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../problem.ts';
import type { Reply } from './call.ts';
import { route } from './route.ts';
import type { Route } from './route.ts';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['ts', 'text/javascript; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['svg', 'image/svg+xml'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['ico', 'image/x-icon'],
  ['woff2', 'font/woff2'],
  ['mp3', 'audio/mpeg'],
  ['json', 'application/json; charset=utf-8'],
]);

interface Asset {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly etag: string;
}

const ENDING = /\.([a-z0-9]+)$/;
const TEXT_ENDINGS = new Set(['ts', 'js', 'css', 'svg', 'json']);

const filesBelow = (folder: string, prefix = ''): readonly string[] =>
  readdirSync(join(folder, prefix)).flatMap((name) => {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, path) : [path];
  });

const load = (folder: string, path: string, ending: string): string | Uint8Array => {
  const bytes = readFileSync(join(folder, path));
  if (!TEXT_ENDINGS.has(ending)) return bytes;
  const text = bytes.toString('utf8');
  return ending === 'ts' ? stripTypeScriptTypes(text) : text;
};

/**
 * The files of a folder, read once at start and served under a hash of them all, immutable. Browser TypeScript is served
 * with its types stripped when run from source, and as compiled when run from `dist/`; pages name it `x.ts` in both.
 */
export class Assets {
  private readonly assets = new Map<string, Asset>();
  private readonly hash: string;

  /** `folder` is a URL made with `new URL('../public/', import.meta.url)`. */
  constructor(folder: URL) {
    const root = fileURLToPath(folder);
    const digest = createHash('sha256');
    for (const path of filesBelow(root).toSorted()) {
      const ending = ENDING.exec(path)?.[1] ?? '';
      const type = TYPES.get(ending);
      if (type === undefined || path.endsWith('.d.ts')) continue;
      const body = load(root, path, ending);
      digest.update(path).update(body);
      this.assets.set(path, { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` });
    }
    this.hash = digest.digest('base64url').slice(0, 12);
  }

  private find(path: string): Asset | undefined {
    return this.assets.get(path) ?? (path.endsWith('.ts') ? this.assets.get(`${path.slice(0, -3)}.js`) : undefined);
  }

  /** The address of a file, for a page; throws when there is no such file: that is a bug of the page. */
  url(path: string): string {
    if (this.find(path) === undefined) throw new Error(`no asset ${path}`);
    const name = this.assets.has(path) ? path : `${path.slice(0, -3)}.js`;
    return `/assets/${this.hash}/${name}`;
  }

  /** The text of a file, for what is put into a page or served under a fixed name. */
  text(path: string): string {
    const asset = this.find(path);
    if (asset === undefined) throw new Error(`no asset ${path}`);
    return asset.body.toString();
  }

  /** Answers a file, or 304 when the client has it. */
  reply(path: string, if_none_match: string | undefined, cache_control = 'public, max-age=31536000, immutable'): Reply {
    const asset = this.find(path);
    if (asset === undefined) throw new Problem('not_found', 'There is nothing at this path.');
    const headers = { etag: asset.etag, 'cache-control': cache_control };
    return if_none_match === asset.etag ? { status: 304, type: asset.type, headers } : { status: 200, type: asset.type, headers, body: asset.body };
  }

  /** Answers a file of an address that `url` gave out; one of another hash is answered as it is now, and not to be kept. */
  send(hash: string, path: string, if_none_match: string | undefined): Reply {
    return hash === this.hash ? this.reply(path, if_none_match) : this.reply(path, if_none_match, 'no-cache');
  }

  /** `GET /assets/{hash}/{file}` and, one folder down, `GET /assets/{hash}/{folder}/{file}`. */
  routes(): readonly Route[] {
    return assetRoutes(() => this);
  }
}

/** The routes of assets that are read when the first of them is asked for: for pages that most processes never show. */
export const assetRoutes = (assets: () => Assets): readonly Route[] => {
  const words = { summary: 'Sends a file of the pages', access: 'open', origin: 'any' } as const;
  return [
    route('GET /assets/{hash}/{file}', { ...words, handle: ({ call, parameters }) => assets().send(parameters.hash, parameters.file, call.headers['if-none-match']) }),
    route('GET /assets/{hash}/{folder}/{file}', { ...words, handle: ({ call, parameters }) => assets().send(parameters.hash, `${parameters.folder}/${parameters.file}`, call.headers['if-none-match']) }),
  ];
};
