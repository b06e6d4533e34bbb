import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { testArguments } from '../toolchain/test-arguments.ts';

const FILES = ['shared/test/http/a.test.ts', 'ab-service/test/b.test.ts', 'ab-service/test/helper.ts', 'admin-app/test/c.test.ts', 'tools/test/d.test.ts', 'test/e.test.ts', 'test/compose.test.ts', 'dist/test/f.test.ts'];
const SUITE = ['shared/test/http/a.test.ts', 'ab-service/test/b.test.ts', 'admin-app/test/c.test.ts', 'tools/test/d.test.ts', 'test/e.test.ts'];

const checkout = (t: TestContext): string => {
  const root = mkdtempSync(join(tmpdir(), 'fairsplit-tests-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const file of FILES) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return root;
};

test('testArguments() finds every test but those that need a container engine', (t) => {
  const root = checkout(t);
  assert.deepEqual(testArguments([], root, false), { files: SUITE, options: [], with_compose: false });
  for (const asked of [testArguments(['--compose'], root, false), testArguments([], root, true)]) {
    assert.deepEqual([...asked.files].sort(), [...SUITE, 'test/compose.test.ts'].sort());
    assert.deepEqual(asked.options, []);
  }
});

test('testArguments() takes paths, folders and globs in place of the whole, and hands options on', (t) => {
  const root = checkout(t);
  assert.deepEqual(testArguments(['ab-service', '--test-name-pattern', 'x y', '--test-only'], root, false), {
    files: ['ab-service/test/b.test.ts'],
    options: ['--test-name-pattern', 'x y', '--test-only'],
    with_compose: false,
  });
  assert.deepEqual(testArguments(['test/compose.test.ts', '*/test/d*'], root, false).files, ['test/compose.test.ts', 'tools/test/d.test.ts']);
  assert.deepEqual(testArguments(['nowhere.test.ts'], root, false).files, [join(root, 'nowhere.test.ts')]);
});
