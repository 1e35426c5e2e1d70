/**
 * What makes large batches on a GPU those of float64.
 *
 * @module
 */

import { declarePart } from "../parts.ts";
import { pruneMany } from "./member-updates.ts";
import { ExactState } from "./state.ts";

/**
 * Makes the float64 part of {@linkcode bait} available in a bundle, so that large batches on a GPU
 * are those of float64, as they are everywhere else without this call. A bundle without it is
 * smaller, and late picks of batches of hundreds may differ.
 *
 * @example In a page that is bundled
 * ```ts
 * import { provideExactBait } from "@creel/creel/bait";
 *
 * provideExactBait();
 * ```
 */
export function provideExactBait(): void {
  declarePart("exact", { open: ExactState.open, prune: pruneMany }, undefined);
}
