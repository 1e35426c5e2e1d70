/**
 * The layout of the state and of the dot products, which the three L-BFGS kernels share.
 *
 * Each evaluation of the objective is followed by `lbfgs-dots` (all dot products that may be
 * needed, in many workgroups), `lbfgs-step` (reads only these, decides, and writes a few
 * coefficients) and `lbfgs-move` (updates the vectors accordingly, in many workgroups). The vectors
 * are: the trial point t and its gradient; in `work` the iterate x, its gradient g and the
 * direction d, `[3, size]`; and the secant pairs s and y, `[history, size]` each, used in rotation.
 *
 * @module
 */

/** The status of an optimization. */
export const LbfgsStatus = {
  /** It is running. */
  running: 0,
  /** The largest entry of the gradient is below the tolerance. */
  converged: 1,
  /** The maximum number of iterations was reached. */
  limit: 2,
  /** No step reduces the loss by more than its rounding error. */
  stalled: 3,
} as const;

/** The indices of the scalars at the start of the state; `deno task shaders` copies them. */
export const State = {
  /** One of {@linkcode LbfgsStatus}. */
  status: 0,
  /** The number of accepted steps. */
  iterations: 1,
  /** The number of evaluations of the objective. */
  evaluations: 2,
  /** The objective at x. */
  loss: 3,
  /** `max |g|`. */
  norm: 4,
  /** `g . g`. */
  square: 5,
  /** For `lbfgs-move`: whether x becomes t. */
  accept: 6,
  /**
   * For `lbfgs-move`: the slot of the new pair (t - x, its gradient difference); `history` for
   * none.
   */
  slot: 7,
  /** For `lbfgs-move`: whether to compute a new d from the coefficients. */
  turn: 8,
  /** For `lbfgs-move`: whether there is a next trial point, `x + alpha d`. */
  go: 9,
  /** The step length along d of the trial point. */
  alpha: 10,
  /** The coefficient of g in d. */
  ofGradient: 11,
  /** The number of stored pairs. */
  pairs: 12,
  /** The slot of the next pair. */
  next: 13,
  /** The value of `norm` at convergence. */
  threshold: 14,
  /** The number of trial points that this line search has rejected. */
  refused: 15,
  /** The lower end of the bracket, and the slope at it. */
  low: 16,
  lowSlope: 17,
  /** The upper end of the bracket (0 if there is none yet), and the slope at it (0 if unknown). */
  high: 18,
  highSlope: 19,
  /** The lowest loss and norm, and the number of iterations since one of them last decreased. */
  bestLoss: 20,
  bestNorm: 21,
  idle: 22,
} as const;

/** The number of scalars before the coefficients. */
export const LBFGS_HEADER = 24;

/** The offsets in the state of the coefficients and the dot products of the pairs. */
export interface LbfgsLayout {
  /** The coefficients of s in d, `[history]`. */
  readonly ofS: number;
  /** The coefficients of y in d, `[history]`. */
  readonly ofY: number;
  /** `s_i . y_j`, `[history, history]`. */
  readonly sy: number;
  /** `y_i . y_j`, `[history, history]`. */
  readonly yy: number;
  /** The length of the state. */
  readonly size: number;
}

/** Returns the layout of the state for a number of pairs. */
export function lbfgsLayout(history: number): LbfgsLayout {
  const ofS = LBFGS_HEADER;
  const ofY = ofS + history;
  const sy = ofY + history;
  const yy = sy + history * history;
  return { ofS, ofY, sy, yy, size: yy + history * history };
}

/**
 * The number of dot products in each row of `dots`, `[chunks, history + 1, 8]`. With v the gradient
 * at t, `e = t - x` and `w = v - g`, row j < history holds `v.s_j, v.y_j, e.y_j, w.s_j, w.y_j`; row
 * `history` holds `v.e, g.e, w.e, w.w, v.w, e.e, v.v` and `max |v|`.
 */
export const DOTS = 8;
