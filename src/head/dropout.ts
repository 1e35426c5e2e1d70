/**
 * Inverted dropout (Srivastava et al. 2014): in training each hidden unit is 0 with probability p and
 * divided by 1 - p otherwise, so that nothing changes at prediction. Which units is a function of the
 * seed, the step, the layer, and the place in the batch: no mask is stored.
 *
 * @module
 */

import { keyOf } from "../random/counter-hash.ts";

/** What the kernels need to know of the dropout of one layer in one step. */
export interface LayerDropout extends Record<"key" | "threshold" | "scale", number> {
  /** Makes the hash of a unit this layer's and this step's. */
  key: number;
  /** Hashes below this drop their unit. */
  threshold: number;
  /** What the others are multiplied with. */
  scale: number;
}

/** The dropout of one step. */
export interface StepDropout {
  /** That of a hidden layer, counted from 0. */
  layer(l: number): LayerDropout;
}

/** Nothing is dropped. */
export const NO_DROPOUT: StepDropout = { layer: () => ({ key: 0, threshold: 0, scale: 1 }) };

/**
 * The dropout of a step of training.
 *
 * @param rate p, from 0 to below 1
 * @param seed the training's seed
 * @param step counts the steps of the whole training
 */
export function stepDropout(rate: number, seed: number, step: number): StepDropout {
  if (rate === 0) return NO_DROPOUT;
  const threshold = Math.min(2 ** 32 - 1, Math.round(rate * 2 ** 32));
  return {
    layer: (l) => ({ key: keyOf(seed, "dropout", step, l), threshold, scale: 1 / (1 - rate) }),
  };
}
