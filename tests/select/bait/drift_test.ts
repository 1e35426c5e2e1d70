import assert from "node:assert/strict";
import { gpuTest, sharedDevice } from "../../fixture.ts";
import { loadGolden } from "../files.ts";
import { runGolden } from "../golden.ts";

gpuTest(
  "drift: 600 forward steps in float32 are repaired, and end where float64 does",
  async (gpu) => {
    const digits = { ...await loadGolden("digits_binary"), budget: 300 };
    const { bait: exact } = await runGolden(await sharedDevice("cpu"), digits);
    const { bait, picks } = await runGolden(gpu, digits);
    assert.equal(exact!.rebuilds, 0);
    assert.ok(exact!.drift < 1e-9, `${exact!.drift} in float64`);
    assert.ok(bait!.rebuilds > 0, "the drift was not repaired");
    assert.ok(bait!.drift < 4e-5, `${bait!.drift} between two inspections`);
    const error = Math.abs(bait!.objective / exact!.objective - 1);
    assert.ok(error < 1e-5, `the objective is ${error} off`);
    const shared = new Set(exact!.forward).intersection(new Set(bait!.forward)).size;
    assert.ok(shared >= 594, `${shared} of the 600 forward picks are those of float64`);

    // No sample may come twice, and what is labeled may not come.
    assert.equal(picks.length, 300);
    assert.equal(bait!.forward.length, 600);
    assert.equal(new Set([...bait!.forward, ...digits.labeled]).size, 600 + digits.labeled.length);
    assert.ok(bait!.forwardScores.every((score) => score > 0));
  },
);
