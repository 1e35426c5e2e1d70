/**
 * BAIT with diagonals, whose code is loaded on its first use.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { Pool } from "../../pool/pool.ts";
import type { BaitSelection, BaitSettings } from "./options.ts";

/** Selects a batch with diagonal matrices; see `runBait`. */
export type DiagonalBait = (pool: Pool, settings: BaitSettings) => Promise<BaitSelection>;

let declared: DiagonalBait | undefined;

/** Makes BAIT with diagonals available, and returns the value of the option `diagonal`. */
export function declareDiagonal(select: DiagonalBait): true {
  declared = select;
  return true;
}

/**
 * Loads BAIT with diagonals by a path next to this file that bundlers do not follow: a page that
 * uses the whole matrices must not pay for it.
 *
 * @throws {InputError} if it is not part of the bundle
 */
export async function loadedDiagonal(): Promise<DiagonalBait> {
  const url = import.meta.url.replace(/\/loaded-diagonal(\.\w+)$/, "/diagonal$1");
  if (!declared && url !== import.meta.url) await import(/* @vite-ignore */ url);
  if (declared) return declared;
  throw new InputError(
    "Cannot find diagonal BAIT in this bundle: import { diagonalInformation } from Creel, and " +
      "give diagonal: diagonalInformation",
  );
}
