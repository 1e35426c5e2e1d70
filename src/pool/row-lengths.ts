/**
 * Normalization of rows on the host.
 *
 * @module
 */

/** Divides whole rows by their Euclidean norm, in place; rows of zeros stay zero. */
export function normalizeValues(values: Float32Array, columns: number): void {
  for (let at = 0; at < values.length; at += columns) {
    const row = values.subarray(at, at + columns);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) { for (let f = 0; f < columns; f++) row[f]! /= length; }
  }
}
