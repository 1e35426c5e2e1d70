/** Many classes: no strategy that needs a few numbers of each sample holds n x K. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { Head } from "../../src/head/head.ts";
import { arrayRows, type RowSource } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { logitsPredictor, type Predictor, probsPredictor } from "../../src/pool/predictions.ts";
import { runStrategy } from "../../src/select/run-strategy.ts";
import { deviceTest, Random, withLimits } from "../fixture.ts";

const [ROWS, COLUMNS, CLASSES] = [2000, 12, 259];
/** The second half of the samples are the first half again, so that all scores are tied. */
const HALF = ROWS / 2;
/** Less than the probabilities of all samples take, even in float32. */
const BUDGET = 2e6;
assert.ok(BUDGET < 4 * ROWS * CLASSES);

const random = new Random(7);
const weight = random.normals(CLASSES * COLUMNS);
const bias = random.normals(CLASSES);
const once = random.normals(HALF * COLUMNS);
const features = Float32Array.from([...once, ...once]);
const given = random.normals(HALF * CLASSES, 3);
const logits = Float32Array.from({ length: ROWS * CLASSES }, (_, e) => given[e % given.length]!);

/** Runs work while the device may allocate only so many bytes more. */
async function within<T>(device: Device, bytes: number, work: () => Promise<T>): Promise<T> {
  const memory = device.memory as { budget: number; readonly bytes: number };
  const before = memory.budget;
  memory.budget = memory.bytes + bytes;
  try {
    return await work();
  } finally {
    memory.budget = before;
  }
}

/** Rows that refuse to be read all at once. */
function byParts(name: string, values: Float32Array): RowSource {
  const source = arrayRows(name, values, CLASSES);
  return {
    ...source,
    async read(start, target) {
      assert.ok(target.length < values.length, "all rows at once");
      await source.read(start, target);
    },
  };
}

async function picksOf(
  device: Device,
  strategy: string,
  predictor: (device: Device) => Promise<Predictor>,
): Promise<readonly number[]> {
  using pool = await Pool.from(device, arrayRows("features", features, COLUMNS));
  const used = await predictor(device);
  try {
    const labeled = [3, 1, 4, 159];
    const options = { budget: 20, labeled, predictor: used, seed: 2 };
    return (await runStrategy(pool, strategy, options)).picks;
  } finally {
    if (used instanceof Head) used.dispose();
  }
}

const head = (device: Device) =>
  Head.of(device, { weight: { data: weight, columns: COLUMNS }, bias });

for (
  const strategy of [
    "margin",
    "entropy",
    "least-confidence",
    "mase",
    "base",
    "cal",
    "drop-query",
    "bait",
    "bait(diagonal=true)",
  ]
) {
  deviceTest(`many classes: ${strategy} holds less than n x K`, async (device) => {
    const picks = await within(device, BUDGET, () => picksOf(device, strategy, head));
    assert.deepEqual(picks, await picksOf(device, strategy, head));
  });
}

deviceTest("many classes: the distances of weights in tiles of classes", async (device) => {
  // 126 classes in a tile.
  const small = withLimits(device, { bindingBytes: 4 * 256 * CLASSES });
  for (const strategy of ["mase", "base"]) {
    assert.deepEqual(await picksOf(small, strategy, head), await picksOf(device, strategy, head));
  }
});

deviceTest("many classes: of equal samples the first is picked first", async (device) => {
  for (const strategy of ["margin", "entropy", "least-confidence", "mase", "base"]) {
    const picks = await picksOf(device, strategy, head);
    const late = picks.filter((pick) => pick >= HALF);
    // Of 20 picks of base no two are for one class.
    assert.equal(late.length > 0, strategy !== "base", strategy);
    for (const pick of late) assert.ok([3, 1, 4, 159, ...picks].includes(pick - HALF), strategy);
  }
});

deviceTest("many classes: given logits and probabilities are read in parts", async (device) => {
  const softmax = logits.slice();
  for (let i = 0; i < ROWS; i++) {
    const row = softmax.subarray(i * CLASSES, (i + 1) * CLASSES);
    const shares = Array.from(row, Math.exp);
    const sum = shares.reduce((a, b) => a + b);
    row.set(shares.map((share) => share / sum));
  }
  for (const strategy of ["margin", "bait"]) {
    const ofLogits = (from: typeof arrayRows) => () =>
      Promise.resolve(logitsPredictor(from("logits", logits, CLASSES)));
    const ofProbs = (from: typeof arrayRows) => () =>
      Promise.resolve(probsPredictor(from("probs", softmax, CLASSES)));
    for (const given of [ofLogits, ofProbs]) {
      const picks = await within(
        device,
        BUDGET,
        () => picksOf(device, strategy, given(byParts as typeof arrayRows)),
      );
      assert.deepEqual(picks, await picksOf(device, strategy, given(arrayRows)), strategy);
    }
  }
});
