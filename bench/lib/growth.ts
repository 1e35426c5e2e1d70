/**
 * Exponents of growth: the slope of the logarithm of the time against the logarithm of a size.
 *
 * @module
 */

/** A measured point. */
export interface Point {
  /** The size, such as n. */
  readonly size: number;
  /** The time, in seconds. */
  readonly seconds: number;
}

/** A fitted power law, `seconds = c size^exponent`. */
export interface Growth {
  /** The exponent, by least squares on logarithms. */
  readonly exponent: number;
  /** The largest factor between a measured time and the law, at least 1. */
  readonly spread: number;
}

/** Fits a power law; undefined with fewer than two different sizes. */
export function growthOf(points: readonly Point[]): Growth | undefined {
  const x = points.map(({ size }) => Math.log(size));
  const y = points.map(({ seconds }) => Math.log(seconds));
  const [meanX, meanY] = [mean(x), mean(y)];
  const square = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  if (!(square > 0)) return undefined;
  const cross = x.reduce((sum, value, at) => sum + (value - meanX) * (y[at]! - meanY), 0);
  const exponent = cross / square;
  const off = x.map((value, at) => Math.abs(y[at]! - meanY - exponent * (value - meanX)));
  return { exponent, spread: Math.exp(Math.max(...off)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
