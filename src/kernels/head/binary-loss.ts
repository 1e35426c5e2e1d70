/**
 * The binary cross-entropy of one logit, for the CPU twins.
 *
 * @module
 */

import { LARGEST_LOGIT } from "./largest-logit.ts";

/**
 * Returns `-(y ln p + (1 - y) ln(1 - p))` with `p = sigmoid(z)`, and its derivative `p - y` by the
 * logit, both without cancellation.
 *
 * @param logit the logit z, which is clamped to `LARGEST_LOGIT`
 * @param labeled whether y is 1
 */
export function binaryLoss(logit: number, labeled: boolean): { loss: number; residual: number } {
  const z = Math.min(Math.max(logit, -LARGEST_LOGIT), LARGEST_LOGIT);
  const wrong = labeled ? -z : z;
  const small = Math.exp(-Math.abs(z));
  const share = (wrong >= 0 ? 1 : small) / (1 + small);
  return { loss: Math.max(wrong, 0) + Math.log1p(small), residual: labeled ? -share : share };
}
