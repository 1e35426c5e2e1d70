/** Lazy greedy picks. */

import assert from "node:assert/strict";
import { lazyGreedy } from "../../../src/select/drivers/lazy-greedy.ts";
import { Random } from "../../fixture.ts";

Deno.test("lazy greedy: few gains are computed again, and it stops at a given gain", async () => {
  const random = new Random(12);
  const value = Array.from({ length: 500 }, () => random.integer(50));
  let asked = 0;
  const turns: (number | undefined)[] = [];
  const gains = (indices: readonly number[], picked: number | undefined) => {
    asked += indices.length;
    turns.push(picked);
    return Promise.resolve(indices.map((index) => value[index]!));
  };
  const all = value.map((_, i) => i);
  const picks = await lazyGreedy(all, gains, { budget: 30, batch: 7 });
  const expected = all.toSorted((a, b) => value[b]! - value[a]! || a - b);
  assert.deepEqual(picks, expected.slice(0, 30));
  assert.ok(asked <= 500 + 29 * 7, `${asked}`);
  assert.deepEqual(turns, [undefined, ...picks.slice(0, -1)]);
  const some = await lazyGreedy(all, gains, { budget: 500, batch: 7, above: 47 });
  assert.deepEqual(some, expected.filter((index) => value[index]! > 47));
});
