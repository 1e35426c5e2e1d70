/**
 * The scaling of features. All features that a head is applied to must be scaled in the same way as
 * those that it was trained on.
 *
 * @module
 */

/** The scaling of the columns of a feature matrix: `x` becomes `(x - shift) factor`. */
export interface ColumnScale {
  /** The number that is subtracted from each column, `[d]`. */
  readonly shift: Float32Array;
  /** The factor of each column, `[d]`. */
  readonly factor: Float32Array;
}

/**
 * The scaling that was applied to features, so that it can be applied to others. Pools and heads
 * have these properties.
 */
export interface Scaling {
  /** The scale of the columns; undefined if they are not scaled. */
  readonly columnScale: ColumnScale | undefined;
  /** Whether rows are normalized to length 1, after the scaling of the columns. */
  readonly unitRows: boolean;
}

/** Returns the name of a scaling. */
export function scaleName({ columnScale, unitRows }: Scaling): "none" | "standardize" | "l2" {
  if (columnScale) return "standardize";
  return unitRows ? "l2" : "none";
}

/** Returns whether two scalings are equal, number by number. */
export function sameScaling(one: Scaling, other: Scaling): boolean {
  const [a, b] = [one.columnScale, other.columnScale];
  if (one.unitRows !== other.unitRows || !a !== !b) return false;
  if (!a || !b || a === b) return true;
  return sameNumbers(a.shift, b.shift) && sameNumbers(a.factor, b.factor);
}

function sameNumbers(one: Float32Array, other: Float32Array): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/** Scales the columns of whole rows, in place. */
export function scaleValues(
  values: Float32Array,
  columns: number,
  { shift, factor }: ColumnScale,
): void {
  values.forEach((value, at) => {
    values[at] = (value - shift[at % columns]!) * factor[at % columns]!;
  });
}
