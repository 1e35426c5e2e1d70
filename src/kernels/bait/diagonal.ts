/**
 * The kernels of BAIT with diagonal information matrices.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import {
  diagonalScores as scoresWgsl,
  diagonalUpdate as updateWgsl,
  informationDiagonal as diagonalWgsl,
  squareRows as squareWgsl,
} from "../../shaders.gen.ts";

/** What is left of M after a removal is at least this much of it. */
const LEAST = 1e-7;

/** `squares[i, k] = sum_j A_i[k, j]^2`, `[rows, classes]`; see `fisher/factors.ts` for A. */
export const informationDiagonal = defineKernel({
  name: "information-diagonal",
  wgsl: diagonalWgsl,
  bindings: { probabilities: "read", columns: "read", weights: "read", squares: "write" },
  params: { rows: "u32", classes: "u32", rank: "u32" },
  constants: {},
  grid: ({ rows, classes }) => linearGrid(Math.ceil(rows * classes / 256)),
  cpu({ probabilities, columns, weights, squares }, { rows, classes, rank }) {
    for (let e = 0; e < rows * classes; e++) {
      const i = Math.floor(e / classes);
      squares[e] = 0;
      for (let j = i * rank; j < (i + 1) * rank; j++) {
        const indicator = columns[j] === e % classes ? 1 : 0;
        squares[e]! += (weights[j]! * (indicator - probabilities[e]!)) ** 2;
      }
    }
  },
});

/** `out = x^2`, element by element, from element `offset` of x on. */
export const squareRows = defineKernel({
  name: "square-rows",
  wgsl: squareWgsl,
  bindings: { x: "read", out: "write" },
  params: { size: "u32", offset: "u32" },
  constants: { half: 0 },
  grid: ({ size }) => linearGrid(Math.ceil(size / 256)),
  cpu({ x, out }, { size, offset }) {
    for (let e = 0; e < size; e++) out[e] = x[offset + e]! ** 2;
  },
});

/**
 * `scores[base + i] = sigma sum_fk F_fk v / (M_fk (M_fk + sigma v))` with `v = x_f^2 a_ik`: by how much
 * `sum F / M` falls with the sample (sigma 1), or minus by how much it rises without it (sigma -1).
 */
export const diagonalScores = defineKernel({
  name: "diagonal-scores",
  wgsl: scoresWgsl,
  bindings: { x: "read", squares: "read", information: "read", matrix: "read", scores: "write" },
  params: {
    rows: "u32",
    base: "u32",
    d: "u32",
    classes: "u32",
    xOffset: "u32",
    sigma: "f32",
  },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => linearGrid(Math.ceil(rows / (256 / lanes))),
  cpu({ x, squares, information, matrix, scores }, { rows, base, d, classes, xOffset, sigma }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let f = 0; f < d; f++) {
        const square = x[xOffset + i * d + f]! ** 2;
        for (let k = 0; k < classes; k++) {
          const v = square * squares[i * classes + k]!;
          const m = matrix[f * classes + k]!;
          const after = Math.max(m + sigma * v, LEAST * m);
          sum += (information[f * classes + k]! / m) * (v / after);
        }
      }
      scores[base + i] = sigma * sum;
    }
  },
});

/** `M_fk += sigma x_f^2 a_k` for one sample, `[d, classes]`. */
export const diagonalUpdate = defineKernel({
  name: "diagonal-update",
  wgsl: updateWgsl,
  bindings: { x: "read", squares: "read", matrix: "write" },
  params: { d: "u32", classes: "u32", sigma: "f32" },
  constants: {},
  grid: ({ d, classes }) => linearGrid(Math.ceil(d * classes / 256)),
  cpu({ x, squares, matrix }, { d, classes, sigma }) {
    for (let e = 0; e < d * classes; e++) {
      const after = matrix[e]! + sigma * x[Math.floor(e / classes)]! ** 2 * squares[e % classes]!;
      matrix[e] = Math.max(after, LEAST * matrix[e]!);
    }
  },
});
