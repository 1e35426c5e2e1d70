/** Every strategy for which a reference implementation says what it picks. */

import assert from "node:assert/strict";
import { arrayRows } from "../../../src/io/rows.ts";
import { select } from "../../../src/learn/select.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { logitsPredictor } from "../../../src/pool/predictions.ts";
import { GradientSpace } from "../../../src/select/strategies/badge.ts";
import { Picker } from "../../../src/select/drivers/picker.ts";
import { STRATEGIES } from "../../../src/select/strategy/names.ts";
import { assertClose, deviceTest, gpuTest, sharedDevice } from "../../fixture.ts";
import { loadNpz } from "../files.ts";
import { matrixOf, vectorOf } from "../golden.ts";
import {
  runStrategyCase,
  STRATEGY_CASES,
  STRATEGY_FILES,
  strategyInput,
} from "../golden-strategies.ts";

/** The arrays of scores, and whether a higher one is picked first. */
const SCORES = [
  ["least_confidence_scores", "least-confidence", 1],
  ["margin_scores", "margin", 1],
  ["entropy_scores", "entropy", 1],
  ["mase_distances", "mase", -1],
  ["cal_scores", "cal", 1],
] as const;

/** The samples that are not labeled; the arrays of scores have one entry for each. */
function unlabeledOf(rows: number, labeled: readonly number[]): number[] {
  return Array.from({ length: rows }, (_, i) => i).filter((i) => !labeled.includes(i));
}

gpuTest(
  "strategies: float32 on the GPU picks what float64 picks, by every strategy",
  async (gpu) => {
    const npz = await loadNpz("strategies_digits");
    const cpu = await sharedDevice("cpu");
    const truth = await vectorOf(npz, "labels");
    const { logits: _, ...input } = await strategyInput(npz, gpu, "mase");
    const labels = Array.from(input.labeled!, (index) => truth[index]!);
    const oracle = (index: number) => truth[index]!;
    for (const strategy of STRATEGIES) {
      // Five picks of BatchBALD are exact, two draw configurations: further ones would be like
      // these, and take as long as all other strategies together.
      const budget = strategy === "batch-bald" ? 7 : 20;
      const options = { ...input, strategy, labels, oracle, budget, seed: 3 };
      const exact = await select({ ...options, device: cpu });
      assert.deepEqual((await select(options)).picks, exact.picks, strategy);
    }
  },
);

for (const name of STRATEGY_FILES) {
  for (const golden of STRATEGY_CASES) {
    deviceTest(
      `strategies: ${golden.array} of ${name} is picked as by the reference`,
      async (device) => {
        const { picks, expected } = await runStrategyCase(await loadNpz(name), device, golden);
        assert.deepEqual(picks, expected);
      },
    );
  }

  for (const [array, strategy, sign] of SCORES) {
    deviceTest(`strategies: ${array} of ${name} are the reference's`, async (device) => {
      const npz = await loadNpz(name);
      const input = await strategyInput(npz, device, strategy);
      const { data, columns } = await matrixOf(npz, "features");
      const unlabeled = unlabeledOf(data.length / columns, await vectorOf(npz, "labeled"));
      // All of them, best first; the file has them in the order of the samples.
      const { picks, scores } = await select({ ...input, budget: unlabeled.length });
      const expected = await vectorOf(npz, array);
      const wanted = picks.map((index) => sign * expected[unlabeled.indexOf(index)]!);
      assertClose(scores!, wanted, { relative: 2e-5, absolute: 2e-6 }, array);
    });
  }

  deviceTest(
    `strategies: badge of ${name} has the reference's distances after one pick`,
    async (device) => {
      const npz = await loadNpz(name);
      const [features, logits] = [await matrixOf(npz, "features"), await matrixOf(npz, "logits")];
      const source = arrayRows("features", features.data, features.columns);
      using pool = await Pool.from(device, source);
      const predictor = logitsPredictor(arrayRows("logits", logits.data, logits.columns));
      using space = await GradientSpace.from(pool, predictor);
      const unlabeled = unlabeledOf(pool.rows, await vectorOf(npz, "labeled"));
      using picker = new Picker(device, pool.rows, unlabeled, 1);
      picker.set((await vectorOf(npz, "badge_first"))[0]!, 0);
      space.add(picker, 0);
      const distances = await device.read(space.state);
      const expected = await vectorOf(npz, "badge_sq_distances_after_first");
      const actual = unlabeled.map((index) => distances[index]!);
      assertClose(actual, expected, { relative: 2e-5, absolute: 2e-5 }, "squared distances");
    },
  );
}
