import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { servePages } from './support/serve-pages.ts';

const TOOL = fileURLToPath(new URL('../tools/screenshot.ts', import.meta.url));

const run = (args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', TOOL, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });

test('screenshot writes a PNG of the size asked for, sends the cookies, and reports the page’s errors', async () => {
  await using server = await servePages({
    '/': '<!doctype html><html lang="en"><title>Seen</title><link rel="icon" href="data:,"><h1>Seen</h1><img src="data:,"></html>',
  });
  const folder = await mkdtemp(join(tmpdir(), 'fairsplit-screenshot-'));
  try {
    const path = join(folder, 'a.png');
    const plain = await run([server.url, path, '--width', '360', '--height', '500', '--dark', '--cookie', 'a=b=c', '--wait', 'h1']);
    assert.deepEqual([plain.code, plain.output], [0, `${path}: ${server.url} answered 200\n`]);
    const bytes = await readFile(path);
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [360, 500]);
    assert.equal(server.calls[0]?.headers.cookie, 'a=b=c');

    const audited = await run([server.url, path, '--audit']);
    assert.equal(audited.code, 1);
    assert.match(audited.output, /audit: An image without alt/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('screenshot says how it is used', async () => {
  const { code, output } = await run(['http://127.0.0.1/']);
  assert.equal(code, 1);
  assert.match(output, /^Usage: /);
});
