/**
 * A two-dimensional map of a pool: its projection on the first two principal components.
 *
 * @module
 */

/** The number of rounds of orthogonal iteration; a map needs no exact directions. */
const ROUNDS = 100;

/**
 * Projects samples on their first two principal components, by orthogonal iteration on the
 * covariance matrix. The result is deterministic; the largest entry of each component is positive.
 *
 * @param features the features `[n, d]`, row-major
 * @param columns d
 * @returns the coordinates `[n, 2]`, row-major
 */
export function project2d(features: ArrayLike<number>, columns: number): Float64Array {
  const rows = features.length / columns;
  const mean = new Float64Array(columns);
  for (let e = 0; e < features.length; e++) mean[e % columns]! += features[e]! / rows;
  const covariance = covarianceOf(features, mean);
  const axes = [0, 1].map((seed) =>
    Float64Array.from({ length: columns }, (_, f) => Math.sin((seed + 1) * (f + 1)))
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const [place, axis] of axes.entries()) {
      const image = multiply(covariance, axis);
      for (const earlier of axes.slice(0, place)) {
        const along = dot(image, earlier);
        image.forEach((value, f) => image[f] = value - along * earlier[f]!);
      }
      const length = Math.sqrt(dot(image, image)) || 1;
      axis.set(image.map((value) => value / length));
    }
  }
  const map = new Float64Array(rows * 2);
  for (const [place, axis] of axes.entries()) {
    const largest = axis.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a, 0);
    const sign = largest < 0 ? -1 : 1;
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let f = 0; f < columns; f++) sum += (features[i * columns + f]! - mean[f]!) * axis[f]!;
      map[i * 2 + place] = sign * sum;
    }
  }
  return map;
}

function covarianceOf(features: ArrayLike<number>, mean: Float64Array): Float64Array {
  const d = mean.length;
  const covariance = new Float64Array(d * d);
  const centered = new Float64Array(d);
  for (let at = 0; at < features.length; at += d) {
    for (let f = 0; f < d; f++) centered[f] = features[at + f]! - mean[f]!;
    for (let f = 0; f < d; f++) {
      for (let g = 0; g < d; g++) covariance[f * d + g]! += centered[f]! * centered[g]!;
    }
  }
  return covariance;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const d = vector.length;
  return Float64Array.from(vector, (_, f) => dot(matrix.subarray(f * d, (f + 1) * d), vector));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < a.length; e++) sum += a[e]! * b[e]!;
  return sum;
}
