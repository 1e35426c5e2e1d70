/** The kernels of the information matrix against their twins. */

import { addGram } from "../../src/kernels/linalg/add-gram.ts";
import { pairWeights } from "../../src/kernels/bait/pair-weights.ts";
import { weightedGram } from "../../src/kernels/linalg/weighted-gram.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("weighted-gram: slices of rows, offsets and both storages", async () => {
  const random = new Random(1);
  for (
    const [rows, d, rowsPerSlice] of [
      [1, 8, 1],
      [37, 24, 37],
      [101, 72, 34],
      [53, 136, 17],
      [45, 8, 44],
      [0, 8, 5],
    ] as const
  ) {
    for (const half of [0, 1]) {
      const slices = Math.max(1, Math.ceil(rows / rowsPerSlice));
      const [xOffset, wOffset] = [3 * d, 5];
      const x = random.normals(xOffset + rows * d);
      const w = random.uniforms(wOffset + rows, -1, 2);
      w[wOffset] = 0;
      await compareKernel(weightedGram, {
        tensors: {
          x: { shape: [x.length], dtype: half ? "f16" : "f32", data: x },
          w: { shape: [w.length], data: w },
          s: { shape: [slices, d, d], data: random.normals(slices * d * d) },
        },
        params: { rows, d, xOffset, wOffset, rowsPerSlice },
        constants: { half },
        // Only the lower triangle is promised.
        defined: { s: (e) => e % d <= Math.floor(e / d) % d },
      }, { absolute: 5e-5 });
    }
  }
});

gpuTest("add-gram: the blocks of two classes and their mirror images", async () => {
  const random = new Random(2);
  for (
    const [d, classes, slices, k, l, scale] of [
      [1, 1, 1, 0, 0, 1],
      [8, 3, 3, 2, 0, -0.5],
      [24, 2, 1, 1, 1, 2],
      [37, 3, 5, 2, 1, 0.1],
    ] as const
  ) {
    const D = classes * d;
    await compareKernel(addGram, {
      tensors: {
        s: { shape: [slices, d, d], data: random.normals(slices * d * d) },
        matrix: { shape: [D, D], data: symmetricBlocks(random, classes, d) },
      },
      params: { d, D, slices, k, l, scale },
    });
  }
});

/** A symmetric matrix of blocks that are symmetric themselves, as an information matrix is. */
function symmetricBlocks(random: Random, classes: number, d: number): Float32Array {
  const D = classes * d;
  const values = new Float32Array(D * D);
  for (let k = 0; k < classes; k++) {
    for (let l = 0; l <= k; l++) {
      for (let i = 0; i < d; i++) {
        for (let j = 0; j <= i; j++) {
          const value = random.uniform(-1, 1);
          for (const [a, b] of [[k, l], [l, k]] as const) {
            values[(a * d + i) * D + b * d + j] = value;
            values[(a * d + j) * D + b * d + i] = value;
          }
        }
      }
    }
  }
  return values;
}

gpuTest("pair-weights: every pair of classes, with factors of any rank", async () => {
  const random = new Random(3);
  for (const [rows, classes, rank] of [[1, 1, 1], [37, 2, 1], [301, 5, 3], [67, 33, 33]] as const) {
    const columns = Array.from({ length: rows }, () => random.distinct(rank, classes)).flat();
    for (const [k, l] of [[0, 0], [classes - 1, 0], [classes - 1, classes - 1]] as const) {
      await compareKernel(pairWeights, {
        tensors: {
          probabilities: { shape: [rows, classes], data: random.probabilities(rows, classes) },
          columns: { shape: [rows, rank], dtype: "u32", data: columns },
          weights: { shape: [rows, rank], data: random.uniforms(rows * rank, 0, 1) },
          out: { shape: [rows], data: random.normals(rows) },
        },
        params: { rows, classes, rank, k, l },
      });
    }
  }
});
