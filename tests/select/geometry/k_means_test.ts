/** k-means, and the samples that stand for its clusters. */

import assert from "node:assert/strict";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { keyOf, type Purpose } from "../../../src/random/counter-hash.ts";
import { kMeans } from "../../../src/select/geometry/k-means.ts";
import { representatives } from "../../../src/select/geometry/representatives.ts";
import { assertClose, deviceTest, sharedDevice } from "../../fixture.ts";
import { distance, literalRepresentatives, problem } from "../strategies/literal-filters.ts";

deviceTest("k-means: the distances are those to the means of the clusters", async (device) => {
  const { features } = problem(1);
  const data = Float32Array.from(features.flat());
  for (const clusters of [1, 5]) {
    using pool = await Pool.from(device, arrayRows("features", data, 11));
    const { assignment, distances } = await kMeans(pool, { clusters, key: 2 });
    const means = Array.from({ length: clusters }, (_, c) => {
      const members = features.filter((_, i) => assignment[i] === c);
      return features[0]!.map((_, f) =>
        members.reduce((sum, row) => sum + row[f]!, 0) / members.length
      );
    });
    const expected = features.map((row, i) => distance(row, means[assignment[i]!]!) ** 2);
    assertClose(distances, expected, { relative: 1e-4, absolute: 1e-4 });
  }
});

Deno.test("representatives: one of each cluster, then the nearest to their centers", async () => {
  const device = await sharedDevice("cpu");
  const { features, candidates } = problem(2);
  using pool = await Pool.from(
    device,
    arrayRows("features", Float32Array.from(features.flat()), 11),
  );
  const seeded = (seed: number) => ({
    keyFor: (purpose: Purpose, ...counters: number[]) => keyOf(seed, purpose, 0, ...counters),
    recordingOptions: {},
  });
  for (const count of [1, 7, 40]) {
    const picks = await representatives(pool, candidates, count, seeded(3));
    assert.deepEqual(picks, await literalRepresentatives(features, candidates, count, 3));
  }
  const all = await representatives(pool, candidates.slice(0, 9), 9, seeded(0));
  assert.deepEqual(all.toSorted((a, b) => a - b), candidates.slice(0, 9));
  // Three different samples cannot be five clusters.
  const equal = Float32Array.from(
    { length: 12 * 2 },
    (_, e) => (Math.floor(e / 2) % 3) * (e % 2) + 1,
  );
  using few = await Pool.from(device, arrayRows("features", equal, 2));
  const five = await representatives(few, [1, 2, 3, 4, 5, 8, 9], 5, seeded(0));
  assert.equal(new Set(five).size, 5);
  assert.deepEqual(five.slice(0, 3).toSorted((a, b) => a - b), [1, 2, 3]);
});
