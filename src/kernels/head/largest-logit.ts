/**
 * The bound of logits, for the kernels that turn them into losses.
 *
 * @module
 */

/** Logits are clamped to this, so that their sums and differences stay finite. */
export const LARGEST_LOGIT = 1e30;
