/** The kernel of balancing against its twin. */

import assert from "node:assert/strict";
import { meanRatios } from "../../src/kernels/strategies/mean-ratios.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("mean-ratios: one mean against the farthest of others, as the twin", async () => {
  const random = new Random(1);
  const cases = [[1, 0, 8, 1, 0, 2], [67, 5, 24, 3, 1, 2], [301, 2, 72, 2, 0, 8], [
    40,
    0,
    80,
    9,
    1,
    8,
  ]];
  for (const [rows, base, d, others, half, lanes] of cases as number[][]) {
    const x = random.normals(rows! * d!);
    const means = random.normals((1 + others!) * d!);
    const total = base! + rows! + 1;
    const { scores } = await compareKernel(meanRatios, {
      tensors: {
        x: { shape: [rows!, d!], dtype: half ? "f16" : "f32", data: x },
        means: { shape: [1 + others!, d!], data: means },
        scores: { shape: [total], data: new Float32Array(total).fill(7) },
      },
      params: { rows: rows!, base: base!, d: d!, others: others! },
      constants: { half: half!, lanes: lanes! },
    });
    assert.ok(scores.slice(base, base! + rows!).every((score) => score < 0));
    assert.deepEqual([scores[total - 1], base === 0 || scores[base! - 1] === 7], [7, true]);
  }
});

gpuTest("mean-ratios: on a mean there is no division by 0", async () => {
  const { scores } = await compareKernel(meanRatios, {
    tensors: {
      x: { shape: [2, 8], dtype: "f32", data: [...new Array(8).fill(1), ...new Array(8).fill(2)] },
      means: { shape: [2, 8], data: new Array(16).fill(1) },
      scores: { shape: [2] },
    },
    params: { rows: 2, base: 0, d: 8, others: 1 },
    constants: { lanes: 2 },
  });
  assert.deepEqual(Array.from(scores, Math.abs), [0, 1]);
  const { scores: away } = await compareKernel(meanRatios, {
    tensors: {
      x: { shape: [1, 8], dtype: "f32", data: new Array(8).fill(1) },
      means: { shape: [2, 8], data: [...new Array(8).fill(0), ...new Array(8).fill(1)] },
      scores: { shape: [1] },
    },
    params: { rows: 1, base: 0, d: 8, others: 1 },
    constants: { lanes: 2 },
  });
  assert.ok(away[0]! < -1e38);
});
