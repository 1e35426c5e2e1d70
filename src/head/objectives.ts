/**
 * The losses of mini-batches and their derivatives by the outputs.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { dispose } from "../disposal.ts";
import { binaryCrossEntropy } from "../kernels/head/binary-cross-entropy.ts";
import { crossEntropy } from "../kernels/head/cross-entropy.ts";
import { squaredError } from "../kernels/head/squared-error.ts";
import { allocate } from "../device/allocate.ts";
import { labelBits } from "./label-matrix.ts";

/** The samples of a batch of outputs. */
export interface LossRows {
  /** The number of rows. */
  readonly rows: number;
  /** The position in `order` of the first sample: row i is sample `order[first + i]`. */
  readonly first: number;
  /** The factor of the loss. Default 1. */
  readonly scale?: number;
}

/** A loss over samples whose labels or targets are in device memory. */
export interface Objective extends Disposable {
  /**
   * Records the computation of the loss; it replaces outputs by the derivatives of the loss.
   *
   * @param order the indices of the samples, `u32`
   * @param outputs the outputs of the head, `[rows, K]`, which are replaced
   * @param losses receives each row's share of the loss, from element `first` on
   * @param rows the samples of the rows
   */
  record(order: Tensor, outputs: Tensor, losses: Tensor, rows: LossRows): void;
}

/** The options of {@linkcode crossEntropyObjective}. */
export interface CrossEntropyOptions {
  /** The number of classes, K. */
  readonly classes: number;
  /** The weights of the classes, `[K]`, positive. Default: all 1. */
  readonly weights?: ArrayLike<number> | undefined;
  /** The label smoothing, from 0 to below 1. Default 0. */
  readonly smoothing?: number | undefined;
}

/**
 * Returns the cross-entropy of PyTorch's `CrossEntropyLoss(weight, label_smoothing)`: a mean over
 * the batch, weighted by the class weights of its labels.
 *
 * @param device the device of the training
 * @param labels the labels, `[n]`
 * @param options the class weights and the label smoothing (Szegedy et al. 2016, section 7)
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
 * Returns the binary cross-entropy of samples with several labels each, the mean over the batch and
 * the classes, as PyTorch's `BCEWithLogitsLoss`.
 *
 * @param device the device of the training
 * @param rows the labels, `[n, K]`, 0 or 1
 * @param classes the number of classes, K
 */
export function binaryCrossEntropyObjective(
  device: Device,
  rows: ArrayLike<number>,
  classes: number,
): Objective {
  const bits = labelBits(rows, classes);
  const labels = device.tensor("labels", [bits.length], "u32", bits);
  return {
    record(order, logits, losses, { rows, first, scale = 1 }) {
      device.run(binaryCrossEntropy, { order, labels, logits, losses }, {
        rows,
        classes,
        first,
        lossOffset: first,
        scale,
      });
    },
    [dispose]: () => labels.dispose(),
  };
}

/**
 * Returns the mean squared error over all elements of the batch, as PyTorch's `MSELoss`.
 *
 * @param device the device of the training
 * @param data the targets, `[n, width]`
 * @param width the number of values per sample
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
