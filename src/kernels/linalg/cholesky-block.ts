/**
 * Factors and inverts one diagonal block of a blocked Cholesky factorization.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/cholesky-block.gen.ts";

/** The order of a diagonal block. */
export const CHOLESKY_BLOCK = 32;

/**
 * The lower bound of pivots: those of a positive definite matrix may become negative by rounding.
 */
export const LEAST_PIVOT = 1e-30;

/** `L L^T = A` for the block at (at, at), and `L^-1` into `inverses[block]`. */
export const choleskyBlock = /* @__PURE__ */ defineKernel({
  name: "cholesky-block",
  wgsl,
  bindings: { matrix: "read", factor: "write", inverses: "write" },
  params: { D: "u32", at: "u32", size: "u32", block: "u32" },
  constants: { B: CHOLESKY_BLOCK },
  grid: () => [1],
  cpu({ matrix, factor, inverses }, { D, at, size, block }, { B }) {
    const l = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = matrix[(at + i) * D + at + j]!;
        for (let k = 0; k < j; k++) sum -= l[i * size + k]! * l[j * size + k]!;
        l[i * size + j] = i === j ? Math.sqrt(Math.max(sum, LEAST_PIVOT)) : sum / l[j * size + j]!;
      }
      for (let j = 0; j < size; j++) factor[(at + i) * D + at + j] = l[i * size + j]!;
    }
    const base = block * B * B;
    for (let column = 0; column < size; column++) {
      for (let i = 0; i < size; i++) {
        let sum = i === column ? 1 : 0;
        for (let j = column; j < i; j++) sum -= l[i * size + j]! * inverses[base + j * B + column]!;
        inverses[base + i * B + column] = i < column ? 0 : sum / l[i * size + i]!;
      }
    }
  },
});
