/** The order of samples at nearly equal distances to a decision boundary, on both devices. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { select } from "../../../mod.ts";
import { gpuTest, Random, sharedDevice } from "../../fixture.ts";
import { few } from "../problems.ts";

/** Pools in which many samples are equally far from a boundary, or nearly so. */
const pools = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  rows: fc.integer({ min: 5, max: 70 }),
  columns: fc.integer({ min: 1, max: 9 }),
  classes: fc.integer({ min: 1, max: 5 }),
  // Whole numbers, tenths, which float32 rounds, or samples that nearly coincide.
  kind: fc.constantFrom("whole", "tenths", "near"),
});

/** The distance of a sample to its nearest boundary, computed from the definition. */
function distanceOf(x: readonly number[], weight: readonly number[][], bias: readonly number[]) {
  const z = weight.map((w, c) => w.reduce((sum, v, f) => sum + v * x[f]!, bias[c]!));
  const top = z.indexOf(Math.max(...z));
  return Math.min(
    Infinity,
    ...weight.flatMap((w, c) => {
      const apart = Math.hypot(...w.map((v, f) => v - weight[top]![f]!));
      return c === top || apart === 0 ? [] : [(z[top]! - z[c]!) / apart];
    }),
  );
}

gpuTest(
  "ties: mase has one order on both devices, and it is that of the distances",
  async (gpu) => {
    const cpu = await sharedDevice("cpu");
    let tied = 0;
    await fc.assert(
      fc.asyncProperty(pools, async ({ seed, rows, columns, classes, kind }) => {
        const random = new Random(seed);
        const value = () =>
          kind === "whole"
            ? random.integer(4) - 1
            : kind === "tenths"
            ? Math.fround((random.integer(7) - 3) / 10)
            : random.normals(1)[0]!;
        const coinciding = () => Math.fround(1 + 1e-6 * random.normals(1)[0]!);
        const matrix = (n: number, of: () => number) =>
          Array.from({ length: n }, () => Array.from({ length: columns }, of));
        const features = matrix(rows, kind === "near" ? coinciding : value);
        const weight = matrix(classes, value);
        const bias = Array.from({ length: classes }, value);
        const budget = 1 + random.integer(rows);
        const input = { features, head: { weight, bias }, strategy: "mase", budget };
        const found = await select({ ...input, device: gpu });
        const exact = await select({ ...input, device: cpu });
        assert.deepEqual(found.picks, exact.picks);

        const distances = features.map((x) => distanceOf(x, weight, bias));
        const length = Math.sqrt(columns) * Math.max(...features.flat().map(Math.abs));
        for (const [place, pick] of exact.picks.entries()) {
          const next = exact.picks[place + 1];
          if (next === undefined) continue;
          const gap = distances[next]! - distances[pick]!;
          const equal = Number.isNaN(gap) || Math.abs(gap) <= 1e-13 * length;
          if (equal) tied++;
          // Equal ones in the order of their indices, and everything in the order of the distances.
          assert.ok(equal ? pick < next : gap > -1e-11 * length, `${pick} and ${next}: ${gap}`);
        }
      }),
      few(40),
    );
    assert.ok(tied > 100, `${tied} ties`);
  },
);
