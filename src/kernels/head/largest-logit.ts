/**
 * The bound of logits in the kernels that compute losses.
 *
 * @module
 */

/** Logits are clamped to this, so that their sums and differences stay finite. */
export const LARGEST_LOGIT = 1e30;
