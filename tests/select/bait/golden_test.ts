import assert from "node:assert/strict";
import { matrixTest } from "../../fixture.ts";
import { loadGolden } from "../files.ts";
import { GOLDEN_CASES, goldenDifferences, runGolden, TOLERANCES } from "../golden.ts";

for (const name of GOLDEN_CASES) {
  matrixTest(`golden: ${name} is picked as by the reference`, async (device) => {
    const golden = await loadGolden(name);
    const result = await runGolden(device, golden);
    assert.deepEqual(goldenDifferences(golden, result, TOLERANCES[device.kind]), []);
    assert.equal(Math.fround(result.bait!.lambda), Math.fround(golden.lambda));
  });
}

Deno.test("golden: the comparison sees what is wrong, and excuses a swap of near ties alone", () => {
  const golden = {
    forward: [4, 7, 2],
    forwardScores: [2, 1, 0.99995],
    selected: [7, 4],
    objective: 3,
  };
  const result = (forward: number[], scores: number[], picks: number[], objective = 3) =>
    goldenDifferences(golden, {
      strategy: "bait",
      scale: "none",
      device: { kind: "cpu", name: "" },
      peakBytes: 0,
      picks,
      bait: {
        fisher: "full",
        weighting: "reference",
        forward,
        forwardScores: scores,
        objective,
        lambda: 1,
        drift: 0,
        rebuilds: 0,
      },
    }, { scores: 1e-3, objective: 1e-4 });
  const scores = golden.forwardScores;
  assert.deepEqual(result([4, 7, 2], scores, [4, 7]), []);
  assert.deepEqual(result([4, 2, 7], scores, [4, 7]), []);
  assert.deepEqual(result([7, 4, 2], scores, [7, 4]), [
    "forward pick 0 is 7 instead of 4",
    "forward pick 1 is 4 instead of 7",
  ]);
  assert.deepEqual(result([4, 7, 3], scores, [4, 7]), ["forward pick 2 is 3 instead of 2"]);
  assert.deepEqual(result([4, 7], [2, 1], [4, 7]).slice(0, 1), ["2 forward picks instead of 3"]);
  assert.deepEqual(result([4, 7, 2], [2, 1.002, 1], [4, 7]), [
    "forward score 1 is 1.002 instead of 1",
  ]);
  assert.deepEqual(result([4, 7, 2], scores, [7, 4]), [
    "the picks 7,4 are not in the order of the forward pass",
  ]);
  assert.deepEqual(result([4, 7, 2], scores, [4, 2]), ["the batch is 2, 4 instead of 4, 7"]);
  assert.deepEqual(result([4, 7, 2], scores, [4, 7], 3.001), [
    "the objective is 3.001 instead of 3",
  ]);
});
