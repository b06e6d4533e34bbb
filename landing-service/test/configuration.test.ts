import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../shared/log.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { ConfigurationStore } from '../src/configuration/configuration-store.ts';
import { Configuration } from '../src/configuration/configuration.ts';
import { LANDING_SCHEMA } from '../src/schema.ts';
import { sampleConfig, sampleExperiment, sampleToggle } from './support/sample-config.ts';

const open = () => {
  const store = new ConfigurationStore(openDatabase({ file: ':memory:', ...LANDING_SCHEMA }));
  const log = createLog({ service: 'landing-service', level: 'error', write: () => {} });
  return () => new Configuration({ store, log, clock: () => 0 });
};

test('Configuration knows nothing at first, and after a restart what it knew', () => {
  const start = open();
  const first = start();
  assert.deepEqual([first.is_known, first.experiment_enabled, first.experimentOn('home'), first.version], [false, false, undefined, null]);
  first.take(JSON.stringify(sampleConfig({ version: 7, toggle_rules: [sampleToggle('announcement', true)] })));
  const second = start();
  assert.deepEqual([second.is_known, second.experiment_enabled, second.version], [true, true, 7]);
  assert.equal(second.experimentOn('home')?.key, 'homepage');
  assert.equal(second.findToggle('announcement')?.enabled, true);
  assert.equal(second.experimentOn('elsewhere'), undefined);
});

test('Configuration remembers experiments that are gone as paused, also over a restart', () => {
  const start = open();
  const first = start();
  first.take(JSON.stringify(sampleConfig()));
  first.take(JSON.stringify(sampleConfig({ experiments: [] })));
  assert.equal(first.experimentOn('home')?.status, 'PAUSED');
  assert.equal(start().experimentOn('home')?.status, 'PAUSED');
  first.take(JSON.stringify(sampleConfig({ experiments: [sampleExperiment({ experiment_id: 'experiment-2', key: 'next' })] })));
  assert.equal(first.experimentOn('home')?.key, 'next');
  first.take(JSON.stringify(sampleConfig()));
  assert.deepEqual([first.experimentOn('home')?.key, first.experimentOn('home')?.status], ['homepage', 'RUNNING']);
});

test('Configuration keeps what it has when it is sent something that is no configuration', () => {
  const configuration = open()();
  configuration.take(JSON.stringify(sampleConfig()));
  for (const text of ['', '{', 'null', '{}', '[]', '{"experiment_enabled":true,"experiments":[{}],"toggle_rules":[]}', '{"experiment_enabled":true,"experiments":[],"toggle_rules":[7]}']) {
    configuration.take(text);
    assert.equal(configuration.experimentOn('home')?.key, 'homepage', text);
  }
});
