/**
 * The layout of a pick in its tensor, which three kernels share:
 * `[drift, 7 spare | x_s (d) | A' (classes x rank) | T (rank x rank) | L (rank x rank) | scores]`.
 *
 * @module
 */

/** The number of elements before the features: the drift, and spare ones. */
export const PICK_HEADER = 8;

/**
 * Scores at or below this float32 number are those of samples that are not candidates.
 */
export const MASKED = /* @__PURE__ */ Math.fround(-3.3e38);

/** Scores at or below this are those of samples that were picked in this phase. */
export const PICKED = /* @__PURE__ */ Math.fround(-3.4e38);

/** The lower bound of pivots of `I - G`, which may become smaller by rounding in float32. */
export const LEAST_FORM = 1e-7;

/** The number of samples in a tile of the copy that a pick of rank 1 reads. */
export const TILE_ROWS = 256;

/** The numbers that `score-tiles` records of the best sample of each tile. */
export const RECORD = 4;

/** The offsets of the parts of a pick. */
export interface PickLayout {
  /** The features of the picked sample. */
  readonly features: number;
  /** `A' = A_s L^-T`. */
  readonly factor: number;
  /** `T = L^-1 H_s L^-T`. */
  readonly inner: number;
  /** `L` with `L L^T = I + sigma G_s`. */
  readonly lower: number;
  /** The scores of all picks so far. */
  readonly scores: number;
}

/** Returns the layout for d features and factors `[classes, rank]`. */
export function pickLayout(d: number, classes: number, rank: number): PickLayout {
  const factor = PICK_HEADER + d;
  const inner = factor + classes * rank;
  const lower = inner + rank * rank;
  return { features: PICK_HEADER, factor, inner, lower, scores: lower + rank * rank };
}

/** Returns the index of entry (j, k) in a packed lower triangle. */
export function packed(j: number, k: number): number {
  return j >= k ? j * (j + 1) / 2 + k : k * (k + 1) / 2 + j;
}
