import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';

import { SERVICE_NAMES } from '../start/settings.ts';
import { until } from '../until.ts';
import { isAlive, RUN_FILE, startStubs } from './stub-services.ts';

const READY = 'Fairsplit is running';

const olderNode = (): string | undefined => {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, 'node');
    const { stdout } = spawnSync(candidate, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    const major = Number.parseInt(stdout ?? '', 10);
    if (major >= 18 && major < 26) return candidate;
  }
  return undefined;
};

const older_node = olderNode();
const without_older_node = older_node === undefined ? 'no Node older than 26 on the PATH' : false;

test('run.mjs lists the commands when it does not know one', () => {
  const { status, stderr } = spawnSync(process.execPath, [RUN_FILE, 'dance'], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /There is no command "dance"/);
  assert.match(stderr, /^Commands: .*start.*test.*build.*check/m);
});

test('run.mjs stops everything when the shell that started it is killed', async (t) => {
  const stubs = await startStubs(t, {
    command: (run_file, root) => ['sh', '-c', `"${process.execPath}" "${run_file}" start --root "${root}" & echo "launcher $!"; wait`],
  });
  await until('a banner', () => stubs.output().includes(READY));
  const launcher = await until('the launcher to be named', () => Number(/launcher (\d+)/.exec(stubs.output())?.[1]));
  const pids = [...SERVICE_NAMES.map(stubs.pid), launcher];
  assert.ok(pids.every(isAlive));
  stubs.launcher.kill('SIGKILL');
  await until('the end of all of them', () => !pids.some(isAlive));
});

test('run.mjs stops everything when npm is killed and leaves its shell behind', { skip: process.platform !== 'linux' }, async (t) => {
  const stubs = await startStubs(t, {
    environment: { npm_lifecycle_event: 'start' },
    // The outer shell stands for npm, the inner one for the shell that npm runs a script in.
    command: (run_file, root) => ['sh', '-c', `sh -c '"${process.execPath}" "${run_file}" start --root "${root}"; exit $?' & echo "shell $!"; wait`],
  });
  await until('a banner', () => stubs.output().includes(READY));
  const shell = await until('the shell to be named', () => Number(/shell (\d+)/.exec(stubs.output())?.[1]));
  const pids = [...SERVICE_NAMES.map(stubs.pid), shell];
  assert.ok(pids.every(isAlive));
  stubs.launcher.kill('SIGKILL');
  await until('the end of all of them', () => !pids.some(isAlive));
});

test('run.mjs starts everything from an older Node, and a signal to it stops everything', { skip: without_older_node }, async (t) => {
  const stubs = await startStubs(t, { command: (run_file, root) => [older_node ?? '', run_file, 'start', '--root', root] });
  await until('a banner', () => stubs.output().includes(READY));
  const pids = SERVICE_NAMES.map(stubs.pid);
  stubs.launcher.kill('SIGTERM');
  assert.deepEqual(await stubs.exit(), { code: 0, signal: null });
  assert.deepEqual(pids.filter(isAlive), []);
});

test('run.mjs under an older Node leaves nothing when it is killed with SIGKILL', { skip: without_older_node }, async (t) => {
  const stubs = await startStubs(t, { command: (run_file, root) => [older_node ?? '', run_file, 'start', '--root', root] });
  await until('a banner', () => stubs.output().includes(READY));
  const pids = SERVICE_NAMES.map(stubs.pid);
  stubs.launcher.kill('SIGKILL');
  await until('the end of the services', () => !pids.some(isAlive));
});

test('run.mjs under an older Node says what to do when npm has no newer one', { skip: without_older_node }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-run-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'npm'), '#!/bin/sh\necho "npm error code ENOTCACHED" >&2\nexit 1\n', { mode: 0o755 });
  const checkout = dirname(dirname(RUN_FILE));
  // A copy, so that the Node that an earlier run remembered is not found.
  spawnSync('cp', ['-r', join(checkout, 'tools'), folder]);
  const { status, stderr } = spawnSync(older_node ?? '', [join(folder, 'tools', 'run.mjs'), 'check'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  assert.equal(status, 1);
  assert.match(stderr, /Fairsplit needs Node 26 or newer/);
  assert.match(stderr, /npm error code ENOTCACHED/);
  assert.match(stderr, /install Node 26 by hand/);
});
