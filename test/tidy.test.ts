import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { codeRules } from './tidy/code-rules.ts';
import { importRules } from './tidy/import-rules.ts';
import { repositoryFiles } from './tidy/repository-files.ts';
import { repositoryRules } from './tidy/repository-rules.ts';
import { servedRules } from './tidy/served-rules.ts';

const files = repositoryFiles(fileURLToPath(new URL('..', import.meta.url)));

for (const rule of [...importRules, ...codeRules, ...servedRules, ...repositoryRules]) {
  test(`tidy: ${rule.name}`, () => {
    const faults = rule.faults(files);
    assert.ok(faults.length === 0, `${faults.length} fault(s):\n  ${faults.join('\n  ')}\n`);
  });

  test(`tidy notices a breach: ${rule.name}`, () => {
    for (const planted of rule.planted) {
      const faults = rule.faults([planted].flat());
      assert.ok(faults.length > 0, `nothing was noticed in ${JSON.stringify(planted).slice(0, 300)}`);
      for (const fault of faults) assert.match(fault, /^[^\s:]+:\d+ \S/);
    }
    assert.deepEqual(rule.faults(rule.kept), []);
  });
}

test('repositoryFiles() reads this repository, and any folder without git', () => {
  assert.ok(files.some(({ path, text }) => path === 'package.json' && text.includes('fairsplit')));
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-tidy-'));
  try {
    for (const path of ['a/b', 'node_modules/c']) mkdirSync(join(folder, path), { recursive: true });
    for (const path of ['a/b/x.ts', 'node_modules/c/y.ts', '.env']) writeFileSync(join(folder, path), 'text');
    writeFileSync(join(folder, 'a/z.png'), Buffer.from([137, 0, 1]));
    assert.deepEqual(repositoryFiles(folder), [{ path: 'a/b/x.ts', text: 'text' }, { path: 'a/z.png', text: '' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
