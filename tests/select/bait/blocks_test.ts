import assert from "node:assert/strict";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { deviceTest, Random, withLimits } from "../../fixture.ts";
import { answerOf, goldenDifferences, TOLERANCES } from "../golden.ts";
import { rowsOf, solve } from "../problems.ts";
import type { Problem } from "./textbook.ts";

/** 1,100 samples: up to five blocks of 256 rows. */
const random = new Random(7);
const problem: Problem = {
  features: rowsOf(random.normals(1100 * 14), 14),
  logits: rowsOf(random.normals(1100 * 5, 1.5), 5),
  labeled: [0, 255, 256, 1099],
  fisher: "binary",
  topClasses: 2,
  weighting: "reference",
  lambda: "auto",
  budget: 6,
  oversample: 2,
};
/** 14 features are padded to 16. */
const rowBytes = 4 * 16;

deviceTest("blocks: a pool cut into blocks is picked from as if it were whole", async (device) => {
  for (const fisher of ["binary", "exp"] as const) {
    const whole = await solve(device, { ...problem, fisher });
    // A D x D matrix must fit in one binding too.
    for (const units of fisher === "binary" ? [1, 2, 4] : [4]) {
      const small = withLimits(device, { bindingBytes: units * 256 * rowBytes + 4800 });
      using pool = await Pool.from(small, arrayRows("features", problem.features));
      assert.equal(pool.blocks.length, Math.ceil(1100 / (256 * units)));
      const cut = await solve(small, { ...problem, fisher });
      const differences = goldenDifferences(answerOf(whole), cut, TOLERANCES[device.kind]);
      assert.deepEqual(differences, [], `${units} units, ${fisher}`);
    }
  }
});

deviceTest(
  "blocks: a block cut into segments is picked from as if it were whole",
  async (device) => {
    // Rank 5 takes 30 numbers a sample, more than the 16 features, so the segments are the shorter.
    const exp: Problem = { ...problem, fisher: "exp", topClasses: 5, budget: 4 };
    const small = withLimits(device, { bindingBytes: 5 * 256 * rowBytes });
    using pool = await Pool.from(small, arrayRows("features", problem.features));
    assert.equal(pool.blocks.length, 1);
    const before = device.counts.kernels.get("pick-sample") ?? 0;
    const cut = await solve(small, exp);
    // One dispatch a segment: 3 segments of 512, 8 forward picks.
    assert.equal(device.counts.kernels.get("pick-sample")! - before, 8 * 3);
    const whole = await solve(device, exp);
    assert.deepEqual(goldenDifferences(answerOf(whole), cut, TOLERANCES[device.kind]), []);
  },
);

deviceTest(
  "blocks: half floats that hold the features exactly give the same picks",
  async (device) => {
    const rounded = {
      ...problem,
      features: problem.features.map((row) => row.map((value) => Math.f16round(value))),
    };
    const { picks, bait } = await solve(device, rounded);
    const half = await solve(device, rounded, { storage: "f16" });
    assert.deepEqual(half.bait!.forward, bait!.forward);
    assert.deepEqual(half.picks, picks);
  },
);
