/**
 * Inverted dropout (Srivastava et al. 2014): in training each hidden unit is set to 0 with
 * probability p and divided by 1 - p otherwise, so that predictions need no correction. The dropped
 * units are a function of the seed, the step, the layer, and the position in the batch: no mask is
 * stored.
 *
 * @module
 */

import { keyOf } from "../random/counter-hash.ts";

/** The kernel parameters for the dropout of one layer in one step. */
export interface LayerDropout extends Record<"key" | "threshold" | "scale", number> {
  /** The key of the hashes, which depends on the layer and the step. */
  key: number;
  /** Units whose hash is below the threshold are dropped. */
  threshold: number;
  /** The factor of the other units. */
  scale: number;
}

/** The dropout of all layers in one step. */
export interface StepDropout {
  /** Returns the dropout of a hidden layer, counted from 0. */
  layer(l: number): LayerDropout;
}

/** A dropout with probability 0. */
export const NO_DROPOUT: StepDropout = { layer: () => ({ key: 0, threshold: 0, scale: 1 }) };

/**
 * Returns the dropout of a step of training.
 *
 * @param rate the probability p, from 0 to below 1
 * @param seed the seed of the training
 * @param step the index of the step in the whole training
 */
export function stepDropout(rate: number, seed: number, step: number): StepDropout {
  if (rate === 0) return NO_DROPOUT;
  const threshold = Math.min(2 ** 32 - 1, Math.round(rate * 2 ** 32));
  return {
    layer: (l) => ({ key: keyOf(seed, "dropout", step, l), threshold, scale: 1 / (1 - rate) }),
  };
}
