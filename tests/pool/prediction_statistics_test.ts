/** The statistics of predictions are those of the probabilities, whatever the predictor is. */

import assert from "node:assert/strict";
import { openDevice } from "../../src/device/open.ts";
import { Head } from "../../src/head/head.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { predictStatistics, statisticsSegments } from "../../src/pool/prediction-statistics.ts";
import { logitsPredictor, type Predictor } from "../../src/pool/predictions.ts";
import { assertClose, matrixTest, numbers, Random } from "../fixture.ts";

const [rows, d] = [301, 5];

/** From the definition: [max p, p1 - p2, entropy, arg-max] of rows of probabilities. */
function statisticsOf(probabilities: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: probabilities.length / classes }, (_, i) => {
    const p = Array.from({ length: classes }, (_, k) => probabilities[i * classes + k]!);
    const [first, second = 0] = p.toSorted((a, b) => b - a);
    const entropy = p.reduce((sum, value) => value > 0 ? sum - value * Math.log(value) : sum, 0);
    return [first!, first! - second, entropy, p.indexOf(first!)];
  }).flat();
}

/** A head with random weights. */
function headOf(device: Head["device"], widths: number[], task: Head["task"] = "classification") {
  const random = new Random(3);
  const layers = widths.slice(1).map((outputs, at) => ({
    weight: random.normals(outputs * widths[at]!),
    bias: random.normals(outputs),
  }));
  const scale = { columnScale: undefined, unitRows: false };
  return Head.fromLayers(device, layers, { task, widths, activation: "relu", ...scale });
}

matrixTest("statistics: of linear heads, networks and given logits", async (device) => {
  const random = new Random(5);
  const features = arrayRows("features", random.normals(rows * d), d);
  for (const storage of ["f32", "f16"] as const) {
    using pool = await Pool.from(device, features, { storage });
    for (const classes of [1, 10, 67]) {
      using linear = headOf(device, [d, classes]);
      using network = headOf(device, [d, 9, classes]);
      assert.deepEqual([!!linear.linear, !!network.linear], [true, false]);
      const given = logitsPredictor(arrayRows("logits", random.normals(rows * classes), classes));
      for (const predictor of [linear, network, given] as Predictor[]) {
        const segments = statisticsSegments(pool, predictor);
        assert.equal(segments.reduce((sum, segment) => sum + segment.rows, 0), rows);
        // A part in the middle, as of a longer pool.
        const parts = [{ ...segments[0]!, offset: 100, base: 100, rows: 57 }, ...segments];
        for (const segment of parts) {
          using probabilities = await predictor.predict(device, segment);
          using statistics = await predictStatistics(device, predictor, segment);
          const expected = statisticsOf(await numbers(device, probabilities), classes);
          assertClose(await numbers(device, statistics), expected, { absolute: 1e-5 });
        }
      }
    }
  }
});

matrixTest("statistics: heads that do not fit the samples are refused", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", new Float32Array(3 * d).fill(1), d));
  const [segment] = pool.segments(3);
  const refuses = async (head: Head, message: RegExp) => {
    using _ = head;
    await assert.rejects(predictStatistics(device, head, segment!), {
      name: "InputError",
      message,
    });
  };
  for (const classes of [10, 67]) {
    await refuses(headOf(device, [d + 1, classes]), /a head for 6 features to samples of 5$/);
    const regression = headOf(device, [d, classes], "regression");
    await refuses(regression, /^Cannot predict class probabilities with a regression head$/);
    using other = await openDevice({ device: "cpu" });
    await refuses(headOf(other, [d, classes]), /^Cannot apply a head to samples of another device/);
  }
});
