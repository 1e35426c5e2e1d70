/**
 * Reports of trainings.
 *
 * @module
 */

import type { FirstOrder } from "./optimizers.ts";

/** The report of a training. The optional properties are present for some optimizers only. */
export interface TrainingReport {
  /** The optimizer. */
  readonly optimizer: "lbfgs" | "ridge" | FirstOrder;
  /**
   * The number of updates of the weights: accepted steps of `lbfgs`, mini-batches, 1 of `ridge`.
   */
  readonly iterations: number;
  /** The number of epochs until training stopped; with `lbfgs` the number of iterations. */
  readonly epochs: number;
  /** The epoch, from 1, whose weights the head has. */
  readonly bestEpoch: number;
  /**
   * The loss at the weights of the head: with `lbfgs` the objective divided by C n; with
   * mini-batches the mean loss of the batches of the best epoch. Absent with `ridge`.
   */
  readonly loss?: number;
  /**
   * The mean loss of the mini-batches of each epoch, in training mode; in regression, for targets
   * of mean 0 and standard deviation 1. With `lbfgs` only the last loss; empty with `ridge`.
   */
  readonly losses: readonly number[];
  /** The loss on the held-out samples after each epoch, without class weights and smoothing. */
  readonly validationLosses?: readonly number[];
  /** With `lbfgs`: whether the gradient is within the tolerance. */
  readonly converged?: boolean;
  /**
   * With `lbfgs`, why it stopped: `converged`; `limit`, the maximum number of iterations;
   * `stalled`, no step reduces the loss; or `running`, the maximum number of evaluations.
   */
  readonly status?: "converged" | "limit" | "stalled" | "running";
  /** With `lbfgs`: the number of evaluations of the objective. */
  readonly evaluations?: number;
  /** With `lbfgs`: the largest absolute entry of the gradient of the objective divided by C n. */
  readonly gradientNorm?: number;
}
