/** The kernels of BAIT with diagonal matrices, against their twins. */

import { diagonalScores } from "../../src/kernels/bait/diagonal-scores.ts";
import { diagonalUpdate } from "../../src/kernels/bait/diagonal-update.ts";
import { informationDiagonal } from "../../src/kernels/bait/information-diagonal.ts";
import { squareRows } from "../../src/kernels/bait/square-rows.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("information-diagonal: any rank and number of classes, as the twin", async () => {
  const random = new Random(1);
  for (const [rows, classes, rank] of [[1, 1, 1], [67, 3, 3], [301, 7, 2]] as const) {
    await compareKernel(informationDiagonal, {
      tensors: {
        probabilities: { shape: [rows, classes], data: random.probabilities(rows, classes) },
        columns: {
          shape: [rows, rank],
          dtype: "u32",
          data: Uint32Array.from({ length: rows * rank }, () => random.integer(classes)),
        },
        weights: { shape: [rows, rank], data: random.uniforms(rows * rank) },
        squares: { shape: [rows, classes] },
      },
      params: { rows, classes, rank },
    });
  }
});

gpuTest("square-rows: from an offset on, single and half floats, as the twin", async () => {
  const random = new Random(2);
  for (const [size, offset, half] of [[1, 0, 0], [613, 8, 0], [300, 7, 1]] as const) {
    await compareKernel(squareRows, {
      tensors: {
        x: {
          shape: [2 * Math.ceil((size + offset) / 2)],
          dtype: half ? "f16" : "f32",
          data: random.normals(2 * Math.ceil((size + offset) / 2)),
        },
        out: { shape: [size + 1], data: new Float32Array(size + 1).fill(7) },
      },
      params: { size, offset },
      constants: { half },
    });
  }
});

gpuTest("diagonal-scores and diagonal-update: additions and removals, as the twins", async () => {
  const random = new Random(3);
  const cases = [[37, 5, 24, 3, 0, 8], [70, 0, 8, 11, 1, 2], [300, 9, 72, 1, 0, 8]];
  for (const [rows, base, d, classes, half, lanes] of cases as number[][]) {
    for (const sigma of [1, -1]) {
      const x = random.normals((rows! + 1) * d!);
      const a = random.uniforms(rows! * classes!, 0, 0.05);
      const size = d! * classes!;
      const matrix = { shape: [size], data: random.uniforms(size, 1, 2) };
      await compareKernel(diagonalScores, {
        tensors: {
          x: { shape: [rows! + 1, d!], dtype: half ? "f16" : "f32", data: x },
          squares: { shape: [rows!, classes!], data: a },
          information: { shape: [size], data: random.uniforms(size, 0, 1) },
          matrix,
          scores: { shape: [base! + rows! + 1] },
        },
        params: { rows: rows!, base: base!, d: d!, classes: classes!, xOffset: d!, sigma },
        constants: { half: half!, lanes: lanes! },
      }, { relative: 1e-4, absolute: 1e-5 });
      await compareKernel(diagonalUpdate, {
        tensors: {
          x: { shape: [d!], data: x.slice(0, d!) },
          squares: { shape: [classes!], data: a.slice(0, classes!) },
          matrix,
        },
        params: { d: d!, classes: classes!, sigma },
      });
    }
  }
});
