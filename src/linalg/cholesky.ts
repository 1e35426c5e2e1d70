/**
 * Symmetric positive definite matrices: blocked Cholesky factorization, triangular solves, the
 * inverse, and Newton-Schulz polishing of an inverse. Everything but the diagonal blocks is a
 * matrix product.
 *
 * @module
 */

import { allocate } from "../device/allocate.ts";
import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { CHOLESKY_BLOCK as BLOCK, choleskyBlock } from "../kernels/linalg/cholesky-block.ts";
import { setDiagonal } from "../kernels/linalg/set-diagonal.ts";
import { matmul } from "./matmul.ts";

/** The Cholesky factor L of a matrix, `L L^T = A`, and the inverses of its diagonal blocks. */
export interface CholeskyFactor extends Disposable {
  /** The order of the matrix. */
  readonly D: number;
  /** L in the lower triangle, `[D, D]`; above the diagonal blocks the elements are undefined. */
  readonly lower: Tensor;
  /** The inverses of the diagonal blocks of L, `[blocks, 32, 32]`. */
  readonly inverses: Tensor;
}

/**
 * Records the Cholesky factorization of a symmetric positive definite matrix. The lower triangle of
 * `matrix` is overwritten.
 *
 * @param device the device of all tensors
 * @param matrix the matrix, `[D, D]`
 * @returns the factor, the caller's to dispose
 */
export function cholesky(device: Device, matrix: Tensor): CholeskyFactor {
  const D = matrix.shape[0]!;
  const blocks = Math.ceil(D / BLOCK);
  const tensors = allocate(device, {
    lower: ["Cholesky factor", [D, D]],
    inverses: ["inverse diagonal blocks", [blocks, BLOCK, BLOCK]],
  });
  const { lower, inverses } = tensors;
  for (let block = 0; block < blocks; block++) {
    const at = block * BLOCK;
    const size = Math.min(BLOCK, D - at);
    device.run(choleskyBlock, { matrix, factor: lower, inverses }, { D, at, size, block });
    const below = at + size;
    const rest = D - below;
    const panel = { tensor: lower, offset: below * D + at, ld: D };
    matmul(device, {
      m: rest,
      n: size,
      k: size,
      a: { tensor: matrix, offset: below * D + at, ld: D },
      b: { tensor: inverses, offset: block * BLOCK * BLOCK, ld: BLOCK, transposed: true },
      c: panel,
    });
    matmul(device, {
      m: rest,
      n: rest,
      k: size,
      a: panel,
      b: { ...panel, transposed: true },
      c: { tensor: matrix, offset: below * D + below, ld: D },
      alpha: -1,
      beta: 1,
      lower: true,
    });
  }
  return { D, ...tensors };
}

/**
 * Records the solution of `L Z = B`, or `L^T Z = B`, block by block.
 *
 * @param device the device of all tensors
 * @param factor the Cholesky factor
 * @param b the right-hand sides B, `[D, columns]`
 * @param transposed whether to solve with L^T
 * @returns the solution Z, `[D, columns]`, the caller's to dispose
 */
export function solveTriangular(
  device: Device,
  factor: CholeskyFactor,
  b: Tensor,
  transposed = false,
): Tensor {
  const { D, lower, inverses } = factor;
  const columns = b.shape[1]!;
  using s = device.tensor("right-hand side of a block", [BLOCK, columns]);
  const z = device.tensor("triangular solution", [D, columns]);
  const blocks = Math.ceil(D / BLOCK);
  for (let index = 0; index < blocks; index++) {
    const block = transposed ? blocks - 1 - index : index;
    const at = block * BLOCK;
    const size = Math.min(BLOCK, D - at);
    device.copy(b, s, { fromOffset: at * columns, count: size * columns });
    // The rows that are solved already: those above, or with L^T those below.
    const from = transposed ? at + size : 0;
    const solved = transposed ? D - from : at;
    if (solved > 0) {
      matmul(device, {
        m: size,
        n: columns,
        k: solved,
        a: transposed
          ? { tensor: lower, offset: from * D + at, ld: D, transposed }
          : { tensor: lower, offset: at * D, ld: D },
        b: { tensor: z, offset: from * columns },
        c: { tensor: s },
        alpha: -1,
        beta: 1,
      });
    }
    matmul(device, {
      m: size,
      n: columns,
      k: size,
      a: { tensor: inverses, offset: block * BLOCK * BLOCK, ld: BLOCK, transposed },
      b: { tensor: s },
      c: { tensor: z, offset: at * columns },
    });
  }
  return z;
}

/**
 * Records the inversion of a symmetric positive definite matrix: the inverse is `Z^T Z` with
 * `L Z = I`. The matrix is overwritten.
 *
 * @param device the device of all tensors
 * @param matrix the matrix, `[D, D]`
 * @param inverse receives the inverse, `[D, D]`
 */
export function invert(device: Device, matrix: Tensor, inverse: Tensor): void {
  const D = matrix.shape[0]!;
  using factor = cholesky(device, matrix);
  using one = device.tensor("one", [1], "real", [1]);
  device.run(setDiagonal, { s: one, matrix: inverse }, { D });
  using z = solveTriangular(device, factor, inverse);
  matmul(device, {
    m: D,
    n: D,
    k: D,
    a: { tensor: z, transposed: true },
    b: { tensor: z },
    c: { tensor: inverse },
  });
}

/**
 * Records one Newton-Schulz step, `Y <- Y (2 I - M Y) = 2 Y - Y (M Y)`, which squares the error
 * `|I - M Y|` of an approximate inverse Y if it is below 1.
 *
 * @param device the device of all tensors
 * @param matrix the matrix M, `[D, D]`
 * @param inverse the approximate inverse Y, `[D, D]`, which is replaced
 */
export function polishInverse(device: Device, matrix: Tensor, inverse: Tensor): void {
  const D = matrix.shape[0]!;
  using residual = device.tensor("M Y", [D, D]);
  using before = device.tensor("Y", [D, D]);
  device.copy(inverse, before);
  const square = { m: D, n: D, k: D };
  matmul(device, {
    ...square,
    a: { tensor: matrix },
    b: { tensor: before },
    c: { tensor: residual },
  });
  matmul(device, {
    ...square,
    a: { tensor: before },
    b: { tensor: residual },
    c: { tensor: inverse },
    alpha: -1,
    beta: 2,
  });
}
