/**
 * The float64 part of BAIT on a GPU, whose code is loaded when a batch is so large that it is
 * needed.
 *
 * @module
 */

import type { pruneMany } from "./exact/member-updates.ts";
import type { ExactState } from "./exact/state.ts";

/** The float64 part. */
export interface ExactPart {
  /** See `ExactState.open`. */
  readonly open: typeof ExactState.open;
  /** See `pruneMany`. */
  readonly prune: typeof pruneMany;
}

let declared: ExactPart | undefined;

/** Makes the float64 part available. */
export function declareExact(part: ExactPart): void {
  declared = part;
}

/**
 * Loads the float64 part by a path next to this file that bundlers do not follow: most pages choose
 * small batches.
 *
 * @returns the part, or undefined if it is not in the bundle or may not be read
 */
export async function loadedExact(): Promise<ExactPart | undefined> {
  const url = import.meta.url.replace(/\/loaded-exact(\.\w+)$/, "/exact/exact$1");
  if (!declared && url !== import.meta.url) {
    try {
      (await import(/* @vite-ignore */ url)).provideExactBait();
    } catch {
      // Without it large batches are computed in float32.
    }
  }
  return declared;
}
