/**
 * First-order optimizers as the scalars of one kernel, `optimizer-step`. The formulas are those of
 * PyTorch, so that the same learning rates can be used.
 *
 * @module
 */

import type { optimizerStep } from "../kernels/head/optimizer-step.ts";

/**
 * An optimizer for mini-batches:
 *
 * - `sgd`: gradient descent with Nesterov momentum (Sutskever et al. 2013).
 * - `adam`: Kingma & Ba 2015; weight decay is added to the gradient.
 * - `adamw`: Loshchilov & Hutter 2019; weight decay is decoupled.
 * - `radam`: Liu et al. 2020, algorithm 2; weight decay is added to the gradient.
 */
export type FirstOrder = "sgd" | "adam" | "adamw" | "radam";

/** The names of the optimizers for mini-batches. */
export const FIRST_ORDER: readonly FirstOrder[] = ["sgd", "adam", "adamw", "radam"];

/** The settings of an optimizer. */
export interface OptimizerSettings {
  /** The optimizer. */
  readonly optimizer: FirstOrder;
  /** The decay of the weights, not the biases. */
  readonly weightDecay: number;
  /** The momentum of `sgd`; 0 is plain gradient descent. */
  readonly momentum: number;
  /** The decay of the first moment, for all but `sgd`. */
  readonly beta1: number;
  /** The decay of the second moment, for all but `sgd`. */
  readonly beta2: number;
  /** The number that is added to the root of the second moment. */
  readonly epsilon: number;
}

/** The scalars of one step, which are parameters of the kernel `optimizer-step`. */
export type StepScalars = Omit<
  Parameters<typeof optimizerStep.cpu>[1],
  "size" | "decayed" | "clip"
>;

/**
 * Returns the scalars of a step.
 *
 * @param settings the settings of the optimizer
 * @param step the number of the step, from 1
 * @param rate the learning rate at this step
 */
export function stepScalars(settings: OptimizerSettings, step: number, rate: number): StepScalars {
  const { optimizer, weightDecay, momentum, beta1, beta2, epsilon } = settings;
  if (optimizer === "sgd") {
    return {
      shrink: 1,
      decay: weightDecay,
      keepFirst: momentum,
      gainFirst: 1,
      keepSecond: 0,
      gainSecond: 0,
      look: momentum,
      fresh: 1,
      rate,
      root: 0,
      epsilon: 1,
    };
  }
  const decoupled = optimizer === "adamw";
  const moments = {
    shrink: decoupled ? 1 - rate * weightDecay : 1,
    decay: decoupled ? 0 : weightDecay,
    keepFirst: beta1,
    gainFirst: 1 - beta1,
    keepSecond: beta2,
    gainSecond: 1 - beta2,
    look: 1,
    fresh: 0,
  };
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  if (optimizer !== "radam") {
    return { ...moments, rate: rate / correction1, root: 1 / Math.sqrt(correction2), epsilon };
  }
  // The length of the approximated simple moving average, at the end and now.
  const longest = 2 / (1 - beta2) - 1;
  const length = longest - 2 * step * beta2 ** step / correction2;
  if (length <= 5) return { ...moments, rate: rate / correction1, root: 0, epsilon: 1 };
  const rectification = Math.sqrt(
    (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length),
  );
  return {
    ...moments,
    rate: rate / correction1 * rectification * Math.sqrt(correction2),
    root: 1,
    epsilon,
  };
}
