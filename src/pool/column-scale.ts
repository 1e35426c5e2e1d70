/**
 * How features were scaled. What a head is tested on, or is to choose from, must be scaled as what
 * it was trained on.
 *
 * @module
 */

/** What is done to each column: `(x - shift) factor`. */
export interface ColumnScale {
  /** `[d]`. */
  readonly shift: Float32Array;
  /** `[d]`. */
  readonly factor: Float32Array;
}

/**
 * What was done to features, so that the same can be done to others. Every pool and every head has
 * it.
 */
export interface Scaling {
  /** What was done to the columns; undefined for nothing. */
  readonly columnScale: ColumnScale | undefined;
  /** Whether rows were then brought to length 1. */
  readonly unitRows: boolean;
}

/** The word for a scaling. */
export function scaleName({ columnScale, unitRows }: Scaling): "none" | "standardize" | "l2" {
  if (columnScale) return "standardize";
  return unitRows ? "l2" : "none";
}

/** Whether two scalings are the same, number by number. */
export function sameScaling(one: Scaling, other: Scaling): boolean {
  const [a, b] = [one.columnScale, other.columnScale];
  if (one.unitRows !== other.unitRows || !a !== !b) return false;
  if (!a || !b || a === b) return true;
  return sameNumbers(a.shift, b.shift) && sameNumbers(a.factor, b.factor);
}

function sameNumbers(one: Float32Array, other: Float32Array): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
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
