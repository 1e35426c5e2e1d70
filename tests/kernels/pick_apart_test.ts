/** The kernels of strategies that pick far from what they have, against their twins. */

import assert from "node:assert/strict";
import { drawScores } from "../../src/kernels/drivers/draw-scores.ts";
import { gradientDistances } from "../../src/kernels/strategies/gradient-distances.ts";
import { probabilityDistances } from "../../src/kernels/strategies/probability-distances.ts";
import { pseudoResiduals } from "../../src/kernels/strategies/pseudo-residuals.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("draw-scores: any size and power; what is 0 comes last, as the twin", async () => {
  const random = new Random(1);
  for (const [size, gamma] of [[1, 1], [257, 10], [1003, 0.5], [70_001, 1]] as const) {
    const state = random.uniforms(size, 0, 3);
    if (size > 1) state[size - 1] = 0;
    const { scores } = await compareKernel(drawScores, {
      tensors: {
        state: { shape: [size], data: state },
        scores: { shape: [size + 1], data: new Float32Array(size + 1).fill(7) },
      },
      params: { size, key: 4_000_000_123, gamma },
    }, { relative: 2e-5, absolute: 2e-5 });
    assert.equal(scores[size], 7);
    if (size > 1) assert.equal(Math.min(...scores.slice(0, 300)) >= scores[size - 1]!, true);
  }
});

gpuTest("probability-distances: the least so far, as the twin", async () => {
  const random = new Random(2);
  for (const [rows, base, classes] of [[1, 0, 1], [67, 5, 3], [301, 2, 11]] as const) {
    const total = base + rows + 3;
    await compareKernel(probabilityDistances, {
      tensors: {
        probabilities: { shape: [rows, classes], data: random.probabilities(rows, classes) },
        center: { shape: [classes], data: random.probabilities(1, classes) },
        state: { shape: [total], data: random.uniforms(total, 0, 2) },
      },
      params: { rows, base, classes },
    });
  }
});

gpuTest("pseudo-residuals: rows sum to 0, of equal classes the lowest, as the twin", async () => {
  const random = new Random(3);
  for (const [rows, classes] of [[1, 1], [65, 2], [130, 7]] as const) {
    const data = random.probabilities(rows, classes);
    data.fill(1 / classes, 0, classes);
    const { probabilities } = await compareKernel(pseudoResiduals, {
      tensors: { probabilities: { shape: [rows, classes], data } },
      params: { rows, classes },
    });
    assert.ok(classes === 1 || probabilities[0]! > 0);
    for (let i = 0; i < rows; i++) {
      const row = Array.from(probabilities).slice(i * classes, (i + 1) * classes);
      assert.ok(Math.abs(row.reduce((a, b) => a + b)) < 1e-6);
    }
  }
});

gpuTest("gradient-distances: as between the outer products, as the twin", async () => {
  const random = new Random(4);
  const cases = [[37, 5, 24, 3, 0, 8, 1], [70, 0, 8, 11, 1, 2, 0], [300, 9, 72, 2, 0, 8, 0]];
  for (const [rows, base, d, classes, half, lanes, fresh] of cases as number[][]) {
    const x = random.normals((rows! + 1) * d!);
    const q = random.normals(rows! * classes!);
    const total = base! + rows! + 1;
    const old = random.uniforms(total, 0, 4 * d! * classes!);
    const { state } = await compareKernel(gradientDistances, {
      tensors: {
        x: { shape: [rows! + 1, d!], dtype: half ? "f16" : "f32", data: x },
        q: { shape: [rows!, classes!], data: q },
        xPick: { shape: [d!], data: x.slice(d!, 2 * d!) },
        qPick: { shape: [classes!], data: q.slice(0, classes!) },
        state: { shape: [total], data: old },
      },
      params: { rows: rows!, base: base!, d: d!, classes: classes!, xOffset: d!, fresh: fresh! },
      constants: { half: half!, lanes: lanes! },
    }, { relative: 1e-4, absolute: 1e-3 });
    // The picked row is at no distance from itself; half floats round the features of the row.
    assert.ok(state[base!]! < (half ? 1 : 1e-3));
    if (half) continue;
    for (const i of [1, rows! - 1]) {
      let sum = 0;
      for (let f = 0; f < d!; f++) {
        for (let k = 0; k < classes!; k++) {
          const own = x[(i + 1) * d! + f]! * q[i * classes! + k]!;
          sum += (own - x[d! + f]! * q[k]!) ** 2;
        }
      }
      const expected = fresh ? sum : Math.min(sum, old[base! + i]!);
      assert.ok(Math.abs(state[base! + i]! - expected) < 1e-4 * expected);
    }
  }
});
