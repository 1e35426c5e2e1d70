/**
 * Rows of length 1, before they are on a device.
 *
 * @module
 */

/** Divides whole rows by their length, in place; a row of zeros stays as it is. */
export function normalizeValues(values: Float32Array, columns: number): void {
  for (let at = 0; at < values.length; at += columns) {
    const row = values.subarray(at, at + columns);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) { for (let f = 0; f < columns; f++) row[f]! /= length; }
  }
}
