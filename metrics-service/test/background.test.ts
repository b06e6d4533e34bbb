import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Background } from '../src/recording/background.ts';

test('Background does one work at a time, also after one that failed', async () => {
  let under_way = 0;
  const background = new Background(() => false);
  const workOf = (index: number) => async (): Promise<number> => {
    under_way += 1;
    assert.equal(under_way, 1);
    await new Promise(setImmediate);
    under_way -= 1;
    if (index === 1) throw new Error('full');
    return index;
  };
  const outcomes = await Promise.allSettled([0, 1, 2].map((index) => background.run(workOf(index))));
  assert.deepEqual(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message)), [0, 'full', 2]);
});

test('Background lets others go first', async () => {
  let looks = 0;
  const background = new Background(() => (looks += 1) < 4, Infinity);
  assert.equal(await background.run(() => Promise.resolve(looks)), 4);
});

test('Background does not wait for ever', async () => {
  const background = new Background(() => true, 5);
  assert.equal(await background.run(() => Promise.resolve('done')), 'done');
});
