import assert from "node:assert/strict";
import type { Fisher } from "../../../src/select/strategy/bait-report.ts";
import type { Scale } from "../../../src/pool/pool.ts";
import { gpuTest, sharedDevice } from "../../fixture.ts";
import { select } from "../../../src/learn/select.ts";
import { bait as baitStrategy } from "../../../src/select/bait/bait.ts";
import { loadGolden } from "../files.ts";
import type { Matrix } from "../golden.ts";

const digits = await loadGolden("digits_binary");

/** Every third sample, for the forms whose matrices are up to ten times as large. */
const third: typeof digits = {
  ...digits,
  features: thirdOf(digits.features),
  logits: thirdOf(digits.logits!),
  labeled: digits.labeled.filter((index) => index % 3 === 0).map((index) => index / 3),
};

function thirdOf({ data, columns }: Matrix): Matrix {
  return { data: data.filter((_, e) => Math.floor(e / columns) % 3 === 0), columns };
}

const CASES: readonly [fisher: Fisher, scale: Scale, budget: number, warm: boolean][] = [
  ["binary", "none", 20, true],
  ["binary", "none", 100, false],
  ["binary", "standardize", 20, false],
  ["binary", "standardize", 50, true],
  ["exp", "none", 100, true],
  ["exp", "standardize", 50, true],
  ["full", "standardize", 20, true],
];

for (const [fisher, scale, budget, warm] of CASES) {
  const { features, logits, labeled } = fisher === "binary" ? digits : third;
  const known = warm ? labeled : [];
  gpuTest(
    `drift: with lambda auto float32 chooses what float64 does: ${fisher}, scale ${scale}, ${budget} ` +
      `beside ${known.length}`,
    async (gpu) => {
      const cpu = await sharedDevice("cpu");
      const strategy = baitStrategy({ fisher });
      const options = { features, logits, labeled: known, budget, scale, strategy };
      const exact = await select({ ...options, device: cpu });
      const { picks, bait } = await select({ ...options, device: gpu });
      assert.deepEqual(bait!.forward, exact.bait!.forward);
      assert.deepEqual(picks, exact.picks);
      const error = Math.abs(bait!.objective / exact.bait!.objective - 1);
      assert.ok(error < 1e-4, `the objective is ${error} off`);
    },
  );
}
