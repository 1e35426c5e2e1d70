/** Streams of random words: none is another's, and every seed has its own. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { counterHash, keyOf, permuted, Purpose } from "../../src/random/counter-hash.ts";
import { sample } from "../../src/random/sample.ts";

const PURPOSES = Object.keys(Purpose) as Purpose[];
/** Seeds that differ in their low bits, their high bits or their sign alone. */
const SEEDS = [
  ...Array.from({ length: 12 }, (_, seed) => seed),
  ...[
    -1,
    -2,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 32 + 1,
    2 ** 33,
    -(2 ** 32),
    2 ** 40 + 5,
    2 ** 52,
  ],
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
];

/** The first words of a stream. */
const words = (key: number) => Array.from({ length: 4 }, (_, counter) => counterHash(counter, key));

Deno.test("streams: no two of all purposes, seeds and rounds are the same", () => {
  assert.equal(new Set(Object.values(Purpose)).size, PURPOSES.length);
  const keys = new Set<number>();
  const starts = new Set<string>();
  let streams = 0;
  for (const purpose of PURPOSES) {
    for (const seed of SEEDS) {
      for (const counters of [[], [0], [1], [2], [7], [0, 0], [0, 1], [1, 0], [2, 1]]) {
        const key = keyOf(seed, purpose, ...counters);
        assert.ok(Number.isInteger(key) && key >= 0 && key < 2 ** 32);
        keys.add(key);
        starts.add(`${words(key)}`);
        streams++;
      }
    }
  }
  assert.equal(streams, PURPOSES.length * SEEDS.length * 9);
  assert.equal(keys.size, streams, "different keys");
  assert.equal(starts.size, streams, "different words");
});

Deno.test("streams: a seed counts with all its bits and its sign", () => {
  const pairs = [
    [0, 2 ** 32],
    [-1, 2 ** 32 - 1],
    [1, 2 ** 32 + 1],
    [2 ** 32, 2 ** 33],
    [0, -(2 ** 32)],
    [5, -5],
    [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  ] as const;
  for (const purpose of PURPOSES) {
    for (const [seed, other] of pairs) {
      const [one, two] = [keyOf(seed, purpose, 3), keyOf(other, purpose, 3)];
      assert.notEqual(one, two, `${seed} and ${other} for ${purpose}`);
      assert.ok(words(one).every((word, at) => word !== words(two)[at]));
    }
  }
});

Deno.test("streams: a key is the same for ever, and so is what follows from it", () => {
  // Worked out apart from this code, with whole numbers of any length.
  assert.deepEqual([counterHash(0, 0), counterHash(1, 0), counterHash(0, 1)], [
    817759070,
    3911864714,
    2979142878,
  ]);
  assert.equal(counterHash(2 ** 32 - 1, 2 ** 32 - 1), 2197766737);
  assert.equal(keyOf(0, "random"), 3677032830);
  assert.equal(keyOf(0, "random", 0), 1028149983);
  assert.equal(keyOf(2 ** 32, "random", 0), 1406246397);
  assert.equal(keyOf(-1, "clusters", 3), 3961667632);
  assert.equal(keyOf(Number.MAX_SAFE_INTEGER, "member", 1, 2), 1611214182);
  assert.equal(keyOf(5, "bootstrap"), 1361163480);
  const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  assert.deepEqual(sample(items, 5, keyOf(3, "candidates", 0)), [9, 2, 0, 3, 4]);
  const seven = items.slice(0, 7).map((i) => permuted(i, 7, keyOf(0, "shuffle", 1)));
  assert.deepEqual(seven, [1, 4, 3, 6, 2, 5, 0]);
});

Deno.test("sample: different items of the list, which stays as it is", () => {
  const draws = fc.uniqueArray(fc.integer(), { maxLength: 60 }).chain((items) =>
    fc.record({
      items: fc.constant(items),
      count: fc.nat({ max: items.length }),
      key: fc.nat({ max: 2 ** 32 - 1 }),
    })
  );
  fc.assert(
    fc.property(draws, ({ items, count, key }) => {
      const before = [...items];
      const drawn = sample(items, count, key);
      assert.deepEqual(items, before);
      assert.equal(drawn.length, count);
      assert.equal(new Set(drawn).size, count);
      assert.ok(drawn.every((item) => items.includes(item)));
      assert.deepEqual(sample(items, count, key), drawn);
      const all = sample(items, items.length, key);
      assert.deepEqual(all.slice(0, count), drawn, "a smaller draw is the start of a larger one");
      assert.deepEqual(all.toSorted(), before.toSorted());
    }),
    { numRuns: 300, seed: 20261121 },
  );
});

/** The sum of squared deviations from equal counts, in units of the expected count. */
function chiSquare(counts: ArrayLike<number>, draws: number): number {
  const expected = draws / counts.length;
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

Deno.test("sample: every order is as probable as any other", () => {
  const [draws, items] = [24_000, [0, 1, 2, 3]];
  const counts = new Map<string, number>();
  for (let seed = 0; seed < draws; seed++) {
    const order = `${sample(items, 4, keyOf(seed, "random"))}`;
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  // 23 degrees of freedom: 50 is exceeded once in a thousand times.
  const deviation = chiSquare([...counts.values()], draws);
  assert.ok(deviation < 50, `${deviation}`);
});

Deno.test("sample: every item is as probable in every place, for seeds in a row or far apart", () => {
  const [draws, size, places] = [8000, 37, 3];
  const items = Array.from({ length: size }, (_, i) => i);
  for (const step of [1, 2 ** 32, -7]) {
    const counts = Array.from({ length: places }, () => new Uint32Array(size));
    const pairs = new Uint32Array(4);
    for (let draw = 0; draw < draws; draw++) {
      const drawn = sample(items, places, keyOf(draw * step, "candidates", 0));
      drawn.forEach((item, place) => counts[place]![item]!++);
      pairs[2 * (drawn[0]! % 2) + drawn[1]! % 2]!++;
    }
    // 36 degrees of freedom: 75 is exceeded less than once in a thousand times.
    for (const [place, of] of counts.entries()) {
      const deviation = chiSquare(of, draws);
      assert.ok(deviation < 75, `${deviation} at place ${place}, seeds ${step} apart`);
    }
    // Of 37 items 19 are even: even beside even in 19 18 / (37 36) of the draws, and so on.
    const shares = [19 * 18, 19 * 18, 18 * 19, 18 * 17].map((ways) => ways / (37 * 36));
    shares.forEach((share, pair) => {
      const expected = draws * share;
      const deviation = Math.abs(pairs[pair]! - expected) / Math.sqrt(expected * (1 - share));
      assert.ok(deviation < 4, `${deviation} standard deviations of ${pair}, seeds ${step} apart`);
    });
  }
});

Deno.test("permuted: every number below the size goes to another one below it", () => {
  const sizes = fc.record({
    size: fc.integer({ min: 1, max: 700 }),
    key: fc.nat({ max: 2 ** 32 - 1 }),
  });
  fc.assert(
    fc.property(sizes, ({ size, key }) => {
      const seen = new Uint8Array(size);
      for (let i = 0; i < size; i++) {
        const to = permuted(i, size, key);
        assert.ok(Number.isInteger(to) && to >= 0 && to < size, `${i} to ${to} of ${size}`);
        seen[to]!++;
      }
      assert.ok(seen.every((times) => times === 1));
    }),
    { numRuns: 60, seed: 20261121 },
  );
  for (const size of [2 ** 16, 2 ** 16 + 1]) {
    const seen = new Uint8Array(size);
    for (let i = 0; i < size; i++) seen[permuted(i, size, keyOf(1, "shuffle", size))]!++;
    assert.ok(seen.every((times) => times === 1));
  }
});

Deno.test("permuted: every number goes anywhere, by the key", () => {
  const [size, draws] = [13, 6500];
  for (const from of [0, 7, 12]) {
    const counts = new Uint32Array(size);
    for (let seed = 0; seed < draws; seed++) {
      counts[permuted(from, size, keyOf(seed, "shuffle", 0))]!++;
    }
    // 12 degrees of freedom: 33 is exceeded once in a thousand times.
    const deviation = chiSquare(counts, draws);
    assert.ok(deviation < 33, `${deviation} from ${from}: ${counts}`);
  }
});

Deno.test("streams: a purpose that there is not is refused", () => {
  for (const purpose of ["foo", "toString", ""]) {
    assert.throws(() => keyOf(1, purpose as Purpose), {
      name: "InputError",
      message: `Unknown purpose ${purpose} of random numbers: use ${PURPOSES.join(", ")}`,
    });
  }
});
