/**
 * M^-1 and P = M^-1 F M^-1 in float64, on the CPU device, beside a selection in float32 on a GPU.
 * With matrices that are exact the forms that are computed from them in float32 have relative
 * errors of about 1e-7, with matrices in float32 twenty times as much (docs/mathematics.md, "What
 * float32 costs").
 *
 * @module
 */

import { allocate } from "../../../device/allocate.ts";
import type { Device } from "../../../device/device.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { dispose, Resource } from "../../../disposal.ts";
import { expandFactors } from "../../../kernels/bait/expand-factors.ts";
import { setDiagonal } from "../../../kernels/linalg/set-diagonal.ts";
import { cholesky, solveTriangular } from "../../../linalg/cholesky.ts";
import { matmul } from "../../../linalg/matmul.ts";
import type { FisherFactors } from "../fisher/factors.ts";
import type { Matrices } from "../phase-state.ts";
import { invertSum, multiplyMiddle, type Summands } from "../summed-information.ts";

/** The matrices of a selection in float64. */
export class ExactMatrices extends Resource implements Matrices {
  readonly information: Tensor;
  readonly inverse: Tensor;
  readonly middle: Tensor;
  readonly #owned: Disposable;

  /**
   * Allocates the matrices.
   *
   * @param device a CPU device
   * @param information F, `[D, D]`
   */
  constructor(readonly device: Device, information: ArrayLike<number>) {
    super();
    const D = Math.sqrt(information.length);
    const tensors = allocate(device, {
      information: ["F", [D, D], "real", information],
      inverse: ["inverse of M", [D, D]],
      middle: ["P", [D, D]],
    });
    this.#owned = tensors;
    this.information = tensors.information;
    this.inverse = tensors.inverse;
    this.middle = tensors.middle;
  }

  /** Computes M^-1 and P from the samples. */
  async sum(summands: Summands): Promise<void> {
    const { device } = this;
    await invertSum(device, summands, this.inverse, () => device.idle());
    await device.idle();
    multiplyMiddle(device, this);
  }

  /**
   * Adds samples to M: Woodbury's identity for all of them at once. With the rows V of their
   * factors, `L L^T = I + V M^-1 V^T`, `W = L^-1 V M^-1`, `Q = L^-1 V P`, `T = Q V^T L^-T` and
   * `Z = Q - T W / 2`,
   *
   *     M^-1 -= W^T W,    P -= W^T Z + Z^T W.
   *
   * @param chosen the samples in the order in which they were picked, on the same device
   */
  add(chosen: FisherFactors): void {
    const { device, inverse, middle } = this;
    const { pool: { rows: count, stride: d }, classes, rank, D, segments } = chosen;
    const [segment] = segments;
    const rows = count * rank;
    using own = allocate(device, {
      v: ["V", [rows, D]],
      y: ["V M^-1", [rows, D]],
      q: ["V P", [rows, D]],
      s: ["I + V M^-1 V^T", [rows, rows]],
      t: ["V Q^T", [rows, rows]],
      one: ["one", [1], "real", [1]],
    });
    const { v, y, q, s, t } = own;
    const { features: x, probabilities, columns, weights } = segment!;
    const sizes = { first: 0, rows: count, d, classes, rank, xOffset: 0 };
    device.run(expandFactors, { x, probabilities, columns, weights, v }, sizes);
    const wide = { m: rows, n: D, k: D, a: { tensor: v } };
    matmul(device, { ...wide, b: { tensor: inverse }, c: { tensor: y } });
    matmul(device, { ...wide, b: { tensor: middle }, c: { tensor: q } });
    const [plain, across] = [{ tensor: v }, { tensor: v, transposed: true }];
    const inner = { m: rows, n: rows, k: D };
    device.run(setDiagonal, { s: own.one, matrix: s }, { D: rows });
    matmul(device, { ...inner, a: { tensor: y }, b: across, c: { tensor: s }, beta: 1 });
    using factor = cholesky(device, s);
    using w = solveTriangular(device, factor, y);
    using z = solveTriangular(device, factor, q);
    matmul(device, { ...inner, a: plain, b: { tensor: z, transposed: true }, c: { tensor: t } });
    using falls = solveTriangular(device, factor, t);
    const [right, changes] = [{ tensor: w }, { tensor: z }];
    const half = { ...inner, n: D, k: rows, alpha: -0.5, beta: 1 };
    matmul(device, { ...half, a: { tensor: falls }, b: right, c: changes });
    const left = (tensor: Tensor) => ({ tensor, transposed: true });
    const update = { m: D, n: D, k: rows, alpha: -1, beta: 1 };
    const c = { tensor: middle };
    matmul(device, { ...update, a: left(w), b: right, c: { tensor: inverse } });
    matmul(device, { ...update, a: left(w), b: changes, c });
    matmul(device, { ...update, a: left(z), b: right, c });
  }

  /** Frees the matrices. */
  dispose(): void {
    this.#owned[dispose]();
  }
}
