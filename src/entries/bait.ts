/**
 * Parts of BAIT that a bundle holds only if it imports them: the form with class blocks, diagonal
 * matrices, and float64 for large batches on a GPU. Elsewhere their names are enough.
 *
 * @module
 */

export { classBlocks } from "../select/bait/classes/class-blocks.ts";
export { diagonalInformation } from "../select/bait/diagonal.ts";
export { provideExactBait } from "../select/bait/exact/exact.ts";
