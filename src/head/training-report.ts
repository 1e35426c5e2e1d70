/**
 * How a training went.
 *
 * @module
 */

import type { FirstOrder } from "./optimizers.ts";

/** How a training went: one type for every optimizer, and some of it is known of one alone. */
export interface TrainingReport {
  /** What minimized the loss. */
  readonly optimizer: "lbfgs" | "ridge" | FirstOrder;
  /**
   * How often the weights were changed: steps of `lbfgs`, mini-batches of the others, 1 of `ridge`.
   */
  readonly iterations: number;
  /** Epochs that count: of early stopping, those until patience ran out. Iterations of `lbfgs`. */
  readonly epochs: number;
  /** The epoch, from 1 on, whose weights the head has. */
  readonly bestEpoch: number;
  /**
   * The loss at the weights of the head: of `lbfgs` its objective divided by C n; of mini-batches
   * the mean loss of those of the best epoch. Absent of `ridge`, which computes none.
   */
  readonly loss?: number;
  /**
   * The mean loss of the batches of each epoch, in training mode; of regression with mini-batches,
   * for targets of mean 0 and deviation 1. Of `lbfgs` the last loss alone, of `ridge` none.
   */
  readonly losses: readonly number[];
  /** The loss on the held-out samples after each epoch, without class weights and smoothing. */
  readonly validationLosses?: readonly number[];
  /** Of `lbfgs`: whether the gradient is within the tolerance. */
  readonly converged?: boolean;
  /**
   * Of `lbfgs`: `converged`; `limit` of the iterations; `stalled`: no step makes progress; or
   * `running`: the steps took more evaluations than there may be.
   */
  readonly status?: "converged" | "limit" | "stalled" | "running";
  /** Of `lbfgs`: how often the objective was computed. */
  readonly evaluations?: number;
  /**
   * Of `lbfgs`: the largest entry of the gradient of the objective divided by C n, by magnitude.
   */
  readonly gradientNorm?: number;
}
