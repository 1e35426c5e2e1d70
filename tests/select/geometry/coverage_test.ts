/** How much picks cover of a pool. */

import assert from "node:assert/strict";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { Coverage } from "../../../src/select/geometry/coverage.ts";
import { deviceTest, Random } from "../../fixture.ts";

deviceTest(
  "coverage: a gain is the same in any batch, and never rises by a bit",
  async (device) => {
    const random = new Random(7);
    // 1100 features: the products are cut along their sums.
    const [rows, columns] = [300, 1100];
    const source = arrayRows("features", random.normals(rows * columns), columns);
    using pool = await Pool.from(device, source, { scale: "l2" });
    const ones = new Float64Array(rows).fill(1);
    using coverage = new Coverage(pool, { shape: "exponential", scale: 1 }, ones);
    const all = ones.map((_, i) => i);
    let before = await coverage.allGains(Array.from(all));
    for (let turn = 0; turn < 4; turn++) {
      const some = random.distinct(100, rows);
      const again = await coverage.gains(some, undefined);
      assert.deepEqual(Array.from(again), some.map((index) => before[index]));
      const order = random.distinct(rows, rows);
      const after = await coverage.gains(order, random.integer(rows));
      order.forEach((index, at) => assert.ok(after[at]! <= before[index]!));
      const next = new Float64Array(rows);
      order.forEach((index, at) => next[index] = after[at]!);
      before = next;
    }
  },
);
