/**
 * Metrics of regression. With several outputs each metric is the mean of the metrics of the
 * outputs, as with `uniform_average` of scikit-learn.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** The options of the metrics of regression. */
export interface RegressionMetricOptions {
  /** m, the number of values of one sample. Default: 1. */
  readonly outputs?: number | undefined;
}

/**
 * The root of the mean squared error, in the unit of the targets.
 *
 * @param predictions `[n, m]`, row-major
 * @param targets `[n, m]`, row-major
 * @param options `outputs`: m
 * @throws {InputError} if there are no values, the shapes differ, or the rows are not complete
 */
export function rootMeanSquaredError(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  options: RegressionMetricOptions = {},
): number {
  return averaged(predictions, targets, options, (p, t) => {
    return Math.sqrt(mean(t.map((value, i) => (p[i]! - value) ** 2)));
  });
}

/**
 * The mean absolute error, in the unit of the targets.
 *
 * @param predictions `[n, m]`, row-major
 * @param targets `[n, m]`, row-major
 * @param options `outputs`: m
 * @throws {InputError} if there are no values, the shapes differ, or the rows are not complete
 */
export function meanAbsoluteError(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  options: RegressionMetricOptions = {},
): number {
  return averaged(predictions, targets, options, (p, t) => {
    return mean(t.map((value, i) => Math.abs(p[i]! - value)));
  });
}

/**
 * The coefficient of determination, `1 - sum (t - p)^2 / sum (t - mean t)^2`: 1 for exact
 * predictions, 0 for predictions as good as the mean. If all targets are equal, it is 1 for exact
 * predictions and 0 otherwise, as in `r2_score` of scikit-learn.
 *
 * @param predictions `[n, m]`, row-major
 * @param targets `[n, m]`, row-major
 * @param options `outputs`: m
 * @throws {InputError} if there are no values, the shapes differ, or the rows are not complete
 */
export function r2Score(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  options: RegressionMetricOptions = {},
): number {
  return averaged(predictions, targets, options, (p, t) => {
    const center = mean(t);
    const spread = mean(t.map((value) => (value - center) ** 2));
    const error = mean(t.map((value, i) => (p[i]! - value) ** 2));
    if (spread === 0 || t.every((value) => value === t[0])) return error === 0 ? 1 : 0;
    return 1 - error / spread;
  });
}

function averaged(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  { outputs = 1 }: RegressionMetricOptions,
  metric: (p: Float64Array, t: Float64Array) => number,
): number {
  if (predictions.length !== targets.length || targets.length === 0) {
    throw new InputError(
      `Cannot measure ${predictions.length} predictions against ${targets.length} targets: each ` +
        "target needs one, and at least 1 is needed",
    );
  }
  if (!Number.isInteger(outputs) || outputs < 1 || targets.length % outputs !== 0) {
    throw new InputError(
      `Cannot measure ${targets.length} values: they are not whole rows of ${outputs} outputs`,
    );
  }
  const rows = targets.length / outputs;
  const column = (values: ArrayLike<number>, k: number) =>
    Float64Array.from({ length: rows }, (_, i) => values[i * outputs + k]!);
  const each = Float64Array.from(
    { length: outputs },
    (_, k) => metric(column(predictions, k), column(targets, k)),
  );
  return mean(each);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
