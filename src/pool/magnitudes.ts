/**
 * The range of the features of a pool, and the check that devices can compute with it. Kernels add
 * up squares of features in float32, which ends at 3e38 and begins at 1e-38. Beyond the range that
 * is checked here squares would be infinite or 0 on a GPU but not on the CPU, and the two would
 * choose different samples.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { RowSource } from "../io/rows.ts";
import type { Scaling } from "./column-scale.ts";

/** The largest absolute feature that a pool may have: sums of 10^8 squares are below 3e38. */
const LARGEST = 1e12;

/**
 * The least that the largest absolute feature of a pool may be if it is not 0: the squares of
 * features that are 1000 times smaller are above 1e-38.
 */
const SMALLEST = 1e-12;

/** The smallest half float with all its digits. */
const SMALLEST_HALF = 2 ** -14;

/** The range of the largest absolute values of rows, and of deviations, that can be scaled. */
const SCALABLE = { from: 1e-30, to: 1e37 } as const;

/** The smallest and the largest value of each column of a matrix that is read in chunks. */
export class Magnitudes {
  readonly #least: Float32Array;
  readonly #most: Float32Array;
  #rows = 0;
  /** The first row that is neither 0 nor large enough to be divided by its length. */
  #faintRow: number | undefined;

  /**
   * Starts without rows.
   *
   * @param source the matrix, of which messages tell the name
   * @param unitRows whether the rows will be divided by their lengths
   */
  constructor(
    private readonly source: Pick<RowSource, "name" | "columns">,
    private readonly unitRows: boolean,
  ) {
    this.#least = new Float32Array(source.columns).fill(Infinity);
    this.#most = new Float32Array(source.columns).fill(-Infinity);
  }

  /** Adds whole rows, before they are scaled. */
  add(values: Float32Array): void {
    const { columns } = this.source;
    const [least, most] = [this.#least, this.#most];
    for (let at = 0; at < values.length; at += columns) {
      for (let f = 0; f < columns; f++) {
        const value = values[at + f]!;
        if (value < least[f]!) least[f] = value;
        if (value > most[f]!) most[f] = value;
      }
    }
    if (this.unitRows) this.#addLengths(values);
    this.#rows += values.length / columns;
  }

  /**
   * Returns the largest absolute feature after the scaling of the columns, which is checked.
   *
   * @param scaling how the features are scaled
   * @returns 1 if rows are divided by their lengths
   * @throws {InputError} if it is too large, or the features cannot be scaled
   */
  largest({ columnScale, unitRows }: Scaling): number {
    const { name, columns } = this.source;
    if (columnScale) this.#checkDeviations(columnScale.factor);
    let [largest, column] = [0, 0];
    for (let f = 0; f < columns; f++) {
      const [shift, factor] = [columnScale?.shift[f] ?? 0, columnScale?.factor[f] ?? 1];
      const ends = Math.max(Math.abs(this.#least[f]! - shift), Math.abs(this.#most[f]! - shift));
      if (ends * factor > largest) [largest, column] = [ends * factor, f];
    }
    if (unitRows) {
      if (this.#faintRow !== undefined && !columnScale) {
        throw new InputError(
          `Cannot scale the rows of ${name} to length 1: row ${this.#faintRow} is not 0, but all ` +
            `of it is below ${SCALABLE.from}`,
        );
      }
      return 1;
    }
    if (largest <= LARGEST) return largest;
    const size = largest.toPrecision(3);
    throw new InputError(
      `Cannot use ${name}: the largest absolute value${columnScale ? " after scaling" : ""} is ` +
        `${size}, in column ${column}, and it may be at most ${LARGEST.toExponential()}, so ` +
        REMEDY,
    );
  }

  #addLengths(values: Float32Array): void {
    const { columns } = this.source;
    for (let at = 0; at < values.length && this.#faintRow === undefined; at += columns) {
      let top = 0;
      for (let f = 0; f < columns; f++) top = Math.max(top, Math.abs(values[at + f]!));
      if (top > 0 && top < SCALABLE.from) this.#faintRow = this.#rows + at / columns;
    }
  }

  #checkDeviations(factor: Float32Array): void {
    const column = factor.findIndex((value) =>
      !(value >= Math.fround(1 / SCALABLE.to) && value <= Math.fround(1 / SCALABLE.from))
    );
    if (column < 0) return;
    throw new InputError(
      `Cannot scale ${this.source.name}: the standard deviation of column ${column} is ` +
        `${(1 / factor[column]!).toPrecision(3)}, and it may be 0, or from ${SCALABLE.from} to ` +
        `${SCALABLE.to}`,
    );
  }
}

/** The end of the messages about sizes. */
const REMEDY = "multiply the features by a constant, or use scale standardize or l2";

/**
 * Checks that features are large enough for their squares, if they are not all 0.
 *
 * @param name the name of the features in messages
 * @param largest the largest absolute feature
 * @param half whether they are stored as half floats
 * @throws {InputError} if they are not
 */
export function checkNotFaint(name: string, largest: number, half: boolean): void {
  const least = half ? SMALLEST_HALF : SMALLEST;
  if (largest === 0 || largest >= least) return;
  throw new InputError(
    `Cannot use ${name}: the largest absolute value is ${largest.toPrecision(3)}, and it must be ` +
      `${least} or more${half ? " in half floats" : ""}, so ${REMEDY}`,
  );
}
