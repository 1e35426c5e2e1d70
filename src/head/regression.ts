/**
 * Linear regression with an L2 penalty, in closed form (Hoerl & Kennard 1970, "Ridge Regression"),
 * and the standardization of targets for the other regression heads.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { scaleColumns } from "../kernels/pool/scale-columns.ts";
import { setDiagonal } from "../kernels/linalg/set-diagonal.ts";
import { cholesky, solveTriangular } from "../linalg/cholesky.ts";
import { matmul } from "../linalg/matmul.ts";
import { gatherNumbers } from "../pool/gather-numbers.ts";
import type { Pool } from "../pool/pool.ts";
import { allocate } from "../device/allocate.ts";
import { type LayerValues, Layout } from "./layout.ts";

/** The largest number of rows that are centered at a time. */
const CHUNK_ROWS = 4096;

/** The mean and the standard deviation of the targets of each output. */
export interface TargetScale {
  /** The means, `[m]`. */
  readonly mean: Float64Array;
  /** The standard deviations, `[m]`; 1 if all targets are equal. */
  readonly deviation: Float64Array;
}

/**
 * Returns the means and standard deviations of targets.
 *
 * @param targets the targets, `[n, m]`, row-major
 * @param m the number of values per sample
 */
export function targetScale(targets: ArrayLike<number>, m: number): TargetScale {
  const rows = targets.length / m;
  const mean = new Float64Array(m);
  const deviation = new Float64Array(m);
  for (let e = 0; e < targets.length; e++) mean[e % m]! += targets[e]! / rows;
  for (let e = 0; e < targets.length; e++) {
    deviation[e % m]! += (targets[e]! - mean[e % m]!) ** 2 / rows;
  }
  // A variance below this is the rounding error of a constant.
  const constant = (k: number) => deviation[k]! <= 1e-24 * mean[k]! ** 2;
  return { mean, deviation: deviation.map((v, k) => constant(k) ? 1 : Math.sqrt(v)) };
}

/** Standardizes targets: `(t - mean) / deviation`. */
export function standardized(
  targets: ArrayLike<number>,
  { mean, deviation }: TargetScale,
): Float64Array {
  const m = mean.length;
  return Float64Array.from(
    { length: targets.length },
    (_, e) => (targets[e]! - mean[e % m]!) / deviation[e % m]!,
  );
}

/** Converts the last layer for standardized targets to one for the original targets. */
export function unstandardized(
  { weight, bias }: LayerValues,
  { mean, deviation }: TargetScale,
): LayerValues {
  const inputs = weight.length / bias.length;
  return {
    weight: Float64Array.from(weight, (w, e) => w * deviation[Math.floor(e / inputs)]!),
    bias: Float64Array.from(bias, (b, k) => b * deviation[k]! + mean[k]!),
  };
}

/**
 * Records the solution of `min C sum |t - W x - b|^2 + |W|^2` (scikit-learn's `Ridge` with alpha =
 * 1/C; the bias is not penalized): `(X^T X + I/C) W^T = X^T T` with centered X and T, or, where
 * there are fewer samples than features, `W = ((X X^T + I/C)^-1 T)^T X`, which is the same.
 *
 * @param pool the labeled samples
 * @param targets the targets, `[n, m]`, row-major
 * @param options the number of values per sample m, and the inverse strength of the penalty C
 * @returns the parameters in the {@linkcode Layout} of a linear head, the caller's to dispose
 * @throws {DeviceError} if memory does not suffice
 */
export function ridgeRegression(
  pool: Pool,
  targets: ArrayLike<number>,
  { m, C }: { m: number; C: number },
): Tensor {
  const { device, columns } = pool;
  const layout = new Layout([columns, m]);
  const parameters = device.tensor("parameters of the head", [layout.size]);
  try {
    solveRidge(pool, targets, { m, C, layout, parameters });
    return parameters;
  } catch (error) {
    parameters.dispose();
    throw error;
  }
}

function solveRidge(
  pool: Pool,
  targets: ArrayLike<number>,
  { m, C, layout, parameters }: { m: number; C: number; layout: Layout; parameters: Tensor },
): void {
  const { device, rows, stride } = pool;
  const { mean } = targetScale(targets, m);
  const centered = standardized(targets, { mean, deviation: new Float64Array(m).fill(1) });
  const dual = rows < stride && 4 * rows * stride <= device.limits.bindingBytes;
  const chunk = dual ? rows : Math.min(rows, CHUNK_ROWS);
  using tensors = allocate(device, {
    order: ["rows", [rows], "u32", Uint32Array.from({ length: rows }, (_, i) => i)],
    x: ["centered features", [chunk, stride]],
    shift: ["column means", [stride]],
    factor: ["column factors", [stride], "real", new Float32Array(stride).fill(1)],
    t: ["centered targets", [rows, m], "real", centered],
    penalty: ["penalty", [1], "real", [1 / C]],
    matrix: ["Gram matrix", dual ? [rows, rows] : [stride, stride]],
    cross: ["products of features and targets", [stride, m]],
    identity: ["identity", [m, m]],
    one: ["one", [1], "real", [1]],
  });
  const { x, shift, t, matrix, cross, identity } = tensors;
  columnMeans(pool, shift);
  device.run(setDiagonal, { s: tensors.penalty, matrix }, { D: matrix.shape[0]! });
  const weights = { tensor: parameters };
  device.write(parameters, mean, layout.weights);
  if (dual) {
    center(pool, tensors, 0, rows);
    const wide = { tensor: x };
    matmul(device, {
      ...{ m: rows, n: rows, k: stride },
      a: wide,
      b: { ...wide, transposed: true },
      c: { tensor: matrix },
      beta: 1,
    });
    using solution = solve(device, matrix, t);
    const coefficients = { tensor: solution, transposed: true };
    matmul(device, { m, n: stride, k: rows, a: coefficients, b: wide, c: weights });
  } else {
    for (let first = 0; first < rows; first += chunk) {
      const count = Math.min(chunk, rows - first);
      center(pool, tensors, first, count);
      const tall = { tensor: x, transposed: true, ld: stride };
      matmul(device, {
        ...{ m: stride, n: stride, k: count },
        a: tall,
        b: { tensor: x, ld: stride },
        c: { tensor: matrix },
        beta: 1,
      });
      matmul(device, {
        ...{ m: stride, n: m, k: count },
        a: tall,
        b: { tensor: t, offset: first * m },
        c: { tensor: cross },
        beta: 1,
      });
    }
    using solution = solve(device, matrix, cross);
    // The transpose, as a product with the identity.
    device.run(setDiagonal, { s: tensors.one, matrix: identity }, { D: m });
    const across = { tensor: solution, transposed: true };
    matmul(device, { m, n: stride, k: m, a: { tensor: identity }, b: across, c: weights });
  }
  // b = mean t - W mean x.
  using copy = device.tensor("weights", [m, stride]);
  device.copy(parameters, copy, { count: m * stride });
  matmul(device, {
    ...{ m, n: 1, k: stride, alpha: -1, beta: 1 },
    a: { tensor: copy },
    b: { tensor: shift },
    c: { tensor: parameters, offset: layout.weights },
  });
}

/**
 * Records the solution `[D, columns]` of a symmetric positive definite system, which it overwrites.
 */
function solve(device: Device, symmetric: Tensor, right: Tensor): Tensor {
  using factor = cholesky(device, symmetric);
  using half = solveTriangular(device, factor, right);
  return solveTriangular(device, factor, half, true);
}

/** Records the computation of the means of the columns. */
function columnMeans(pool: Pool, shift: Tensor): void {
  const { device, rows, stride } = pool;
  const longest = Math.max(...pool.blocks.map((block) => block.rows));
  using ones = device.tensor("ones", [longest], "real", new Float32Array(longest).fill(1));
  pool.blocks.forEach((block, place) =>
    matmul(device, {
      ...{ m: stride, n: 1, k: block.rows, alpha: 1 / rows, beta: place === 0 ? 0 : 1 },
      a: { tensor: block.features, transposed: true },
      b: { tensor: ones },
      c: { tensor: shift },
    })
  );
}

/** Records the copy of `count` rows of the pool into x, with the column means subtracted. */
function center(
  pool: Pool,
  { order, x, shift, factor }: Record<"order" | "x" | "shift" | "factor", Tensor>,
  first: number,
  count: number,
): void {
  const { device, stride } = pool;
  gatherNumbers(device, pool.blocks, order, x, { first, count, width: stride });
  device.run(scaleColumns, { x, shift, factor }, { rows: count, d: stride });
}
