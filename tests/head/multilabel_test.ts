/** Heads for several labels a sample: their minimum, their predictions, and what they save. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { Head } from "../../src/head/head.ts";
import { rarestClasses } from "../../src/head/label-matrix.ts";
import { loadHead, saveHead } from "../../src/head/save.ts";
import { trainHead } from "../../src/head/train-head.ts";
import { trainMultilabel } from "../../src/head/train-multilabel.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { openSafetensors } from "../../src/io/safetensors.ts";
import { Pool } from "../../src/pool/pool.ts";
import { assertClose, deviceTest, Random } from "../fixture.ts";
import { newton } from "./newton.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Samples whose labels follow some of their features, with noise. */
function task(seed: number, [rows, columns, classes]: readonly [number, number, number]) {
  const random = new Random(seed);
  const features = random.normals(rows * columns);
  const labels = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: classes }, (_, k) => {
      const value = features[i * columns + k % columns]! + random.normals(1)[0]! + k % 3 - 1;
      return Number(value > 0);
    }));
  return { features, columns, classes, indices: labels.map((_, i) => i), labels };
}

function poolOf(device: Device, { features, columns }: ReturnType<typeof task>): Promise<Pool> {
  return Pool.from(device, arrayRows("features", features, columns));
}

// 35 classes have more labels than a word has bits.
for (const [classes, columns, C] of [[1, 5, 1], [3, 13, 0.05], [35, 2, 0.5]] as const) {
  deviceTest(`${classes} classes, C ${C}: one logistic regression a class`, async (device) => {
    const one = task(classes, [47, columns, classes]);
    using pool = await poolOf(device, one);
    const tolerance = device.kind === "cpu" ? 1e-9 : 1e-7;
    using head = await trainMultilabel(pool, one, { C, tolerance });
    assert.deepEqual([head.task, head.independent, head.classes], ["multilabel", true, classes]);
    const rows = one.indices.map((i) => [
      ...one.features.subarray(i * columns, (i + 1) * columns),
    ]);
    const probabilities = await head.probabilities(pool);
    let loss = 0;
    for (let k = 0; k < classes; k++) {
      // Two classes of a softmax with weights -w/2 and w/2 have half the penalty of w.
      const labels = one.labels.map((row) => row[k]!);
      const exact = newton({ rows, labels, classes: 2, C: C / 2 });
      loss += 2 * exact.loss;
      const w = (f: number) => exact.parameters[columns + 1 + f]! - exact.parameters[f]!;
      const expected = rows.map((row) =>
        sigmoid(row.reduce((sum, value, f) => sum + value * w(f), w(columns)))
      );
      const found = one.indices.map((i) => probabilities[i * classes + k]!);
      assertClose(found, expected, { absolute: device.kind === "cpu" ? 1e-6 : 2e-4 }, `class ${k}`);
    }
    const { report } = head;
    assert.ok(report!.converged);
    assertClose([report!.loss! * C * 47], [loss], { relative: 1e-5 }, "loss");
  });
}

deviceTest("classes that no sample has, or all have, stay finite", async (device) => {
  const one = task(8, [30, 4, 2]);
  const labels = one.labels.map(([a, b]) => [a!, 0, b!, 1]);
  using pool = await poolOf(device, one);
  for (const options of [{}, { hidden: [6], epochs: 60, learningRate: 0.05 }]) {
    using head = await trainHead(pool, { indices: one.indices, labels }, options);
    assert.equal(head.task, "multilabel");
    const probabilities = await head.probabilities(pool);
    const of = (k: number) => probabilities.filter((_, e) => e % 4 === k);
    assert.ok(probabilities.every((p) => p >= 0 && p <= 1));
    const [never, always] = [Math.max(...of(1)), Math.min(...of(3))];
    if ("hidden" in options) assert.ok(never < 0.5 && always > 0.5);
    else assert.ok(never < 1e-4 && always > 1 - 1e-4, `${never}, ${always}`);
    for (const { bias } of await head.readLayers()) {
      assert.ok(Array.from(bias).every(Number.isFinite));
    }
  }
});

deviceTest("an MLP learns labels that no linear head can, and stops early", async (device) => {
  const random = new Random(9);
  const features = random.normals(2 * 120);
  const signs = (i: number) => [features[2 * i]! > 0, features[2 * i + 1]! > 0] as const;
  const indices = Array.from({ length: 120 }, (_, i) => i);
  const labels = indices.map((i) => {
    const [a, b] = signs(i);
    return [Number(a !== b), Number(a && b), Number(a)];
  });
  using pool = await Pool.from(device, arrayRows("features", features, 2));
  const options = { hidden: [24], learningRate: 0.02, epochs: 60, validationShare: 0.2 };
  using head = await trainHead(pool, { indices, labels }, { ...options, patience: 60 });
  const probabilities = await head.probabilities(pool);
  let wrong = 0;
  labels.flat().forEach((label, e) => wrong += Number(Math.round(probabilities[e]!) !== label));
  assert.ok(wrong < 0.1 * 360, `${wrong} of 360 wrong`);
  const { validationLosses, losses } = head.report!;
  assert.equal(validationLosses!.length, 60);
  // The mean over samples and classes: ln 2 where all probabilities are about 1/2.
  assert.ok(losses[0]! > 0.4 && losses[0]! < 1 && losses.at(-1)! < 0.35, `${losses}`);
});

Deno.test("held-out samples are stratified by the rarest class", () => {
  const rows = Uint8Array.of(1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0);
  assert.deepEqual([...rarestClasses({ rows, classes: 3 })], [0, 1, 2, -1]);
});

deviceTest("a multi-label head is saved and loaded with its task", async (device) => {
  const one = task(10, [25, 6, 3]);
  using pool = await poolOf(device, one);
  using head = await trainMultilabel(pool, one);
  const bytes = await saveHead(head);
  using loaded = await loadHead(device, bytes);
  assert.equal(loaded.task, "multilabel");
  const [before, after] = [await head.probabilities(pool), await loaded.probabilities(pool)];
  assertClose(after, before, { absolute: 1e-5 });
  const sums = one.indices.map((i) => before[3 * i]! + before[3 * i + 1]! + before[3 * i + 2]!);
  assert.ok(sums.some((sum) => Math.abs(sum - 1) > 0.2));
  // Programs that know no multi-label heads must not read its outputs as a softmax.
  const { metadata } = await openSafetensors(bytesOf("head", bytes));
  assert.equal(JSON.parse(metadata.creel!).version, 2);
});

deviceTest("given weights are sigmoids of several labels or a softmax", async (device) => {
  const weights = { weight: [[1, 0], [0, 2]], bias: [0, 0.5] };
  using several = await Head.of(device, { ...weights, task: "multilabel" });
  assertClose(await several.probabilities([[3, -1]]), [sigmoid(3), sigmoid(-1.5)], {
    relative: 1e-5,
  });
  using one = await Head.of(device, weights);
  assertClose(await one.probabilities([[3, -1]]), [sigmoid(4.5), sigmoid(-4.5)], {
    relative: 1e-5,
  });
  await assert.rejects(several.values([[3, -1]]), /Cannot predict values with a multilabel head/);
});
