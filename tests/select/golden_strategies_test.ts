/** Every strategy for which a reference implementation says what it picks. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import type { Npz } from "../../src/io/npz.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { select, type SelectOptions } from "../../src/learn/select.ts";
import { Pool } from "../../src/pool/pool.ts";
import { logitsPredictor } from "../../src/pool/predictions.ts";
import { GradientSpace } from "../../src/select/badge.ts";
import { Picker } from "../../src/select/picker.ts";
import type { StrategyName } from "../../src/select/strategy.ts";
import { assertClose, deviceTest } from "../fixture.ts";
import { loadNpz } from "./files.ts";
import { matrixOf, vectorOf } from "./golden.ts";

/** The arrays of a file by strategy, with the options that the file was made with. */
const CASES: readonly {
  array: string;
  strategy: StrategyName;
  options?: Partial<SelectOptions>;
}[] = [
  { array: "least_confidence", strategy: "least-confidence" },
  { array: "margin", strategy: "margin" },
  { array: "entropy", strategy: "entropy" },
  { array: "mase", strategy: "mase" },
  { array: "base", strategy: "base" },
  { array: "cal", strategy: "cal" },
  { array: "coreset", strategy: "coreset" },
  { array: "falcun_deterministic", strategy: "falcun", options: { deterministic: true } },
];

type Matrix = Awaited<ReturnType<typeof matrixOf>>;

interface Golden {
  readonly npz: Npz;
  readonly budget: number;
  readonly labeled: readonly number[];
  readonly unlabelled: readonly number[];
  /** What a call needs: with the weights of the head, or with its logits. */
  readonly input: (strategy: StrategyName) => Promise<SelectOptions>;
}

async function open(name: string, device: Device): Promise<Golden> {
  const npz = await loadNpz(name);
  const features = await matrixOf(npz, "features");
  const labeled = await vectorOf(npz, "labeled");
  const [budget] = await vectorOf(npz, "budget") as [number];
  const rows = features.data.length / features.columns;
  const all = Array.from({ length: rows }, (_, i) => i);
  const head = { weight: await matrixOf(npz, "weight"), bias: await vectorOf(npz, "bias") };
  const logits = await matrixOf(npz, "logits");
  return {
    npz,
    budget,
    labeled,
    unlabelled: all.filter((i) => !labeled.includes(i)),
    // deno-lint-ignore require-await
    input: async (strategy) => ({
      device,
      features,
      labeled,
      budget,
      strategy,
      ...(strategy === "mase" || strategy === "base" ? { head } : { logits }),
    }),
  };
}

for (const name of ["strategies_small", "strategies_digits"]) {
  for (const { array, strategy, options } of CASES) {
    deviceTest(`strategies: ${array} of ${name} is picked as by the reference`, async (device) => {
      const { npz, input } = await open(name, device);
      const { picks } = await select({ ...await input(strategy), ...options });
      assert.deepEqual(picks, await vectorOf(npz, array));
    });
  }

  deviceTest(`strategies: badge of ${name} starts as the reference does`, async (device) => {
    const { npz, input, unlabelled } = await open(name, device);
    const { features, logits } = await input("badge") as { features: Matrix; logits: Matrix };
    const { picks: [first] } = await select({ ...await input("badge"), budget: 1 });
    assert.deepEqual([first], await vectorOf(npz, "badge_first"));

    const source = arrayRows("features", features.data, features.columns);
    using pool = await Pool.from(device, source);
    const predictor = logitsPredictor(arrayRows("logits", logits.data, logits.columns));
    using space = await GradientSpace.from(pool, predictor);
    using picker = new Picker(device, pool.rows, unlabelled, 1);
    picker.set(first!, 0);
    space.add(picker, 0);
    const distances = await device.read(space.state);
    const expected = await vectorOf(npz, "badge_sq_distances_after_first");
    const actual = unlabelled.map((index) => distances[index]!);
    assertClose(actual, expected, { relative: 2e-5, absolute: 2e-5 }, "squared distances");
  });

  for (
    const [array, strategy, sign] of [
      ["least_confidence_scores", "least-confidence", 1],
      ["margin_scores", "margin", 1],
      ["entropy_scores", "entropy", 1],
      ["mase_distances", "mase", -1],
      ["cal_scores", "cal", 1],
    ] as const
  ) {
    deviceTest(`strategies: ${array} of ${name} are the reference's`, async (device) => {
      const { npz, input, unlabelled } = await open(name, device);
      // All of them, best first; the file has them in the order of the samples.
      const all = { ...await input(strategy), budget: unlabelled.length };
      const { picks, scores } = await select(all);
      const expected = await vectorOf(npz, array);
      const wanted = picks.map((index) => sign * expected[unlabelled.indexOf(index)]!);
      assertClose(scores!, wanted, { relative: 2e-5, absolute: 2e-6 }, array);
    });
  }
}
