/**
 * What the kernels of BAIT with diagonal information matrices share.
 *
 * @module
 */

/** What is left of an entry of M after a removal is at least this much of it. */
export const LEAST = 1e-7;
