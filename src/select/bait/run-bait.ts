/**
 * Runs BAIT (Ash et al. 2021, "Gone Fishing", algorithm 1): forward greedy selection with
 * oversampling, then backward pruning, to minimize `trace(M_S^-1 F)`, with the forms of the Fisher
 * information of Huseljic et al. 2024 ("Fast Fishing"). The scores are exact at every pick: they
 * follow from rank updates of two small matrices for each sample (docs/mathematics.md).
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { Pool } from "../../pool/pool.ts";
import { requestOf } from "../strategy/request.ts";
import { BaitRun } from "./forward-backward.ts";
import { type BaitInput, type BaitSelection, type BaitSettings, baitSettings } from "./options.ts";
import { baitPart } from "./parts.ts";

/**
 * Selects a batch with BAIT.
 *
 * @param pool the features of all samples, `[n, d]`
 * @param input the budget, what is known about the samples, and the options of BAIT
 * @throws {DeviceError} if the form does not fit in device memory
 * @throws {InputError} if an option is out of its range, there are too few candidates, an index is
 * out of range, or the form needs class probabilities and there are none
 */
export async function runBait(pool: Pool, input: BaitInput): Promise<BaitSelection> {
  const settings = baitSettings(input);
  requestOf(pool, settings);
  return await runForm(pool, settings);
}

/**
 * Selects a batch with BAIT by options that are checked.
 *
 * @param pool the features of all samples, `[n, d]`
 * @param settings the budget, what is known about the samples, and the options of BAIT
 */
export async function runForm(pool: Pool, settings: BaitSettings): Promise<BaitSelection> {
  if (settings.fisher === "classes") {
    return await (await baitPart("classes")).select(pool, settings);
  }
  if (settings.diagonal) return await (await baitPart("diagonal"))(pool, settings);
  using run = await BaitRun.start(pool, settings);
  return await (settings.select === "topk" ? run.selectTop() : run.select());
}

/**
 * Computes the objective `trace(M_S^-1 F)` of given batches as BAIT reports it, to compare other
 * batches with that of BAIT.
 *
 * @param pool the features of all samples, `[n, d]`
 * @param input as for {@linkcode runBait}
 * @param batches the indices of unlabeled samples, each at most once in a batch
 * @returns the objective of each batch
 * @throws {InputError} if a batch has a sample that is no candidate, or one twice
 */
export async function baitObjectives(
  pool: Pool,
  input: BaitInput,
  batches: readonly (readonly number[])[],
): Promise<number[]> {
  const settings = baitSettings(input);
  const open = new Set(requestOf(pool, settings).candidates);
  for (const [place, batch] of batches.entries()) {
    const at = batch.findIndex((index, at) => !open.has(index) || batch.indexOf(index) < at);
    if (at < 0) continue;
    throw new InputError(
      `Cannot measure batch ${place}: ${batch[at]} at position ${at} is no unlabeled sample, or ` +
        "stands there twice",
    );
  }
  if (settings.fisher === "classes") {
    return await (await baitPart("classes")).objectives(pool, settings, batches);
  }
  using run = await BaitRun.start(pool, settings);
  return await run.objectivesOf(batches);
}
