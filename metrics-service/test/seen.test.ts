import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY } from '../src/rollup/cell-deltas.ts';
import { KeptSeen, sightingsOf } from '../src/rollup/seen.ts';
import type { Seen } from '../src/rollup/seen.ts';
import { Random } from './support/random.ts';

type Way = readonly [experiment: number, variant: number, type: number];

/** What a visitor was seen with, in a plain list. */
const waysOf = (seen: Seen): readonly string[] => seen.sightings.flatMap(({ experiment, variant, types }) => types.map((type) => [experiment, variant, type].join(' '))).sort();

test('Seen says what each event changes, whatever others were seen with before', (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const kept = new KeptSeen();
  // With many types nearly nobody is like another: more than are kept.
  for (const types of [2, 5, 40, 1_000]) {
    for (let visitor = 0; visitor < 1_500; visitor += 1) {
      let seen = kept.nothing;
      const ways: Way[] = [];
      for (let event = random.below(visitor === 0 ? 300 : 8); event >= 0; event -= 1) {
        const way: Way = [1 + random.below(2), 1 + random.below(3), 1 + random.below(types)];
        const [experiment, variant, type] = way;
        const own = ways.filter((each) => each[0] === experiment);
        const first = (isLike: (each: Way) => boolean): boolean => !own.some(isLike);
        const step = seen.after(experiment, variant, type);
        const cells = [
          ...(first((each) => each[1] === variant && each[2] === type) ? [[variant, type]] : []),
          ...(first((each) => each[2] === type) ? [[ANY, type]] : []),
          ...(first((each) => each[1] === variant) ? [[variant, ANY]] : []),
          ...(first(() => true) ? [[ANY, ANY]] : []),
        ];
        assert.deepEqual(step?.cells ?? [], cells);
        ways.push(way);
        seen = step?.seen ?? seen;
      }
      assert.deepEqual(waysOf(seen), [...new Set(ways.map((way) => way.join(' ')))].sort());
      assert.deepEqual(waysOf(kept.read(seen.text)), waysOf(seen));
      assert.deepEqual(sightingsOf(String(seen.text)), seen.sightings);
    }
  }
});

test('KeptSeen gives the same to all who came to the same, and again so after many who were like nobody', () => {
  const kept = new KeptSeen();
  const common = (): Seen => kept.of([{ experiment: 1, variant: 2, types: [3, 4] }]);
  assert.equal(common(), common());
  assert.equal(kept.read('1 2 3 4'), common());
  assert.equal(kept.read(null), kept.nothing);
  assert.equal(kept.nothing.text, null);
  const full = new KeptSeen();
  for (let type = 10; type < 10_000; type += 1) full.nothing.after(1, 1, type);
  const late = (): Seen => full.of([{ experiment: 1, variant: 2, types: [3, 4] }]);
  assert.notEqual(late(), late());
  for (let type = 10_000; type < 100_000; type += 1) {
    full.nothing.after(1, 1, type);
    late();
  }
  assert.equal(late(), late());
});
