/**
 * Ridge regression in closed form, in float64 on the CPU: the head of simulations on real-valued
 * targets, where there are as many labels as a person can give.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** A fitted ridge regression. */
export interface RidgeHead {
  /** `[d]`. */
  readonly weight: Float64Array;
  /** The value where all features are 0. */
  readonly bias: number;
}

/** The options of {@linkcode fitRidge}. */
export interface RidgeOptions {
  /** d. */
  readonly columns: number;
  /** The weight of the samples against the penalty. Default 1. */
  readonly C?: number | undefined;
}

/**
 * Minimises `C sum_i (t_i - w x_i - b)^2 + |w|^2`; b is not penalised. It solves the smaller of the
 * two systems: d x d, or n x n when there are fewer samples than features.
 *
 * @param features `[n, d]`, row-major
 * @param targets `[n]`
 * @param options d and C
 * @throws {InputError} if there are no samples, the rows are not complete, or C is not positive
 */
export function fitRidge(
  features: ArrayLike<number>,
  targets: ArrayLike<number>,
  { columns, C = 1 }: RidgeOptions,
): RidgeHead {
  const rows = targets.length;
  if (rows === 0 || features.length !== rows * columns) {
    throw new InputError(
      `Cannot fit ${features.length} features to ${rows} targets: each target needs a row of ` +
        `${columns}, and at least 1 is needed`,
    );
  }
  if (!(C > 0 && Number.isFinite(C))) {
    throw new InputError(`Cannot train with C ${C}: it must be a positive number`);
  }
  const means = new Float64Array(columns);
  let centre = 0;
  for (let i = 0; i < rows; i++) {
    centre += targets[i]! / rows;
    for (let f = 0; f < columns; f++) means[f]! += features[i * columns + f]! / rows;
  }
  const x = Float64Array.from(features, (value, at) => value - means[at % columns]!);
  const t = Float64Array.from(targets, (value) => value - centre);
  const weight = columns <= rows ? primal(x, t, columns, 1 / C) : dual(x, t, columns, 1 / C);
  const bias = centre - weight.reduce((sum, value, f) => sum + value * means[f]!, 0);
  return { weight, bias };
}

/**
 * The predicted values.
 *
 * @param head the fitted head
 * @param features `[n, d]`, row-major
 * @returns `[n]`
 */
export function predictRidge(
  { weight, bias }: RidgeHead,
  features: ArrayLike<number>,
): Float64Array {
  const columns = weight.length;
  return Float64Array.from({ length: features.length / columns }, (_, i) => {
    let sum = bias;
    for (let f = 0; f < columns; f++) sum += weight[f]! * features[i * columns + f]!;
    return sum;
  });
}

/** `(X^T X + ridge I) w = X^T t`. */
function primal(x: Float64Array, t: Float64Array, d: number, ridge: number): Float64Array {
  const matrix = new Float64Array(d * d);
  const right = new Float64Array(d);
  for (let i = 0; i < t.length; i++) {
    const row = x.subarray(i * d, (i + 1) * d);
    for (let f = 0; f < d; f++) {
      right[f]! += row[f]! * t[i]!;
      for (let g = 0; g <= f; g++) matrix[f * d + g]! += row[f]! * row[g]!;
    }
  }
  for (let f = 0; f < d; f++) matrix[f * d + f]! += ridge;
  return solve(matrix, right);
}

/** `w = X^T a` with `(X X^T + ridge I) a = t`. */
function dual(x: Float64Array, t: Float64Array, d: number, ridge: number): Float64Array {
  const n = t.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? ridge : 0;
      for (let f = 0; f < d; f++) sum += x[i * d + f]! * x[j * d + f]!;
      matrix[i * n + j] = sum;
    }
  }
  const a = solve(matrix, t.slice());
  const weight = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < d; f++) weight[f]! += a[i]! * x[i * d + f]!;
  }
  return weight;
}

/** Solves by Cholesky from the lower triangle; overwrites both arguments. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      matrix[i * n + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) right[i]! -= matrix[i * n + k]! * right[k]!;
    right[i]! /= matrix[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) right[i]! -= matrix[k * n + i]! * right[k]!;
    right[i]! /= matrix[i * n + i]!;
  }
  return right;
}
