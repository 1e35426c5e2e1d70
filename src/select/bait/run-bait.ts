/**
 * BAIT (Ash et al. 2021, "Gone Fishing", algorithm 1): forward greedy with oversampling, then backward
 * pruning, to minimize `trace(M_S^-1 F)`; with the Fisher forms of Huseljic et al. 2024 ("Fast
 * Fishing"). The scores are exact at every pick: they follow from rank updates of two small forms
 * per sample (docs/mathematics.md).
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { Pool } from "../../pool/pool.ts";
import type { BaitOptions, BaitSelection } from "./options.ts";
import { diagonalBait } from "./diagonal.ts";
import { BaitRun } from "./bait-run.ts";
import { requestOf } from "../request.ts";

export {
  BAIT_SELECTS,
  type BaitChoices,
  type BaitOptions,
  type BaitSelect,
  type BaitSelection,
  type Weighting,
  WEIGHTINGS,
} from "./options.ts";

/**
 * Selects a batch with BAIT.
 *
 * @param pool the features of all samples, labeled and not
 * @param options see {@linkcode BaitOptions}
 * @throws {DeviceError} if the form does not fit the device
 * @throws {InputError} if there are too few candidates, an index is out of range, or the form needs class probabilities and there are none
 */
export async function bait(pool: Pool, options: BaitOptions): Promise<BaitSelection> {
  const { budget, labeled, excluded } = options;
  requestOf(pool, { budget, labeled, excluded });
  if (options.diagonal) return await diagonalBait(pool, options);
  using run = await BaitRun.start(pool, options);
  return await (options.select === "topk" ? run.selectTop() : run.select());
}

/**
 * The objective `trace(M_S^-1 F)` of given batches, as BAIT would report it: to compare other choices
 * with BAIT's.
 *
 * @param pool the features of all samples
 * @param options as for {@linkcode bait}
 * @param batches indices of unlabeled samples, each once in a batch
 * @throws {InputError} if a batch has another sample
 */
export async function baitObjectives(
  pool: Pool,
  options: BaitOptions,
  batches: readonly (readonly number[])[],
): Promise<number[]> {
  const { budget, labeled, excluded } = options;
  const open = new Set(requestOf(pool, { budget, labeled, excluded }).candidates);
  for (const [place, batch] of batches.entries()) {
    const at = batch.findIndex((index, at) => !open.has(index) || batch.indexOf(index) < at);
    if (at < 0) continue;
    throw new InputError(
      `Cannot measure batch ${place}: ${batch[at]} at position ${at} is no unlabeled sample, or ` +
        "stands there twice",
    );
  }
  using run = await BaitRun.start(pool, options);
  return await run.objectivesOf(batches);
}
