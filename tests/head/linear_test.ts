/** The linear head: its minimum, and what must not change it. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { gatherSamples } from "../../src/head/labeled.ts";
import { softmaxRegression } from "../../src/head/softmax-regression.ts";
import { trainHead } from "../../src/head/train-head.ts";
import type { TrainHeadOptions } from "../../src/head/train-options.ts";
import type { TrainingReport } from "../../src/head/training-report.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool, type PoolOptions } from "../../src/pool/pool.ts";
import {
  assertClose,
  deviceTest,
  digits,
  gpuTest,
  numbers,
  Random,
  sharedDevice,
  withLimits,
} from "../fixture.ts";
import { newton, objective, softmax } from "./newton.ts";

/** What is trained on: a pool and which of its rows are labeled. */
interface Task {
  readonly features: Float32Array<ArrayBuffer>;
  readonly columns: number;
  readonly indices: readonly number[];
  readonly labels: readonly number[];
}

/** Classes that overlap, so that the minimum is at modest weights. */
function task(seed: number, [rows, columns, classes, labeled]: readonly number[]): Task {
  const random = new Random(seed);
  const features = random.normals(rows! * columns!);
  const indices = random.distinct(labeled!, rows!);
  const labels = indices.map((i) => {
    const value = features[i * columns!]! + 0.7 * random.normals(1)[0]!;
    return Math.max(0, Math.min(classes! - 1, Math.floor(classes! / 2 + value)));
  });
  return { features, columns: columns!, indices, labels };
}

/** Trains a head and reads back everything about it. */
async function train(
  device: Device,
  { features, columns, indices, labels }: Task,
  options: TrainHeadOptions = {},
  poolOptions: PoolOptions = {},
) {
  using pool = await Pool.from(device, arrayRows("features", features, columns), poolOptions);
  using head = await trainHead(pool, { indices, labels }, options);
  return {
    report: head.report as Required<TrainingReport>,
    probabilities: await head.probabilities(pool),
    ...(await head.readWeights!()),
  };
}

/** The labeled rows of a task as nested arrays. */
function labeledRows({ features, columns, indices }: Task): number[][] {
  return indices.map((i) => [...features.subarray(i * columns, (i + 1) * columns)]);
}

/** How close a head comes to the exact minimum: float64 on the CPU, float32 on a GPU. */
function precision(device: Device) {
  return device.kind === "cpu" ? { absolute: 1e-6 } : { absolute: 2e-4 };
}

// K = 2 takes another matrix product (at most 4 columns) than K = 6; 5 and 13 columns are padded.
for (const [classes, columns, C] of [[2, 5, 1], [3, 13, 0.05], [6, 8, 20]] as const) {
  deviceTest(
    `${classes} classes, C ${C}: the minimum that Newton's method finds`,
    async (device) => {
      const one = task(classes, [50, columns, classes, 41]);
      const rows = labeledRows(one);
      const { parameters, loss } = newton({ rows, labels: one.labels, classes, C });
      const tolerance = device.kind === "cpu" ? 1e-9 : 1e-7;
      const trained = await train(device, one, { classes, C, tolerance });
      assert.ok(trained.report.converged);
      assertClose([trained.report.loss * C * rows.length], [loss], { relative: 1e-5 }, "loss");
      const width = columns + 1;
      const exact = Array.from(
        { length: classes },
        (_, k) => [...parameters.subarray(k * width, (k + 1) * width)],
      );
      assertClose(trained.weight, exact.flatMap((row) => row.slice(0, -1)), precision(device), "W");
      assertClose(trained.bias, exact.map((row) => row.at(-1)!), precision(device), "b");
      const probabilities = Array.from(
        { length: 50 },
        (_, i) =>
          softmax([...one.features.subarray(i * columns, (i + 1) * columns)], parameters, classes),
      );
      assertClose(trained.probabilities, probabilities.flat(), precision(device), "p");
    },
  );
}

// numpy 2.4, Newton's method in float64 to a gradient of 4e-15, rows 0 to 199 of the digits.
const DIGITS = [
  {
    C: 1,
    loss: 72.84025798651858,
    squares: 83.90509571716112,
    bias: [
      ...[-0.872566286, -0.436754542, 1.385997148, 1.395458572, 0.646157512],
      ...[-0.909099709, -0.210552796, -0.240788286, -1.984187544, 1.22633593],
    ],
    row1000: [
      ...[0.003507439, 0.081518266, 0.486535878, 0.167782004, 0.008586526],
      ...[0.015214492, 0.154514563, 0.004142038, 0.012395926, 0.065802868],
    ],
    accuracy: 0.8171571696931748,
  },
  {
    C: 0.1,
    loss: 23.209146894459618,
    squares: 18.82841278873439,
    bias: [
      ...[-0.506756775, -0.10157622, 0.665922337, 0.481518399, 0.282365066],
      ...[-0.21929963, -0.088723026, -0.06530403, -0.762473862, 0.314327742],
    ],
    row1000: [
      ...[0.022380233, 0.093548222, 0.237056357, 0.158323238, 0.04549079],
      ...[0.042289439, 0.168825465, 0.022208493, 0.054974604, 0.154903159],
    ],
    accuracy: 0.7845961177207263,
  },
];

deviceTest("the digits: as by numpy", async (device) => {
  const { features, columns, labels: all, rows } = await digits();
  const indices = Array.from({ length: 200 }, (_, i) => i);
  const labels = all.slice(0, 200);
  for (const { C, loss, squares, bias, row1000, accuracy } of DIGITS) {
    const options = { C, tolerance: 1e-7 };
    const trained = await train(device, { features, columns, indices, labels }, options);
    const { probabilities, weight, report } = trained;
    assert.ok(report.converged && report.gradientNorm <= 1e-7);
    assertClose([report.loss * C * 200], [loss], { relative: 1e-6 }, "loss");
    const sum = Array.from(weight).reduce((sum, value) => sum + value * value, 0);
    assertClose([sum], [squares], { relative: 1e-4 }, "|W|^2");
    assertClose(trained.bias, bias, { absolute: 1e-3 }, "bias");
    assertClose(probabilities.subarray(10_000, 10_010), row1000, { absolute: 1e-4 }, "p");
    let right = 0;
    for (let i = 200; i < rows; i++) {
      const p = probabilities.subarray(10 * i, 10 * i + 10);
      if (p.indexOf(Math.max(...p)) === all[i]) right++;
    }
    // One sample of 1,597 may lie on the border.
    assertClose([right / (rows - 200)], [accuracy], { absolute: 0.0007 }, "accuracy");
  }
});

deviceTest("the gradient at the result is what the report says", async (device) => {
  const one = task(5, [60, 7, 3, 60]);
  const { weight, bias, report } = await train(device, one, { C: 2, tolerance: 1e-5 });
  const parameters = [0, 1, 2].flatMap((
    k,
  ) => [...Array.from(weight).slice(7 * k, 7 * k + 7), bias[k]!]);
  const problem = { rows: labeledRows(one), labels: one.labels, classes: 3, C: 2 };
  const { gradient, loss } = objective(problem, parameters);
  const norm = Math.max(...gradient.map(Math.abs)) / (2 * 60);
  assert.ok(report.converged && report.gradientNorm <= 1e-5);
  assertClose([norm, loss / (2 * 60)], [report.gradientNorm, report.loss], { absolute: 1e-6 });
});

deviceTest("the same input gives the same weights, bit for bit", async (device) => {
  const one = task(6, [300, 20, 4, 250]);
  const first = await train(device, one, { C: 10 });
  // Nor do they depend on how the work is cut into slices.
  const second = await train(device, one, { C: 10, sliceMilliseconds: 1 });
  assert.deepEqual(second, first);
});

deviceTest("the order of the samples does not matter", async (device) => {
  const one = task(7, [90, 6, 3, 80]);
  const order = new Random(1).distinct(80, 80);
  const shuffled = {
    ...one,
    indices: order.map((at) => one.indices[at]!),
    labels: order.map((at) => one.labels[at]!),
  };
  const first = await train(device, one);
  const second = await train(device, shuffled);
  assertClose(second.probabilities, first.probabilities, { absolute: 2e-5 });
});

deviceTest("padding keeps the weight 0", async (device) => {
  const one = task(8, [40, 5, 3, 40]);
  using pool = await Pool.from(device, arrayRows("features", one.features, one.columns));
  using rows = gatherSamples(pool, one.indices);
  const settings = { C: 1, tolerance: undefined, maxIterations: 500 };
  const { parameters, report } = await softmaxRegression(rows, one.labels, 3, settings, {});
  using _ = parameters;
  assert.ok(report.iterations > 5);
  const values = await numbers(device, parameters);
  // Three rows of 5 weights and 3 zeros, then 3 biases and 5 zeros.
  for (const [row, filled] of [[0, 5], [1, 5], [2, 5], [3, 3]] as const) {
    const places = values.slice(8 * row, 8 * row + 8);
    assert.deepEqual(places.map((value) => value !== 0), places.map((_, f) => f < filled));
  }
});

deviceTest("several blocks, and fewer pairs where memory is tight", async (device) => {
  const one = task(9, [700, 5, 4, 600]);
  const whole = await train(device, one, { classes: 40, maxIterations: 60 });
  const small = withLimits(device, { bindingBytes: 256 * 8 * 4 });
  const cut = await train(small, one, { classes: 40, maxIterations: 200 });
  assertClose(cut.probabilities, whole.probabilities, { absolute: 1e-3 });
});

deviceTest("half floats: as float32 features of the same values", async (device) => {
  const one = task(10, [80, 9, 3, 50]);
  const rounded = { ...one, features: Float32Array.from(new Float16Array(one.features)) };
  const half = await train(device, rounded, {}, { storage: "f16" });
  const single = await train(device, rounded);
  assertClose(half.probabilities, single.probabilities, { absolute: 1e-5 });
});

gpuTest("more parameters than one workgroup sees at a time", async (gpu) => {
  // 134,464 of them: each of 64 chunks is longer than the 2,048 of small heads.
  const one = task(11, [4, 2100, 64, 3]);
  const cpu = await sharedDevice("cpu");
  const options = { maxIterations: 10 };
  const [expected, actual] = [await train(cpu, one, options), await train(gpu, one, options)];
  assert.deepEqual([actual.report.status, actual.report.iterations], ["limit", 10]);
  assertClose(actual.probabilities, expected.probabilities, { absolute: 1e-4 });
});

deviceTest("the state is read rarely, and never once an evaluation", async (device) => {
  const one = task(12, [100, 16, 5, 100]);
  using pool = await Pool.from(device, arrayRows("features", one.features, one.columns));
  const before = device.counts.readbacks;
  const start = performance.now();
  using head = await trainHead(pool, one, { C: 100 });
  const looks = device.counts.readbacks - before;
  const evaluations = head.report!.evaluations!;
  assert.ok(evaluations > 50, `${evaluations} evaluations`);
  const allowed = 1 + Math.ceil(evaluations / 25) + (performance.now() - start) / 250;
  assert.ok(looks <= allowed, `${looks} readbacks for ${evaluations} evaluations`);
});

deviceTest("training can be watched and stopped", async (device) => {
  const one = task(13, [100, 16, 5, 100]);
  const seen: number[] = [];
  const controller = new AbortController();
  const onProgress = (phase: string, done: number, total: number) => {
    assert.equal(phase, "training");
    assert.ok(done <= total);
    seen.push(done);
    if (seen.length === 2) controller.abort(new Error("enough"));
  };
  const options = { onProgress, signal: controller.signal, sliceMilliseconds: 1 };
  await assert.rejects(train(device, one, options), { message: "enough" });
  assert.equal(seen.length, 2);
});
