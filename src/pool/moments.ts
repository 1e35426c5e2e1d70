/**
 * Means and standard deviations of the columns of a matrix that is read in chunks of rows.
 *
 * @module
 */

/** Accumulates the first two moments of each column in float64. */
export class ColumnMoments {
  #rows = 0;
  #origin: Float32Array | undefined;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;

  /** Starts without rows. */
  constructor(private readonly columns: number) {
    this.#sum = new Float64Array(columns);
    this.#squares = new Float64Array(columns);
  }

  /** Adds whole rows. */
  add(values: Float32Array): void {
    const { columns } = this;
    // Moments about the first row: about 0, features far from 0 would lose digits.
    const origin = this.#origin ??= values.slice(0, columns);
    const sum = this.#sum;
    const squares = this.#squares;
    for (let at = 0; at < values.length; at += columns) {
      for (let f = 0; f < columns; f++) {
        const value = values[at + f]! - origin[f]!;
        sum[f]! += value;
        squares[f]! += value * value;
      }
    }
    this.#rows += values.length / columns;
  }

  /**
   * Returns the scale `(x - shift) factor` by which the columns get mean 0 and standard deviation
   * 1. A constant column has factor 1 and becomes 0.
   */
  scale(): { shift: Float32Array; factor: Float32Array } {
    const shift = new Float32Array(this.columns);
    const factor = new Float32Array(this.columns);
    for (let f = 0; f < this.columns; f++) {
      const mean = this.#sum[f]! / this.#rows;
      const variance = this.#squares[f]! / this.#rows - mean * mean;
      shift[f] = this.#origin![f]! + mean;
      // A variance below this is the rounding error of a constant column.
      const negligible = 1e-12 * Math.max(this.#squares[f]! / this.#rows, Number.MIN_VALUE);
      factor[f] = variance > negligible ? 1 / Math.sqrt(variance) : 1;
    }
    return { shift, factor };
  }
}
