/**
 * What the three L-BFGS kernels share: the layout of the state and of the dot products.
 *
 * One evaluation of the objective is followed by `lbfgs-dots` (every dot product that may be
 * needed, many workgroups), `lbfgs-step` (reads only these, decides, and writes a few
 * coefficients) and `lbfgs-move` (moves the vectors accordingly, many workgroups). The vectors
 * are: the trial point t and its gradient; in `work` the iterate x, its gradient g and the
 * direction d, `[3, size]`; and the secant pairs s and y, `[history, size]` each, used in
 * rotation.
 *
 * @module
 */

/** How a search stands. */
export const LbfgsStatus = {
  /** It goes on. */
  running: 0,
  /** The largest entry of the gradient is below the tolerance. */
  converged: 1,
  /** The most iterations are done. */
  limit: 2,
  /** No step makes progress that the precision of the numbers could show. */
  stalled: 3,
} as const;

/** The scalars at the head of the state, which the shaders are filled with. */
export const State = {
  /** One of {@linkcode LbfgsStatus}. */
  status: 0,
  /** Accepted steps. */
  iterations: 1,
  /** Evaluations of the objective. */
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
   * For `lbfgs-move`: where the pair (t - x, its gradient difference) goes; `history` for nowhere.
   */
  slot: 7,
  /** For `lbfgs-move`: whether d is formed anew from the coefficients. */
  turn: 8,
  /** For `lbfgs-move`: whether there is a next trial point, `x + alpha d`. */
  go: 9,
  /** How far along d the trial point lies. */
  alpha: 10,
  /** The coefficient of g in d. */
  ofGradient: 11,
  /** Pairs kept. */
  pairs: 12,
  /** The slot that the next pair takes. */
  next: 13,
  /** What `norm` must not exceed. */
  threshold: 14,
  /** Trial points that this line search has refused. */
  refused: 15,
  /** The lower end of its bracket, and the slope there. */
  low: 16,
  lowSlope: 17,
  /** The upper end, 0 for none yet, and the slope there, 0 where it says nothing. */
  high: 18,
  highSlope: 19,
  /** The lowest loss and norm, and the iterations since one of them was last improved. */
  bestLoss: 20,
  bestNorm: 21,
  idle: 22,
} as const;

/** Numbers before the coefficients. */
export const HEADER = 24;

/** Where the coefficients and the dot products of the pairs lie in the state. */
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

/** The layout of the state for a number of pairs. */
export function lbfgsLayout(history: number): LbfgsLayout {
  const ofS = HEADER;
  const ofY = ofS + history;
  const sy = ofY + history;
  const yy = sy + history * history;
  return { ofS, ofY, sy, yy, size: yy + history * history };
}

/**
 * Dot products in each row of `dots`, `[chunks, history + 1, 8]`. With v the gradient at t,
 * `e = t - x` and `w = v - g`, row j < history holds `v.s_j, v.y_j, e.y_j, w.s_j, w.y_j`; row
 * `history` holds `v.e, g.e, w.e, w.w, v.w, e.e, v.v` and `max |v|`.
 */
export const DOTS = 8;
