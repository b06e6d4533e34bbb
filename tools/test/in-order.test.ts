import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InOrder } from '../import/in-order.ts';

test('InOrder lets so many works be under way and notes each after all before it', async () => {
  const works = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const noted: number[] = [];
  const order = new InOrder(2);
  const began = works.map(async () => {});
  let last: Promise<void> = Promise.resolve();
  works.forEach(({ promise }, index) => {
    last = last.then(() => order.begin(() => (begun.push(index), promise), (result) => noted.push(result)));
    began[index] = last;
  });
  await began[1];
  works[1]?.resolve(1);
  await works[1]?.promise;
  await new Promise(setImmediate);
  assert.deepEqual([begun, noted], [[0, 1], []]);
  works[0]?.resolve(0);
  await began[3];
  assert.deepEqual([begun, noted], [[0, 1, 2, 3], [0, 1]]);
  works[3]?.resolve(3);
  works[2]?.resolve(2);
  await order.end();
  assert.deepEqual(noted, [0, 1, 2, 3]);
});

test('InOrder notes nothing after a work that failed, and says so', async () => {
  const noted: string[] = [];
  const order = new InOrder(2);
  const note = (result: string): void => void noted.push(result);
  await order.begin(() => Promise.resolve('first'), note);
  await order.begin(() => Promise.reject(new Error('lost')), note);
  await order.begin(() => Promise.resolve('third'), note);
  await assert.rejects(order.begin(() => Promise.resolve('fourth'), note), /lost/);
  await assert.rejects(order.end(), /lost/);
  assert.deepEqual(noted, ['first']);
});
