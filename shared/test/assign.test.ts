import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Candidate } from '../assign.ts';
import { decide, groupAdmits, shownVariant } from '../assign.ts';
import { bucketOf, coverageBucketOf, variantFor } from '../bucket.ts';
import type { Experiment } from '../contract/experiment.ts';
import { experimentOf, variantsOf } from './support/experiments.ts';

const visitors = Array.from({ length: 2_000 }, (_, index) => `visitor-${index}`);

/** What a visitor gets, as `kind variant reason`. */
const outcome = (changes: Partial<Experiment>, candidate: Partial<Candidate> = {}): string => {
  const { kind, variant, reason } = decide({ experiment: experimentOf(changes), visitor_id: 'visitor-1', attributes: {}, experiment_enabled: true, ...candidate });
  return `${kind} ${variant.variant_name} ${reason}`;
};

test('decide() gives every visitor the variant of the bucket, each time the same', () => {
  const experiment = experimentOf();
  for (const visitor_id of visitors) {
    const expected = variantFor(bucketOf(visitor_id, experiment.experiment_id), experiment.variants);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(decide({ experiment, visitor_id, attributes: {}, experiment_enabled: true }), { kind: 'assigned', variant: expected, reason: 'bucket' });
    }
  }
});

test('decide() gives the control, whichever variant that is, while nobody takes part', () => {
  const variants = variantsOf(50, 50).map((variant) => ({ ...variant, is_control: variant.variant_name === 'B' }));
  for (const status of ['DRAFT', 'PAUSED', 'COMPLETED'] as const) assert.equal(outcome({ status, variants }), 'control B not_running');
  assert.equal(outcome({ variants }, { experiment_enabled: false }), 'control B switched_off');
  assert.equal(outcome({ variants }, { automation: 'headless' }), 'control B automation');
  assert.equal(outcome({ coverage_percent: 0 }), 'control A not_covered');
  assert.equal(outcome({ variants: variantsOf(0, 0) }), 'control A no_weights');
  assert.equal(outcome({ variants: variants.map((variant) => ({ ...variant, is_control: false })), status: 'DRAFT' }), 'control A not_running');
});

test('decide() takes nobody after the end, even before the experiment is completed', () => {
  const end_time = '2026-02-01T00:00:00.000Z';
  const end = Date.parse(end_time);
  assert.match(outcome({ end_time }, { now: end - 1 }), /^assigned/);
  assert.equal(outcome({ end_time }, { now: end }), 'control A ended');
});

test('decide() lets coverage grow without moving anybody between variants', () => {
  const at = (coverage_percent: number, visitor_id: string): string => outcome({ coverage_percent }, { visitor_id });
  for (const visitor_id of visitors) {
    const covered = coverageBucketOf(visitor_id, experimentOf().experiment_id) < 2_000;
    assert.equal(at(20, visitor_id) !== 'control A not_covered', covered);
    if (covered) assert.equal(at(20, visitor_id), at(100, visitor_id));
  }
});

test('decide() asks the condition, and lets nobody in where it does not compile', () => {
  const targeting = { device: 'mobile', age: { $gte: 18 } };
  assert.match(outcome({ targeting }, { attributes: { device: 'mobile', age: 20 } }), /^assigned/);
  assert.equal(outcome({ targeting }, { attributes: { device: 'desktop', age: 20 } }), 'control A not_targeted');
  assert.equal(outcome({ targeting: { $and: 'broken' } }), 'control A not_targeted');
});

test('decide() gives a variant without weight to nobody new', () => {
  for (const visitor_id of visitors) assert.doesNotMatch(outcome({ variants: variantsOf(40, 0, 60) }, { visitor_id }), / B /);
});

test('decide() gives the winner of a completed experiment to whoever has no assignment', () => {
  for (const winner_for of ['new', 'all'] as const) assert.equal(outcome({ status: 'COMPLETED', winner: 'B', winner_for }, { experiment_enabled: false }), 'winner B winner');
  assert.equal(outcome({ status: 'COMPLETED', winner: 'gone' }), 'control A not_running');
  assert.match(outcome({ status: 'RUNNING', winner: 'B' }), /^assigned/);
});

test('shownVariant() shows the stored variant, unless a winner was declared for all', () => {
  const [stored] = variantsOf(50, 50);
  assert.ok(stored);
  const shown = (changes: Partial<Experiment>): string => shownVariant(experimentOf(changes), stored).variant_name;
  assert.equal(shown({}), 'A');
  assert.equal(shown({ status: 'COMPLETED', winner: 'B', winner_for: 'new' }), 'A');
  assert.equal(shown({ status: 'COMPLETED', winner: 'B', winner_for: 'all' }), 'B');
  assert.equal(shown({ status: 'COMPLETED', winner: null, winner_for: 'all' }), 'A');
});

test('decide() gives testers their variant before it asks anything else of them', () => {
  const forced = { 'visitor-1': 'B' };
  const strict = { forced, coverage_percent: 0, targeting: { a: 1 }, variants: variantsOf(100, 0) };
  assert.equal(outcome(strict, { automation: 'automation' }), 'forced B tester');
  assert.equal(outcome(strict, { visitor_id: 'visitor-2', automation: 'automation' }), 'control A automation');
  assert.equal(outcome({ forced, status: 'PAUSED' }), 'control A not_running');
  assert.equal(outcome({ forced }, { experiment_enabled: false }), 'control A switched_off');
  assert.match(outcome({ forced: { 'visitor-1': 'gone' } }), /^assigned/);
  assert.match(outcome({ forced: {} }, { visitor_id: 'constructor' }), /^assigned/);
});

const group = ['e1', 'e2', 'e3', 'e4'].map((experiment_id) => experimentOf({ experiment_id, group: 'checkout' }));

test('groupAdmits() gives each visitor to exactly one running experiment of a group, in equal shares', () => {
  const counts = group.map(() => 0);
  for (const visitor_id of visitors) {
    const admitting = group.flatMap((experiment, index) => (groupAdmits(experiment, visitor_id, group) ? [index] : []));
    assert.equal(admitting.length, 1);
    counts[admitting[0] as number] = (counts[admitting[0] as number] as number) + 1;
  }
  // 500 expected; four standard deviations are 77.
  for (const count of counts) assert.ok(Math.abs(count - 500) < 77, counts.join(' '));
});

test('groupAdmits() follows the published draws: the highest gets the visitor', () => {
  // docs/assignment.md: of e1, e2 and e3 the highest draw of each visitor.
  const owners = ['visitor-1', 'visitor-2'].map((visitor_id) => group.slice(0, 3).find((experiment) => groupAdmits(experiment, visitor_id, group.slice(0, 3)))?.experiment_id);
  assert.deepEqual(owners, ['e2', 'e3']);
});

test('groupAdmits() moves only visitors whom a new experiment draws', () => {
  const before = group.slice(0, 3);
  for (const visitor_id of visitors) {
    const owner = before.find((experiment) => groupAdmits(experiment, visitor_id, before));
    const after = group.find((experiment) => groupAdmits(experiment, visitor_id, group));
    assert.ok(after === owner || after === group[3]);
  }
});

test('groupAdmits() is independent of variants and passes over other groups and experiments that do not run', () => {
  const rivals = [experimentOf({ experiment_id: 'e5', group: 'other' }), experimentOf({ experiment_id: 'e6', group: 'checkout', status: 'PAUSED' }), experimentOf({ experiment_id: 'e7' })];
  const [own] = group;
  assert.ok(own);
  let in_a = 0;
  let admitted = 0;
  for (const visitor_id of visitors) {
    assert.ok(groupAdmits(own, visitor_id, rivals));
    assert.ok(groupAdmits(experimentOf(), visitor_id, group));
    if (!groupAdmits(own, visitor_id, group)) continue;
    admitted += 1;
    if (variantFor(bucketOf(visitor_id, own.experiment_id), own.variants)?.variant_name === 'A') in_a += 1;
  }
  // Half of about 500; four standard deviations are about 45.
  assert.ok(Math.abs(in_a - admitted / 2) < 50, `${in_a} of ${admitted}`);
});

test('decide() keeps a visitor out whom the group gives to another experiment, or who is in one already', () => {
  const [own] = group;
  assert.ok(own);
  for (const visitor_id of visitors.slice(0, 50)) {
    const expected = groupAdmits(own, visitor_id, group) ? /^assigned/ : /^control A other_experiment$/;
    assert.match(outcome(own, { visitor_id, running: group }), expected);
    assert.equal(outcome(own, { visitor_id, running: [own], in_group_already: true }), 'control A other_experiment');
    assert.match(outcome({}, { visitor_id, in_group_already: true }), /^assigned/);
  }
});
