/**
 * The losses of mini-batches: what turns outputs into derivatives.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { dispose } from "../disposal.ts";
import { crossEntropy } from "../kernels/head/cross-entropy.ts";
import { squaredError } from "../kernels/head/squared-error.ts";
import { allocate } from "../device/allocate.ts";

/** Which rows of outputs belong to which samples. */
export interface LossRows {
  /** How many. */
  readonly rows: number;
  /** Row i is sample `order[first + i]`. */
  readonly first: number;
  /** What the loss is multiplied with. Default 1. */
  readonly scale?: number;
}

/** A loss over samples whose labels or targets are on the device. */
export interface Objective extends Disposable {
  /**
   * Records the replacement of outputs by their derivatives, and each row's share of the loss.
   *
   * @param order u32, the samples
   * @param outputs `[rows, K]`
   * @param losses receives the shares from element `first` on
   * @param rows which samples the rows are
   */
  record(order: Tensor, outputs: Tensor, losses: Tensor, rows: LossRows): void;
}

/** How classes are weighed. */
export interface CrossEntropyOptions {
  /** K. */
  readonly classes: number;
  /** `[K]`, positive. Default 1. */
  readonly weights?: ArrayLike<number> | undefined;
  /** From 0 to below 1. Default 0. */
  readonly smoothing?: number | undefined;
}

/**
 * The loss of PyTorch's `CrossEntropyLoss(weight, label_smoothing)`: a mean over the batch, weighed by
 * the weights of its labels.
 *
 * @param device where it runs
 * @param labels `[n]`
 * @param options K, class weights and label smoothing (Szegedy et al. 2016, section 7)
 */
export function crossEntropyObjective(
  device: Device,
  labels: ArrayLike<number>,
  { classes, weights = new Float32Array(classes).fill(1), smoothing = 0 }: CrossEntropyOptions,
): Objective {
  const tensors = allocate(device, {
    labels: ["labels", [labels.length], "u32", labels],
    weights: ["class weights", [classes], "real", weights],
  });
  const weightSum = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  return {
    record(order, logits, losses, { rows, first, scale = 1 }) {
      const { labels, weights } = tensors;
      device.run(crossEntropy, { order, labels, weights, logits, losses }, {
        rows,
        classes,
        first,
        lossOffset: first,
        smoothing,
        weightSum,
        scale,
      });
    },
    [dispose]: () => tensors[dispose](),
  };
}

/**
 * The mean squared error over all elements of the batch, as PyTorch's `MSELoss`.
 *
 * @param device where it runs
 * @param data `[n, width]`
 * @param width the values of one sample
 */
export function squaredErrorObjective(
  device: Device,
  data: ArrayLike<number>,
  width: number,
): Objective {
  const targets = device.tensor("targets", [data.length / width, width], "real", data);
  return {
    record(order, values, losses, { rows, first, scale = 1 }) {
      device.run(squaredError, { order, targets, values, losses }, {
        rows,
        width,
        first,
        lossOffset: first,
        scale,
      });
    },
    [dispose]: () => targets.dispose(),
  };
}
