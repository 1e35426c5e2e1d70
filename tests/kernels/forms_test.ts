/** The kernels that turn matrices into the forms of samples, against their twins. */

import { compressForms } from "../../src/kernels/bait/compress-forms.ts";
import { expandFactors } from "../../src/kernels/bait/expand-factors.ts";
import { pairDots } from "../../src/kernels/bait/pair-dots.ts";
import { PICKED } from "../../src/kernels/bait/pick.ts";
import { rowDots } from "../../src/kernels/bait/row-dots.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("row-dots: every class block, both storages, any number of lanes", async () => {
  const random = new Random(1);
  for (
    const [rows, d, classes, k, lanes] of [
      [1, 8, 1, 0, 8],
      [37, 24, 3, 0, 1],
      [37, 24, 3, 1, 256],
      [301, 8, 5, 4, 8],
      [19, 136, 33, 32, 16],
    ] as const
  ) {
    for (const half of [0, 1]) {
      const xOffset = 2 * d;
      const x = random.normals(xOffset + rows * d);
      await compareKernel(rowDots, {
        tensors: {
          x: { shape: [x.length], dtype: half ? "f16" : "f32", data: x },
          y: { shape: [rows, k + 1, d], data: random.normals(rows * (k + 1) * d) },
          q: {
            shape: [rows, classes, classes],
            data: random.normals(rows * classes * classes),
          },
        },
        params: { rows, d, classes, k, xOffset },
        constants: { half, lanes },
      }, { absolute: 2e-5 });
    }
  }
});

gpuTest("compress-forms: every rank, both parts, any number of lanes", async () => {
  const random = new Random(2);
  for (
    const [rows, classes, rank, lanes] of [
      [1, 1, 1, 1],
      [301, 1, 1, 1],
      [37, 3, 1, 16],
      [37, 3, 2, 1],
      [67, 5, 3, 64],
      [67, 5, 5, 2],
      [13, 10, 10, 16],
      [7, 33, 17, 64],
      [5, 33, 32, 64],
      [3, 33, 33, 16],
    ] as const
  ) {
    for (const part of [0, 1]) {
      const [first, base] = [4, 6];
      const all = first + rows + 1;
      const columns = Array.from({ length: all }, () => random.distinct(rank, classes)).flat();
      const forms = all * rank * (rank + 1);
      // Samples that were picked keep their forms.
      const scores = Array.from({ length: base + all }, (_, i) => i % 5 === 2 ? PICKED : -1);
      await compareKernel(compressForms, {
        tensors: {
          q: {
            shape: [rows, classes, classes],
            data: random.normals(rows * classes * classes),
          },
          probabilities: { shape: [all, classes], data: random.probabilities(all, classes) },
          columns: { shape: [all, rank], dtype: "u32", data: columns },
          weights: { shape: [all, rank], data: random.uniforms(all * rank, 0, 1) },
          scores: { shape: [base + all], data: scores },
          forms: { shape: [all, 2, rank * (rank + 1) / 2], data: random.normals(forms) },
        },
        params: { first, rows, rank, part, base },
        constants: { classes, lanes },
      }, { absolute: 5e-6 });
    }
  }
});

gpuTest("expand-factors: every rank, both storages, any stretch of the samples", async () => {
  const random = new Random(3);
  for (
    const [first, rows, d, classes, rank] of [
      [0, 1, 8, 1, 1],
      [3, 37, 24, 3, 2],
      [1, 13, 16, 10, 10],
      [2, 5, 8, 33, 17],
    ] as const
  ) {
    for (const half of [0, 1]) {
      const all = first + rows + 2;
      const xOffset = 2 * d;
      const x = random.normals(xOffset + all * d);
      const columns = Array.from({ length: all }, () => random.distinct(rank, classes)).flat();
      await compareKernel(expandFactors, {
        tensors: {
          x: { shape: [x.length], dtype: half ? "f16" : "f32", data: x },
          probabilities: { shape: [all, classes], data: random.probabilities(all, classes) },
          columns: { shape: [all, rank], dtype: "u32", data: columns },
          weights: { shape: [all, rank], data: random.uniforms(all * rank, 0, 1) },
          v: {
            shape: [rows * rank, classes * d],
            data: random.normals(rows * rank * classes * d),
          },
        },
        params: { first, rows, d, classes, rank, xOffset },
        constants: { half },
      }, { absolute: 2e-6 });
    }
  }
});

gpuTest("pair-dots: every rank, both parts", async () => {
  const random = new Random(4);
  for (
    const [first, rows, D, rank] of [[0, 1, 8, 1], [3, 37, 72, 2], [1, 9, 104, 10], [
      0,
      2,
      8,
      33,
    ]] as const
  ) {
    for (const part of [0, 1]) {
      const all = first + rows + 1;
      const wide = rows * rank * D;
      await compareKernel(pairDots, {
        tensors: {
          t: { shape: [rows * rank, D], data: random.normals(wide) },
          u: { shape: [rows * rank, D], data: random.normals(wide) },
          forms: {
            shape: [all, 2, rank * (rank + 1) / 2],
            data: random.normals(all * rank * (rank + 1)),
          },
        },
        params: { first, rows, D, rank, part },
      }, { absolute: 2e-5 });
    }
  }
});
