/**
 * The decisions of L-BFGS, once for each evaluation of the objective (docs/mathematics.md, "The
 * linear head"). It reads dot products and writes coefficients, so that its cost does not depend on
 * the number of parameters.
 *
 * The direction is the two-loop recursion (Nocedal & Wright 2006, algorithm 7.4) on dot products
 * (Chen, Wang & Zhou 2014, "Large-scale L-BFGS using MapReduce"). The line search brackets the zero
 * of the slope and narrows it by secants and bisections; it accepts a point by the strong Wolfe
 * conditions, or, if differences of the loss are rounding errors, the approximate ones (Hager &
 * Zhang 2005, "A new conjugate gradient method with guaranteed descent and an efficient line
 * search", section 2).
 *
 * @module
 */

import { defineKernel, type Numbers } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/lbfgs-step.gen.ts";
import { DOTS, type LbfgsLayout, lbfgsLayout, LbfgsStatus, State } from "./lbfgs.ts";

/** The constant c1 of the sufficient decrease condition (Nocedal & Wright 2006, equation 3.7a). */
export const DECREASE = 1e-4;
/** The bound `1 - 2 delta` of the slope in the approximate conditions, with delta = 0.1. */
export const APPROXIMATE = 0.8;
/** The constant c2 of the curvature condition (Nocedal & Wright 2006, equation 3.7b). */
export const CURVATURE = 0.9;
/** The largest number of trial points that one line search rejects. */
export const MOST_REFUSED = 20;
/** The largest number of iterations without progress. */
export const PATIENCE = 50;
/** Losses above this count as infinite. */
export const HUGE = 1e30;

/** Makes the decisions of one evaluation; `lbfgs.ts` describes the layout of `state` and `dots`. */
export const lbfgsStep = /* @__PURE__ */ defineKernel({
  name: "lbfgs-step",
  wgsl,
  bindings: { terms: "read", dots: "read", state: "write" },
  params: {
    terms: "u32",
    chunks: "u32",
    maxIterations: "u32",
    tolerance: "f32",
    epsilon: "f32",
  },
  constants: { history: 10 },
  grid: () => [1],
  cpu({ terms, dots, state }, { terms: count, chunks, ...limits }, { history }) {
    state[State.accept] = state[State.turn] = state[State.go] = 0;
    state[State.slot] = history;
    if (state[State.status] !== LbfgsStatus.running) return;
    let loss = 0;
    for (let e = 0; e < count; e++) loss += terms[e]!;
    const sums = fold(dots, chunks, (history + 1) * DOTS);
    const [ve, ge, we, ww, vw, ee, vv, top] = sums.subarray(history * DOTS);
    const own = { ve: ve!, ge: ge!, we: we!, ww: ww!, vw: vw!, ee: ee!, vv: vv!, top: top! };
    step({ state, layout: lbfgsLayout(history), history, sums, own, loss, ...limits });
  },
});

/** The data of a decision. */
interface Step {
  readonly state: Numbers;
  readonly layout: LbfgsLayout;
  readonly history: number;
  /** `[history + 1, 8]`. */
  readonly sums: Float64Array;
  /** The last row of `sums`. */
  readonly own: Record<"ve" | "ge" | "we" | "ww" | "vw" | "ee" | "vv" | "top", number>;
  /** The objective at the trial point. */
  readonly loss: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly epsilon: number;
}

/** Sums the chunks; of the last column, the maximum is taken. */
function fold(dots: Numbers, chunks: number, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let chunk = 0; chunk < chunks; chunk++) {
    for (let c = 0; c < columns; c++) {
      const value = dots[chunk * columns + c]!;
      sums[c] = c === columns - 1 ? Math.max(sums[c]!, value) : sums[c]! + value;
    }
  }
  return sums;
}

function step(c: Step): void {
  const { state: m, own, loss, epsilon } = c;
  m[State.evaluations]!++;
  if (m[State.evaluations] === 1) {
    m[State.threshold] = c.tolerance * Math.max(1, own.top);
    m[State.bestLoss] = loss;
    m[State.bestNorm] = own.top;
    arrive(c);
    return;
  }
  const sound = loss < HUGE;
  if (sound && own.top <= m[State.threshold]!) {
    // The objective is convex: any point with a small gradient is the minimum.
    m[State.iterations]!++;
    arrive(c);
    return;
  }
  if (own.ge >= 0) {
    turnBack(c);
    return;
  }
  const before = m[State.loss]!;
  const noise = epsilon * Math.abs(before);
  const decreased = loss <= before + DECREASE * own.ge ||
    (loss <= before + noise && own.ve <= -APPROXIMATE * own.ge);
  if (sound && decreased && Math.abs(own.ve) <= -CURVATURE * own.ge) {
    m[State.iterations]!++;
    if (own.we > epsilon * Math.sqrt(own.ee) * Math.sqrt(own.ww)) keepPair(c);
    arrive(c);
    return;
  }
  search(c, sound, loss > before + DECREASE * own.ge + noise);
}

/** Accepts the trial point as the iterate. */
function arrive(c: Step): void {
  const { state: m, own, loss, epsilon } = c;
  m[State.accept] = 1;
  m[State.loss] = loss;
  m[State.norm] = own.top;
  m[State.square] = own.vv;
  const best = m[State.bestLoss]!;
  if (loss < best - epsilon * Math.abs(best) || own.top < 0.9 * m[State.bestNorm]!) {
    m[State.bestLoss] = Math.min(best, loss);
    m[State.bestNorm] = Math.min(m[State.bestNorm]!, own.top);
    m[State.idle] = 0;
  } else {
    m[State.idle]!++;
  }
  if (own.top <= m[State.threshold]!) m[State.status] = LbfgsStatus.converged;
  else if (m[State.iterations]! >= c.maxIterations) m[State.status] = LbfgsStatus.limit;
  else if (m[State.idle]! >= PATIENCE) m[State.status] = LbfgsStatus.stalled;
  else turn(c);
}

/** Stores the dot products of the new pair with the others. */
function keepPair({ state: m, layout: { sy, yy }, history, sums, own }: Step): void {
  const slot = m[State.next]!;
  for (let j = 0; j < m[State.pairs]!; j++) {
    m[sy + slot * history + j] = sums[j * DOTS + 2]!;
    m[sy + j * history + slot] = sums[j * DOTS + 3]!;
    m[yy + slot * history + j] = m[yy + j * history + slot] = sums[j * DOTS + 4]!;
  }
  m[sy + slot * history + slot] = own.we;
  m[yy + slot * history + slot] = own.ww;
  m[State.slot] = slot;
  m[State.pairs] = Math.min(history, m[State.pairs]! + 1);
  m[State.next] = (slot + 1) % history;
}

/** Computes a new direction at the iterate, and the first trial point along it. */
function turn(c: Step): void {
  const { state: m, layout: { ofS, ofY, sy, yy }, history, sums, own } = c;
  m[State.turn] = m[State.go] = 1;
  m[State.low] =
    m[State.lowSlope] =
    m[State.high] =
    m[State.highSlope] =
    m[State.refused] =
      0;
  const pairs = m[State.pairs]!;
  if (pairs === 0) {
    m[State.ofGradient] = -1;
    // If features are s times as large, so is the gradient, and the step must be 1 / s^2.
    m[State.alpha] = Math.min(1, 1 / m[State.square]!);
    return;
  }
  const slot = m[State.slot]!;
  const newest = m[State.next]! + history - 1;
  for (let i = 0; i < pairs; i++) {
    const p = (newest - i) % history;
    let sum = p === slot ? own.ve : sums[p * DOTS]!;
    for (let k = 0; k < i; k++) {
      const q = (newest - k) % history;
      sum -= m[ofY + q]! * m[sy + p * history + q]!;
    }
    m[ofY + p] = sum / m[sy + p * history + p]!;
  }
  const top = newest % history;
  const gamma = m[sy + top * history + top]! / m[yy + top * history + top]!;
  for (let i = pairs; i-- > 0;) {
    const p = (newest - i) % history;
    let sum = p === slot ? own.vw : sums[p * DOTS + 1]!;
    for (let q = 0; q < pairs; q++) sum -= m[ofY + q]! * m[yy + p * history + q]!;
    sum *= gamma;
    for (let k = i + 1; k < pairs; k++) {
      const q = (newest - k) % history;
      sum -= m[ofS + q]! * m[sy + q * history + p]!;
    }
    m[ofS + p] = sum / m[sy + p * history + p]! - m[ofY + p]!;
  }
  for (let p = 0; p < pairs; p++) m[ofY + p]! *= gamma;
  m[State.ofGradient] = -gamma;
  m[State.alpha] = 1;
}

/** Rejects the direction: the steepest descent is tried once, and then the search has stalled. */
function turnBack(c: Step): void {
  const { state: m } = c;
  if (m[State.pairs] === 0) {
    m[State.status] = LbfgsStatus.stalled;
    return;
  }
  m[State.pairs] = m[State.next] = 0;
  turn(c);
}

/** Computes the next trial point along the same direction. */
function search(c: Step, sound: boolean, tooHigh: boolean): void {
  const { state: m, own } = c;
  const refused = ++m[State.refused]!;
  if (refused > MOST_REFUSED) {
    turnBack(c);
    return;
  }
  m[State.go] = 1;
  const alpha = m[State.alpha]!;
  const slope = own.ve / alpha;
  const low = m[State.low]!;
  const lowSlope = low === 0 ? own.ge / alpha : m[State.lowSlope]!;
  if (sound && !tooHigh && slope < 0) {
    m[State.low] = alpha;
    m[State.lowSlope] = slope;
    if (m[State.high] === 0) {
      const secant = slope > lowSlope ? alpha - slope * (alpha - low) / (slope - lowSlope) : HUGE;
      m[State.alpha] = Math.min(Math.max(secant, 2 * alpha), 10 * alpha);
      return;
    }
  } else {
    m[State.lowSlope] = lowSlope;
    m[State.high] = alpha;
    m[State.highSlope] = sound ? Math.max(slope, 0) : 0;
  }
  const start = m[State.low]!;
  const width = m[State.high]! - start;
  // Secants may converge slowly to one end; regular bisections halve the bracket. While only the
  // start is known to be good, the step may be wrong by orders of magnitude.
  let share = sound && start > 0 ? 0.5 : 0.1;
  if (m[State.highSlope]! > 0 && refused % 3 !== 0) {
    share = m[State.lowSlope]! / (m[State.lowSlope]! - m[State.highSlope]!);
  }
  m[State.alpha] = start + width * Math.min(Math.max(share, 0.1), 0.9);
}
