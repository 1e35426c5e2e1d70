/**
 * How a pick is laid out in its tensor, shared by the three kernels that write and read it:
 * `[drift, 7 spare | x_s (d) | A' (classes x rank) | T (rank x rank) | L (rank x rank) | scores]`.
 *
 * @module
 */

/** The numbers before the features: the drift, and spare ones. */
export const HEADER = 8;

/**
 * Scores at or below this belong to samples that are not candidates. The shaders' float32 number.
 */
export const MASKED = /* @__PURE__ */ Math.fround(-3.3e38);

/** Scores at or below this belong to samples that were picked in this phase. */
export const PICKED = /* @__PURE__ */ Math.fround(-3.4e38);

/** The smallest pivot of `I - G` that rounding may leave in float32. */
export const TINY = 1e-7;

/** Where the parts of a pick stand. */
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

/** The layout for features of width d and factors `[classes, rank]`. */
export function pickLayout(d: number, classes: number, rank: number): PickLayout {
  const factor = HEADER + d;
  const inner = factor + classes * rank;
  const lower = inner + rank * rank;
  return { features: HEADER, factor, inner, lower, scores: lower + rank * rank };
}

/** The place of entry (j, k) in a packed lower triangle. */
export function packed(j: number, k: number): number {
  return j >= k ? j * (j + 1) / 2 + k : k * (k + 1) / 2 + j;
}
