/** The kernels of herding and ProbCover against their twins. */

import assert from "node:assert/strict";
import { coverRows } from "../../src/kernels/geometry/cover-rows.ts";
import { coverageGains } from "../../src/kernels/geometry/coverage-gains.ts";
import { nearestEnemies } from "../../src/kernels/strategies/nearest-enemies.ts";
import { temperRows } from "../../src/kernels/members/temper-rows.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

/**
 * Products of `rows` samples from `base` on with those of `order` from `first` on, and all squared
 * norms.
 */
function products(random: Random, total: number, base: number, rows: number, order: number[]) {
  const x = random.normals(total * 3, 0.7);
  const dot = (i: number, j: number) =>
    [0, 1, 2].reduce((sum, f) => sum + x[3 * i + f]! * x[3 * j + f]!, 0);
  return {
    norms: Float32Array.from({ length: total }, (_, i) => dot(i, i)),
    y: Float32Array.from(
      { length: rows * order.length },
      (_, e) => dot(base + Math.floor(e / order.length), order[e % order.length]!),
    ),
  };
}

/** Rows, the first of them in the pool, columns, the first of them in the order. */
const shapes = [[1, 0, 1, 0], [67, 5, 64, 3], [301, 2, 70, 0], [1030, 0, 5, 1]] as const;

gpuTest("cover-rows: the most similar of the first few, or what was, as the twin", async () => {
  const random = new Random(31);
  for (const [rows, base, width, first] of shapes) {
    for (const [ball, scale] of [[0, 1.3], [1, 1]] as const) {
      const total = Math.max(base + rows, first + width) + 2;
      const order = random.distinct(first + width, total);
      const { y, norms } = products(random, total, base, rows, order.slice(first));
      const old = random.uniforms(total, 0, 0.4);
      const count = Math.ceil(width / 2);
      const { covered } = await compareKernel(coverRows, {
        tensors: {
          y: { shape: [rows, width], data: y },
          norms: { shape: [total], data: norms },
          order: { shape: [order.length], dtype: "u32", data: order },
          covered: { shape: [total], data: old },
        },
        params: { rows, base, width, count, first, scale },
        constants: { ball },
      }, { relative: 2e-5, absolute: 1e-6 });
      assert.ok(covered.every((value, i) => value >= old[i]! && value <= 1.00001));
      assert.equal(covered[total - 1], old[total - 1]);
    }
  }
});

gpuTest("coverage-gains: sums over chunks of rows, as the twin", async () => {
  const random = new Random(32);
  for (const [rows, base, width, first] of shapes) {
    for (const [ball, scale] of [[0, 0.8], [1, 1.5]] as const) {
      const total = Math.max(base + rows, first + width) + 2;
      const order = random.distinct(first + width, total);
      const { y, norms } = products(random, total, base, rows, order.slice(first));
      const chunks = Math.ceil(rows / 256);
      await compareKernel(coverageGains, {
        tensors: {
          y: { shape: [rows, width], data: y },
          norms: { shape: [total], data: norms },
          order: { shape: [order.length], dtype: "u32", data: order },
          covered: { shape: [total], data: random.uniforms(total, 0, 0.6) },
          weights: {
            shape: [total],
            data: Float32Array.from({ length: total }, () => random.integer(3)),
          },
          partials: { shape: [chunks + 1, width], data: random.normals((chunks + 1) * width) },
        },
        params: { rows, base, width, first, scale },
        constants: { ball },
      }, { relative: 2e-5, absolute: 1e-4 });
    }
  }
});

gpuTest("nearest-enemies: the nearest of other clusters, as the twin", async () => {
  const random = new Random(33);
  for (const [rows, base, width, first] of shapes) {
    const total = Math.max(base + rows, first + width) + 2;
    const order = Array.from({ length: width }, (_, c) => first + c);
    const { y, norms } = products(random, total, base, rows, order);
    const clusters = Uint32Array.from({ length: total }, () => random.integer(3));
    const { nearest } = await compareKernel(nearestEnemies, {
      tensors: {
        y: { shape: [rows, width], data: y },
        norms: { shape: [total], data: norms },
        clusters: { shape: [total], dtype: "u32", data: clusters },
        nearest: { shape: [total], data: new Float32Array(total).fill(1e36) },
      },
      params: { rows, base, width, count: width, first },
    }, { relative: 1e-4, absolute: 1e-5 });
    assert.ok(Math.abs(nearest[total - 1]! / 1e36 - 1) < 1e-6);
  }
});

gpuTest("temper-rows: the softmax of divided logits, as the twin", async () => {
  const random = new Random(34);
  for (const [rows, classes] of [[1, 1], [67, 2], [301, 11]] as const) {
    for (const power of [1, 0.25, 3, 1e30]) {
      const data = random.probabilities(rows, classes);
      if (classes > 1) data.fill(0, 0, classes)[classes - 1] = 1;
      const { probabilities } = await compareKernel(temperRows, {
        tensors: { probabilities: { shape: [rows, classes], data } },
        params: { rows, classes, power },
      }, { relative: 1e-4, absolute: 1e-6 });
      for (let i = 0; i < rows; i++) {
        const row = Array.from(probabilities).slice(i * classes, (i + 1) * classes);
        assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-6);
      }
    }
  }
});

gpuTest("temper-rows: the sigmoids of divided logits, as the twin", async () => {
  const random = new Random(35);
  for (const [rows, classes] of [[1, 1], [67, 2], [301, 11]] as const) {
    for (const power of [1, 0.25, 3, 1e30]) {
      const data = random.uniforms(rows * classes, 0, 1);
      if (classes > 1) data.set([0, 1]);
      const { probabilities } = await compareKernel(temperRows, {
        tensors: { probabilities: { shape: [rows, classes], data } },
        params: { rows, classes, power },
        constants: { independent: 1 },
      }, { relative: 1e-4, absolute: 1e-6 });
      if (power > 5) continue;
      data.slice(2).forEach((p, e) => {
        const expected = 1 / (1 + Math.exp(-power * Math.log(p / (1 - p))));
        assert.ok(Math.abs(probabilities[e + 2]! - expected) < 1e-6);
      });
    }
  }
});
