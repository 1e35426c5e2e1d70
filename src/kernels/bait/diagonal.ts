/**
 * Constants of the kernels of BAIT with diagonal information matrices.
 *
 * @module
 */

/** The lower bound of an entry of M after a removal, relative to its previous value. */
export const LEAST_SHARE = 1e-7;
