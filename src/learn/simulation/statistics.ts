/**
 * Means over repeated runs with their standard errors and confidence intervals.
 *
 * @module
 */

/** A mean over runs with its standard error. */
export interface Estimate {
  /** The mean; NaN without values. */
  readonly mean: number;
  /** The standard error `s / sqrt(n)`, with n - 1 degrees of freedom; 0 for one value. */
  readonly se: number;
}

/** A mean over runs with its 95 % confidence interval. */
export interface Interval extends Estimate {
  /** The lower end of the interval. */
  readonly low: number;
  /** The upper end of the interval. */
  readonly high: number;
}

/** 97.5 % quantiles of Student's t distribution with 1, 2, ... 30 degrees of freedom. */
const STUDENT = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** The mean of values and its standard error. */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, se: 0 };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, se: Math.sqrt(variance / n) };
}

/**
 * The mean of values and its 95 % confidence interval by Student's t distribution. The interval of
 * a single value is that value.
 */
export function interval(values: readonly number[]): Interval {
  const { mean, se } = estimate(values);
  const half = se * studentQuantile(values.length - 1);
  return { mean, se, low: mean - half, high: mean + half };
}

/** The 97.5 % quantile; beyond the table `1.96 + 2.4 / n`, which is within 0.002 of it. */
function studentQuantile(freedom: number): number {
  return freedom < 1 ? 0 : STUDENT[freedom - 1] ?? 1.96 + 2.4 / freedom;
}
