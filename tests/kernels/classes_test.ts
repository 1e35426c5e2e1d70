/** The kernels of BAIT with class blocks against their twins. */

import assert from "node:assert/strict";
import { classForms } from "../../src/kernels/classes/class-forms.ts";
import { classRows } from "../../src/kernels/classes/class-rows.ts";
import { classWeights } from "../../src/kernels/classes/class-weights.ts";
import { joinClasses } from "../../src/kernels/classes/join-classes.ts";
import { pickClasses } from "../../src/kernels/classes/pick-classes.ts";
import { rescoreClasses } from "../../src/kernels/classes/rescore-classes.ts";
import { scoreClasses } from "../../src/kernels/classes/score-classes.ts";
import { solveClasses } from "../../src/kernels/classes/solve-classes.ts";
import { spreadClasses } from "../../src/kernels/classes/spread-classes.ts";
import { TOUCH } from "../../src/kernels/classes/touched.ts";
import { updateClasses } from "../../src/kernels/classes/update-classes.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

/** Samples, classes, classes of a sample, features: fewer and more than a workgroup takes. */
const shapes = [[7, 3, 1, 8], [90, 5, 3, 24], [301, 2, 2, 264], [61, 70, 66, 8]] as const;

/** Random entries of samples, and the classes of a pick, whose lists of dual rows have ranks. */
function entries(random: Random, [n, classes, top, d]: readonly [number, number, number, number]) {
  const classesOf = Array.from({ length: n }, () => random.distinct(top, classes));
  const samples: number[] = [];
  const starts = [0];
  const slots = new Uint32Array(2 * n * top);
  for (let k = 0; k < classes; k++) {
    classesOf.forEach((own, i) => {
      const j = own.indexOf(k);
      if (j < 0) return;
      slots.set([k, samples.length], 2 * (i * top + j));
      samples.push(i);
    });
    starts.push(samples.length);
  }
  const most = Math.max(...starts.slice(1).map((end, k) => end - starts[k]!));
  const pick = random.integer(n);
  const rows = 11;
  const lists = Array.from({ length: 3 * classes + 40 }, () => random.integer(rows));
  const touched = classesOf[pick]!.flatMap((k, j) => [
    k,
    slots[2 * (pick * top + j) + 1]!,
    ...[starts[k]!, starts[k + 1]!],
    ...(j % 3 === 0 ? [0, 37] : j % 3 === 1 ? [k, k] : [k, k + 3]),
  ]);
  const count = samples.length;
  return {
    ...{ n, classes, top, d, most, pick, starts, rows, count },
    tensors: {
      slots: { shape: [n, top, 2], dtype: "u32", data: slots },
      samples: { shape: [count], dtype: "u32", data: samples },
      scales: { shape: [count], data: random.uniforms(count, 0, 0.4) },
      forms: { shape: [count, 2], data: random.uniforms(2 * count, 0.1, 1) },
      lists: { shape: [lists.length], dtype: "u32", data: lists },
      dual: { shape: [rows + top, d], data: random.normals((rows + top) * d, 0.2) },
      touched: { shape: [top, TOUCH], dtype: "u32", data: touched },
      v: { shape: [top, d], data: random.normals(top * d) },
      z: { shape: [top, d], data: random.normals(top * d) },
      y: { shape: [top, most], data: random.normals(top * most) },
      state: { shape: [top, 2], data: random.uniforms(2 * top, 0.01, 0.1) },
    },
  } as const;
}

/** Features of a block of samples. */
function block(random: Random, n: number, d: number, half: number) {
  const data = random.normals(n * d);
  return { shape: [n, d], dtype: half ? "f16" : "f32", data } as const;
}

/** The whole pool, and a block in its middle, in full and half floats. */
function* blocks(n: number): Generator<{ base: number; rows: number; half: number }> {
  yield { base: 0, rows: n, half: 0 };
  yield { base: Math.floor(n / 3), rows: Math.ceil(n / 3), half: 1 };
}

const near = { relative: 1e-5, absolute: 1e-4 };

gpuTest(
  "class-weights: the most probable classes, ties, and all classes in their order",
  async () => {
    const random = new Random(1);
    for (const [rows, classes, top] of [[1, 1, 1], [67, 5, 3], [301, 33, 2], [65, 7, 7]] as const) {
      const probabilities = random.uniforms(rows * classes, 0, 1).map((p) => Math.round(8 * p) / 8);
      const { columns } = await compareKernel(classWeights, {
        tensors: {
          probabilities: { shape: [rows, classes], data: probabilities },
          columns: { shape: [rows, top], dtype: "u32" },
          weights: { shape: [rows, top] },
        },
        params: { rows, classes, top },
      });
      const row = Array.from(probabilities.subarray(0, classes));
      const order = row.map((_, k) => k).sort((a, b) => row[b]! - row[a]! || a - b);
      const expected = top === classes ? row.map((_, k) => k) : order.slice(0, top);
      assert.deepEqual(Array.from(columns.subarray(0, top)), expected);
    }
  },
);

gpuTest("pick-classes: the classes of the pick, and its dual rows in their lists", async () => {
  const random = new Random(2);
  for (const shape of shapes) {
    const { tensors, n, classes, top, starts, pick } = entries(random, shape);
    const lists = Array.from({ length: classes + 1 }, (_, k) => 4 * k);
    const { touched } = await compareKernel(pickClasses, {
      tensors: {
        picks: { shape: [3], dtype: "u32", data: [n - 1, pick, 0] },
        slots: tensors.slots,
        starts: { shape: [2 * (classes + 1)], dtype: "u32", data: [...starts, ...lists] },
        ranks: {
          shape: [classes],
          dtype: "u32",
          data: Array.from({ length: classes }, (_, k) => k % 4),
        },
        lists: { shape: [4 * classes], dtype: "u32" },
        touched: { shape: [top, TOUCH], dtype: "u32" },
      },
      params: { step: 1, top, classes, base: 100 },
    });
    const k = tensors.slots.data[2 * pick * top]!;
    const entry = tensors.slots.data[2 * pick * top + 1]!;
    const expected = [k, entry, starts[k]!, starts[k + 1]!, 4 * k, 4 * k + k % 4];
    assert.deepEqual(Array.from(touched.subarray(0, TOUCH)), expected);
  }
});

gpuTest("solve-classes: lists of no, a few and many rows, one right side or sums", async () => {
  const random = new Random(3);
  for (const shape of shapes) {
    const { tensors: { touched, lists, dual }, top, d } = entries(random, shape);
    for (const [slices, rightStride] of [[1, 0], [3, 3 * d]] as const) {
      const size = rightStride * top + slices * d;
      await compareKernel(solveClasses, {
        tensors: {
          ...{ touched, lists, dual },
          right: { shape: [size], data: random.normals(size) },
          products: { shape: [top, 37] },
          out: { shape: [top, d], data: random.normals(top * d) },
        },
        params: { top, d, slices, rightStride, most: 37, scale: 0.5, lambda: 2 },
        defined: { products: () => false },
      }, near);
    }
  }
});

gpuTest("spread-classes: whole pools and blocks, in one slice or many", async () => {
  const random = new Random(4);
  for (const shape of shapes) {
    const { tensors: { touched, samples, scales, v, y }, n, top, d, most } = entries(random, shape);
    for (const { base, rows, half } of blocks(n)) {
      for (const sliceRows of [32, 64]) {
        const own = Math.ceil(most / sliceRows);
        await compareKernel(spreadClasses, {
          tensors: {
            ...{ touched, samples, scales, v, y },
            x: block(random, rows, d, half),
            parts: { shape: [top, 2 * own, d], data: random.normals(2 * top * own * d) },
          },
          params: {
            ...{ top, d, base, rows, most, sliceRows },
            ...{ firstSlice: half * own, slices: 2 * own },
          },
          constants: { half },
        }, near);
      }
    }
  }
});

gpuTest("join-classes: the dual rows, Z and the drift, and no information in a class", async () => {
  const random = new Random(5);
  for (const shape of shapes) {
    const { tensors, top, d, rows } = entries(random, shape);
    const { touched, scales, forms, dual, state } = tensors;
    // As of a positive definite matrix, so that G and H are positive.
    const x = random.uniforms(d, 0, 1);
    scales.data[touched.data[1]!] = 0;
    await compareKernel(joinClasses, {
      tensors: {
        ...{ touched, scales, forms, dual, state },
        x: { shape: [d], data: x },
        v: { shape: [top, d], data: random.uniforms(top * d, 0, 1) },
        z: { shape: [top, d], data: random.uniforms(top * d, 0, 1) },
      },
      params: { top, d, row: rows, unit: 0.5, candidate: 3, lambda: 0.7 },
    }, near);
  }
});

gpuTest("update-classes: the forms of those entries whose samples are in the block", async () => {
  const random = new Random(6);
  for (const shape of shapes) {
    const { tensors, n, top, d, most } = entries(random, shape);
    const { touched, samples, scales, z, y, state, forms } = tensors;
    for (const { base, rows, half } of blocks(n)) {
      await compareKernel(updateClasses, {
        tensors: {
          ...{ touched, samples, scales, z, y, state, forms },
          x: block(random, rows, d, half),
        },
        params: { top, d, base, rows, most },
        constants: { half },
      }, near);
    }
  }
});

gpuTest("score-classes, rescore-classes: all samples, and those that share a class", async () => {
  const random = new Random(7);
  for (const shape of shapes) {
    const { tensors, n, top, most, pick } = entries(random, shape);
    const { slots, forms, touched, samples } = tensors;
    const scores = { shape: [n], data: random.normals(n) };
    const all = await compareKernel(scoreClasses, {
      tensors: { slots, forms, scores },
      params: { rows: n, top, candidate: 2 },
    });
    const some = await compareKernel(rescoreClasses, {
      tensors: { touched, samples, slots, forms, scores },
      params: { top, most, candidate: 2 },
    });
    assert.equal(some.scores[pick], all.scores[pick]);
  }
});

gpuTest("class-rows: weighted rows of a block", async () => {
  const random = new Random(8);
  for (const shape of shapes) {
    const { tensors: { samples, scales }, n, d, count } = entries(random, shape);
    const first = Math.floor(count / 4);
    for (const { base, rows, half } of blocks(n)) {
      await compareKernel(classRows, {
        tensors: {
          ...{ samples, scales },
          x: block(random, rows, d, half),
          out: { shape: [count - first, d], data: random.normals((count - first) * d) },
        },
        params: { first, count: count - first, base, rows, d },
        constants: { half },
      });
    }
  }
});

gpuTest("class-forms: rows of any length, either form", async () => {
  const random = new Random(9);
  for (const [rows, width] of [[1, 1], [37, 5], [65, 264]] as const) {
    for (const part of [0, 1]) {
      const first = 3;
      await compareKernel(classForms, {
        tensors: {
          a: { shape: [rows, width], data: random.normals(rows * width) },
          b: { shape: [rows, width], data: random.normals(rows * width) },
          forms: { shape: [rows + 5, 2], data: random.normals(2 * (rows + 5)) },
        },
        params: { first, rows, width, part, factor: 0.25 },
      }, near);
    }
  }
});
