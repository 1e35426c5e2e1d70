/** The kernels of the linear head: against their twins, and the gradient against differences. */

import assert from "node:assert/strict";
import { allocate } from "../../src/device/allocate.ts";
import type { Device } from "../../src/device/device.ts";
import { SoftmaxObjective } from "../../src/head/softmax-objective.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { addBias } from "../../src/kernels/head/add-bias.ts";
import { linearGradient, objectiveTerms } from "../../src/kernels/head/linear-gradient.ts";
import { sigmoidResidual } from "../../src/kernels/head/sigmoid-residual.ts";
import { RESIDUAL_ROWS, softmaxResidual } from "../../src/kernels/head/softmax-residual.ts";
import { Pool } from "../../src/pool/pool.ts";
import {
  assertClose,
  compareKernel,
  deviceTest,
  gpuTest,
  Random,
  sharedDevice,
  withLimits,
} from "../fixture.ts";
import { objective as textbook } from "./newton.ts";

const shapes = [[1, 1], [1, 5], [63, 3], [64, 10], [65, 2], [300, 70], [130, 1]] as const;

gpuTest("add-bias: ragged shapes, somewhere in a tensor", async () => {
  const random = new Random(1);
  for (const [rows, classes] of shapes) {
    const [biasOffset, offset] = [5, 3];
    const data = random.normals(rows * classes + offset + 2);
    const { z } = await compareKernel(addBias, {
      tensors: {
        parameters: { shape: [biasOffset + classes], data: random.normals(biasOffset + classes) },
        z: { shape: [data.length], data },
      },
      params: { rows, width: classes, biasOffset, offset },
    });
    const around = (values: ArrayLike<number>) =>
      Array.from(values).toSpliced(offset, rows * classes);
    assert.deepEqual(around(z), around(data), "what lies around the rows");
  }
});

gpuTest("softmax-residual: ragged shapes, small and large logits", async () => {
  const random = new Random(2);
  for (const [rows, classes] of shapes) {
    for (const scale of [1e-3, 1, 30]) {
      const [first, firstGroup, biasOffset] = [3, 2, 7];
      const groups = firstGroup + Math.ceil(rows / RESIDUAL_ROWS);
      const pitch = classes + rows % 3;
      await compareKernel(softmaxResidual, {
        tensors: {
          labels: {
            ...{ shape: [first + rows], dtype: "u32" },
            data: Uint32Array.from({ length: first + rows }, () => random.integer(classes)),
          },
          parameters: { shape: [biasOffset + classes], data: random.normals(biasOffset + classes) },
          logits: { shape: [rows, pitch], data: random.normals(rows * pitch, scale) },
          partials: { shape: [groups, classes + 1], data: random.normals(groups * (classes + 1)) },
        },
        params: { rows, classes, pitch, biasOffset, first, firstGroup },
      }, { relative: 2e-5, absolute: 2e-6 });
    }
  }
});

gpuTest(
  "softmax-residual: sure of a class, of the wrong one, and logits that overflow",
  async () => {
    const logits = [40, 0, 0, -1e4, 3e38, -3e38, 3e38, 3e38, 1e4, -3e38, -3e38, -3e38, 9, 9, 9];
    const rows = logits.length / 3;
    for (const label of [0, 1, 2]) {
      const { logits: residual, partials } = await compareKernel(softmaxResidual, {
        tensors: {
          labels: { shape: [rows], dtype: "u32", data: Array.from({ length: rows }, () => label) },
          parameters: { shape: [3], data: [0.5, 0, -0.5] },
          logits: { shape: [rows, 3], data: logits },
          partials: { shape: [1, 4] },
        },
        params: { rows, classes: 3, pitch: 3, biasOffset: 0, first: 0, firstGroup: 0 },
      });
      assert.ok([...residual, ...partials].every(Number.isFinite));
    }
  },
);

gpuTest("sigmoid-residual: ragged shapes, more classes than a word has bits", async () => {
  const random = new Random(4);
  for (const [rows, classes] of shapes) {
    for (const scale of [1e-3, 1, 30]) {
      const [first, firstGroup, biasOffset] = [3, 2, 7];
      const groups = firstGroup + Math.ceil(rows / RESIDUAL_ROWS);
      const pitch = classes + rows % 3;
      const words = Math.ceil(classes / 32);
      await compareKernel(sigmoidResidual, {
        tensors: {
          labels: {
            ...{ shape: [first + rows, words], dtype: "u32" },
            data: Uint32Array.from(
              { length: (first + rows) * words },
              () => random.integer(2 ** 31),
            ),
          },
          parameters: { shape: [biasOffset + classes], data: random.normals(biasOffset + classes) },
          logits: { shape: [rows, pitch], data: random.normals(rows * pitch, scale) },
          partials: { shape: [groups, classes + 1], data: random.normals(groups * (classes + 1)) },
        },
        params: { rows, classes, pitch, biasOffset, first, firstGroup },
      }, { relative: 2e-5, absolute: 2e-6 });
    }
  }
});

gpuTest("sigmoid-residual: sure, surely wrong, and logits that overflow", async () => {
  const logits = [40, -40, 0, 1e4, -1e4, 3e38, -3e38, 3e38, 9];
  for (const bits of [0, 2 ** 9 - 1, 0b101010101]) {
    const { logits: residual, partials } = await compareKernel(sigmoidResidual, {
      tensors: {
        labels: { shape: [1], dtype: "u32", data: [bits] },
        parameters: { shape: [9], data: new Float32Array(9).fill(0.5) },
        logits: { shape: [1, 9], data: logits },
        partials: { shape: [1, 10] },
      },
      params: { rows: 1, classes: 9, pitch: 9, biasOffset: 0, first: 0, firstGroup: 0 },
    });
    assert.ok([...residual, ...partials].every(Number.isFinite));
    logits.forEach((_, k) => assert.ok(bits >> k & 1 ? residual[k]! <= 0 : residual[k]! >= 0));
  }
});

gpuTest("linear-gradient: ragged shapes", async () => {
  const random = new Random(3);
  for (
    const [classes, stride, groups] of [
      [1, 8, 1],
      [3, 24, 5],
      [10, 64, 700],
      [70, 8, 3],
      [2, 520, 257],
    ] as const
  ) {
    const size = classes * stride;
    const terms = objectiveTerms(classes, stride);
    await compareKernel(linearGradient, {
      tensors: {
        parameters: { shape: [size + classes], data: random.normals(size + classes) },
        products: { shape: [stride, classes], data: random.normals(size) },
        partials: { shape: [groups, classes + 1], data: random.normals(groups * (classes + 1)) },
        gradient: { shape: [size + classes], data: random.normals(size + classes) },
        terms: { shape: [terms], data: random.normals(terms) },
      },
      params: { classes, stride, groups, scale: 0.01, penalty: 0.3 },
    }, { relative: 1e-5, absolute: 1e-5 });
  }
});

const [ROWS, COLUMNS, CLASSES, C] = [300, 5, 3, 0.7];
const STRIDE = 8;

function problem() {
  const random = new Random(4);
  const features = random.normals(ROWS * COLUMNS);
  return {
    features,
    labels: Array.from({ length: ROWS }, () => random.integer(CLASSES)),
    // As a textbook lays them out, without padding.
    parameters: random.normals(CLASSES * (COLUMNS + 1), 0.5),
    rows: Array.from(
      { length: ROWS },
      (_, i) => [...features.subarray(i * COLUMNS, (i + 1) * COLUMNS)],
    ),
  };
}

/** The textbook's `[W_k | b_k]` as the engine's `[W | b]`, padded. */
function padded(parameters: ArrayLike<number>): Float64Array {
  const all = new Float64Array(CLASSES * (STRIDE + 1));
  for (let k = 0; k < CLASSES; k++) {
    for (let f = 0; f < COLUMNS; f++) all[k * STRIDE + f] = parameters[k * (COLUMNS + 1) + f]!;
    all[CLASSES * STRIDE + k] = parameters[k * (COLUMNS + 1) + COLUMNS]!;
  }
  return all;
}

/** Evaluates the engine's objective at some points. */
async function evaluate(device: Device, points: readonly Float64Array[]) {
  const { features, labels } = problem();
  using pool = await Pool.from(device, arrayRows("features", features, COLUMNS));
  using objective = new SoftmaxObjective(pool, labels, CLASSES, C);
  using t = allocate(device, {
    parameters: ["parameters", [objective.size]],
    gradient: ["gradient", [objective.size]],
    terms: ["terms", [objective.terms]],
  });
  const results = [];
  for (const point of points) {
    device.write(t.parameters, point);
    objective.evaluate(t.parameters, t.gradient, t.terms);
    const [gradient, terms] = await device.readAll([{ tensor: t.gradient }, { tensor: t.terms }]);
    results.push({ gradient: gradient!, loss: Array.from(terms!).reduce((a, b) => a + b) });
  }
  return results;
}

deviceTest(
  "the objective is the textbook's divided by C n, in one block or in several",
  async (device) => {
    const { parameters, rows, labels } = problem();
    const expected = textbook({ rows, labels, classes: CLASSES, C }, parameters);
    const scale = 1 / (C * ROWS);
    const small = withLimits(device, { bindingBytes: 256 * STRIDE * 4 });
    for (const each of [device, small]) {
      const [result] = await evaluate(each, [padded(parameters)]);
      assertClose([result!.loss], [scale * expected.loss], { relative: 1e-6 }, "loss");
      const gradient = padded(expected.gradient).map((value) => scale * value);
      assertClose(result!.gradient, gradient, { absolute: 1e-6 }, "gradient");
    }
  },
);

Deno.test("the gradient is the difference of the loss, in float64", async () => {
  const device = await sharedDevice("cpu");
  const at = padded(problem().parameters);
  const step = 1e-5;
  const points = [at];
  for (let e = 0; e < at.length; e++) {
    for (const sign of [-1, 1]) points.push(at.with(e, at[e]! + sign * step));
  }
  const [{ gradient } = assert.fail(), ...around] = await evaluate(device, points);
  const slopes = Array.from(
    { length: at.length },
    (_, e) => (around[2 * e + 1]!.loss - around[2 * e]!.loss) / (2 * step),
  );
  assertClose(gradient, slopes, { relative: 1e-7, absolute: 1e-9 });
});
