import assert from "node:assert/strict";
import { arrayRows } from "../../src/io/rows.ts";
import type { Segment } from "../../src/pool/pool.ts";
import { logitsPredictor, probsPredictor } from "../../src/pool/predictions.ts";
import { assertClose, deviceTest, numbers, Random } from "../fixture.ts";

/** A stretch of a pool; predictors from arrays look at nothing but its place. */
const stretch = (base: number, rows: number) => ({ base, rows }) as Segment;

deviceTest("predictors: the softmax of logits, for any stretch", async (device) => {
  const logits = new Random(1).normals(37 * 7, 4);
  const predictor = logitsPredictor(arrayRows("logits", logits, 7));
  assert.equal(predictor.classes, 7);
  for (const [base, rows] of [[0, 37], [5, 1], [20, 17]] as const) {
    using probabilities = await predictor.predict(device, stretch(base, rows));
    assert.deepEqual(probabilities.shape, [rows, 7]);
    const expected: number[] = [];
    for (let i = base; i < base + rows; i++) {
      const row = Array.from(logits.subarray(7 * i, 7 * i + 7), Math.exp);
      const sum = row.reduce((a, b) => a + b);
      expected.push(...row.map((value) => value / sum));
    }
    assertClose(await numbers(device, probabilities), expected);
  }
});

deviceTest("predictors: probabilities as they are, for any stretch", async (device) => {
  const values = new Random(2).probabilities(37, 3);
  const predictor = probsPredictor(arrayRows("probs", values, 3));
  assert.equal(predictor.classes, 3);
  using probabilities = await predictor.predict(device, stretch(11, 13));
  assert.deepEqual(probabilities.shape, [13, 3]);
  assert.deepEqual(await numbers(device, probabilities), Array.from(values.subarray(33, 72)));
});

deviceTest("predictors: what is no probability is refused, with its place", async (device) => {
  const refuses = async (row: number[], message: string) => {
    const rows = [[0.5, 0.25, 0.25], [0, 1, 0], row, [0.2, 0.3, 0.5]];
    const predictor = probsPredictor(arrayRows("probs in pool.npz", rows));
    await assert.rejects(predictor.predict(device, stretch(1, 3)), { name: "InputError", message });
    // A stretch without the bad row is fine.
    (await predictor.predict(device, stretch(0, 2)))[Symbol.dispose]();
  };
  const negative = "Cannot use probs in pool.npz: -0.25 at row 2, column 1 is not a probability";
  await refuses([0.25, -0.25, 1], negative);
  const large = "Cannot use probs in pool.npz: 1.5 at row 2, column 0 is not a probability";
  await refuses([1.5, 0, -0.5], large);
  await refuses(
    [0.25, 0.25, 0.25],
    "Cannot use probs in pool.npz: row 2 sums to 0.750000, and probabilities sum to 1 " +
      "(are these logits?)",
  );
  await refuses([0.5, NaN, 0.5], "Cannot use probs in pool.npz: NaN at row 2, column 1");
});

deviceTest("predictors: a row that sums to 1 but for rounding is taken", async (device) => {
  const rows = [[0.3334, 0.3334, 0.3334], [0.9995, 0, 0], [1.0005, 0, 0]];
  using probabilities = await probsPredictor(arrayRows("probs", rows)).predict(
    device,
    stretch(0, 3),
  );
  assert.equal(probabilities.size, 9);
});

deviceTest("predictors: fewer rows than the pool has are refused", async (device) => {
  const predictor = logitsPredictor(arrayRows("logits", new Float32Array(6), 2));
  await assert.rejects(predictor.predict(device, stretch(2, 2)), {
    name: "InputError",
    message: "Cannot read rows 2 to 3 of logits: its rows are 0 to 2",
  });
});
