/**
 * BAIT (Ash et al. 2021, "Gone Fishing", algorithm 1): forward greedy with oversampling, then backward
 * pruning, to minimise `trace(M_S^-1 F)`; with the Fisher forms of Huseljic et al. 2024 ("Fast
 * Fishing"). The scores are exact at every pick: they follow from rank updates of two small forms
 * per sample (docs/mathematics.md).
 *
 * @module
 */

import type { Pool } from "../pool/pool.ts";
import type { BaitOptions, BaitSelection } from "./bait-options.ts";
import { BaitRun } from "./bait-run.ts";

export {
  type BaitOptions,
  type BaitSelection,
  type Weighting,
  WEIGHTINGS,
} from "./bait-options.ts";

/**
 * Selects a batch with BAIT.
 *
 * @param pool the features of all samples, labelled and not
 * @param options see {@linkcode BaitOptions}; the budget is at most the number of unlabelled samples
 * @throws {DeviceError} if the form does not fit the device
 * @throws {InputError} if the form needs class probabilities and there are none
 */
export async function bait(pool: Pool, options: BaitOptions): Promise<BaitSelection> {
  using run = await BaitRun.start(pool, options);
  return await run.select();
}

/**
 * The objective `trace(M_S^-1 F)` of given batches, as BAIT would report it: to compare other choices
 * with BAIT's.
 *
 * @param pool the features of all samples
 * @param options as for {@linkcode bait}
 * @param batches indices of unlabelled samples
 */
export async function baitObjectives(
  pool: Pool,
  options: BaitOptions,
  batches: readonly (readonly number[])[],
): Promise<number[]> {
  using run = await BaitRun.start(pool, options);
  return await run.objectivesOf(batches);
}
