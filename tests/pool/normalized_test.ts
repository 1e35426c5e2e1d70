import assert from "node:assert/strict";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { deviceTest, numbers, Random } from "../fixture.ts";
import { rowsOf } from "../select/problems.ts";

deviceTest("pool: a normalized copy has rows of length 1 and leaves the pool", async (device) => {
  const random = new Random(13);
  const data = random.normals(300 * 5, 9);
  data.fill(0, 10, 15);
  for (const storage of ["f32", "f16"] as const) {
    using pool = await Pool.from(device, arrayRows("features", data, 5), { storage });
    const before = await numbers(device, pool.blocks[0]!.features);
    using copy = pool.normalized();
    assert.deepEqual(await numbers(device, pool.blocks[0]!.features), before);
    const rows = rowsOf(await numbers(device, copy.blocks[0]!.features), copy.stride);
    rows.forEach((row, i) => {
      const length = Math.hypot(...row);
      assert.ok(i === 2 ? length === 0 : Math.abs(length - 1) < (storage === "f16" ? 1e-3 : 1e-6));
    });
  }
});
