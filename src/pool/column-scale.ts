/**
 * The scaling of columns by the numbers of another pool: what a head is tested on, or is to choose from, must be
 * scaled as what it was trained on.
 *
 * @module
 */

import type { RowSource } from "../io/rows.ts";

/** What was done to each column: `(x - shift) factor`. */
export interface ColumnScale {
  /** `[d]`. */
  readonly shift: Float32Array;
  /** `[d]`. */
  readonly factor: Float32Array;
}

/** Scales whole rows in place. */
export function scaleValues(
  values: Float32Array,
  columns: number,
  { shift, factor }: ColumnScale,
): void {
  values.forEach((value, at) => {
    values[at] = (value - shift[at % columns]!) * factor[at % columns]!;
  });
}

/** Rows that are scaled as they are read. */
export function scaledColumns(source: RowSource, columnScale: ColumnScale): RowSource {
  return {
    ...source,
    async read(start, target) {
      await source.read(start, target);
      scaleValues(target, source.columns, columnScale);
    },
  };
}
