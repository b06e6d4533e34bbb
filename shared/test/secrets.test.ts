import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { openSecrets, readLandingSecrets, tokenHash } from '../secrets.ts';

const folder = (t: TestContext): string => {
  const made = mkdtempSync(join(tmpdir(), 'fairsplit-secrets-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

interface Opener {
  readonly ready: Promise<unknown>;
  /** Lets the process go on; answers the secrets that it opened, as JSON. */
  open(): Promise<string>;
}

const openerInAnotherProcess = (data_dir: string): Opener => {
  const script = `import { readSync } from 'node:fs';
    import { openSecrets } from ${JSON.stringify(new URL('../secrets.ts', import.meta.url).href)};
    process.stdout.write('ready;');
    readSync(0, Buffer.alloc(1));
    process.stdout.write(JSON.stringify(openSecrets({ data_dir: ${JSON.stringify(data_dir)} })));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (bytes) => (output += String(bytes)));
  return {
    ready: once(child.stdout, 'data'),
    open: async () => {
      child.stdin.end('!');
      const [code] = (await once(child, 'close')) as [number | null];
      assert.equal(code, 0);
      return output.replace('ready;', '');
    },
  };
};

test('openSecrets() makes 256 random bits each, readable by the owner alone, and the same at every call', (t) => {
  const data_dir = join(folder(t), 'new');
  const secrets = openSecrets({ data_dir });
  assert.match(secrets.api_token, /^[\w-]{43}$/);
  assert.match(secrets.ingest_token, /^[\w-]{43}$/);
  assert.notEqual(secrets.api_token, secrets.ingest_token);
  assert.deepEqual(openSecrets({ data_dir, api_token: '' }), secrets);
  for (const place of ['secrets', 'secrets-landing']) assert.equal(modeOf(join(data_dir, place)), '700');
  for (const file of ['secrets/api-token', 'secrets/ingest-token', 'secrets-landing/api-token-sha256', 'secrets-landing/ingest-token']) {
    assert.equal(modeOf(join(data_dir, file)), '600', file);
  }
});

test('openSecrets() publishes to landing-service the hash of the API token and never the token', async (t) => {
  const data_dir = folder(t);
  const { api_token, ingest_token } = openSecrets({ data_dir });
  const landing = join(data_dir, 'secrets-landing');
  assert.deepEqual(readdirSync(landing).sort(), ['api-token-sha256', 'ingest-token']);
  for (const file of readdirSync(landing)) assert.ok(!readFileSync(join(landing, file), 'utf8').includes(api_token));
  const api_token_sha256 = createHash('sha256').update(api_token).digest('hex');
  assert.deepEqual(await readLandingSecrets({ data_dir, wait_ms: 0 }), { api_token_sha256, ingest_token });
});

test('openSecrets() agrees with itself in twenty processes at once', async (t) => {
  const data_dir = folder(t);
  const openers = Array.from({ length: 20 }, () => openerInAnotherProcess(data_dir));
  await Promise.all(openers.map((opener) => opener.ready));
  const answers = await Promise.all(openers.map((opener) => opener.open()));
  assert.equal(new Set(answers).size, 1);
  assert.deepEqual(JSON.parse(answers[0] ?? ''), openSecrets({ data_dir }));
  assert.deepEqual(readdirSync(join(data_dir, 'secrets')).sort(), ['api-token', 'ingest-token']);
});

test('openSecrets() prefers the values of the environment and lets the other services know them', async (t) => {
  const data_dir = folder(t);
  const made = openSecrets({ data_dir });
  assert.deepEqual(openSecrets({ data_dir, api_token: 'given' }), { api_token: 'given', ingest_token: made.ingest_token });
  assert.equal((await readLandingSecrets({ data_dir, wait_ms: 0 })).api_token_sha256, tokenHash('given'));
  assert.equal(openSecrets({ data_dir }).api_token, 'given');
});

test('openSecrets() refuses values that no header can carry', (t) => {
  const data_dir = folder(t);
  for (const api_token of ['two words', 'line\nbreak', 'schön', 'x'.repeat(2_000)]) {
    assert.throws(() => openSecrets({ data_dir, api_token }), { name: 'StartFault', message: /^API_TOKEN must be/ });
  }
});

test('openSecrets() names a file that lost its content, and a folder that cannot be made', (t) => {
  const data_dir = folder(t);
  mkdirSync(join(data_dir, 'secrets'));
  writeFileSync(join(data_dir, 'secrets', 'api-token'), '');
  assert.throws(() => openSecrets({ data_dir }), { name: 'StartFault', message: /api-token is empty; delete it/ });
  writeFileSync(join(data_dir, 'file'), '');
  assert.throws(() => openSecrets({ data_dir: join(data_dir, 'file') }), { name: 'StartFault', message: /^Cannot keep the secrets in .*file/ });
});

test('openSecrets() leaves existing secrets alone where it may not write', { skip: process.getuid?.() === 0 && 'root may write everywhere' }, (t) => {
  const data_dir = folder(t);
  const secrets = openSecrets({ data_dir });
  const own = join(data_dir, 'secrets');
  chmodSync(own, 0o500);
  t.after(() => chmodSync(own, 0o700));
  assert.deepEqual(openSecrets({ data_dir }), secrets);
});

test('readLandingSecrets() waits for the secrets to be written', async (t) => {
  const data_dir = folder(t);
  const reading = readLandingSecrets({ data_dir, wait_ms: 60_000 });
  const { api_token, ingest_token } = openSecrets({ data_dir });
  assert.deepEqual(await reading, { api_token_sha256: tokenHash(api_token), ingest_token });
});

test('readLandingSecrets() says in one line what is missing and writes nothing', async (t) => {
  const data_dir = folder(t);
  await assert.rejects(readLandingSecrets({ data_dir, wait_ms: 0 }), { name: 'StartFault', message: /start ab-service first, or set/ });
  assert.ok(!existsSync(join(data_dir, 'secrets-landing')));
  await assert.rejects(readLandingSecrets({ data_dir, api_token_sha256: 'beef', ingest_token: 'x' }), { message: /64 hexadecimal digits/ });
});

test('readLandingSecrets() takes what the environment gave without looking for files', async (t) => {
  const given = { api_token_sha256: tokenHash('a'), ingest_token: 'narrow' };
  assert.deepEqual(await readLandingSecrets({ data_dir: folder(t), ...given, wait_ms: 0 }), given);
});
