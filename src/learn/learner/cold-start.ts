/**
 * The first batches, while there is no head that could tell what is informative.
 *
 * @module
 */

import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RecordingOptions } from "../../device/recording.ts";
import { InputError } from "../../errors.ts";
import type { Pool } from "../../pool/pool.ts";
import { typiclust } from "../../select/strategies/typiclust.ts";
import { sample } from "../../random/sample.ts";
import type { Oracle } from "../../select/strategy.ts";
import type { ColdStart } from "./options.ts";

/** What is known when a first batch is chosen. */
export interface ColdStartOptions extends RecordingOptions {
  /** B, at most the number of candidates. */
  readonly budget: number;
  /** The labeled samples. */
  readonly labeled: readonly number[];
  /** The class of each. */
  readonly labels: readonly number[];
  /** The samples that may be chosen, in order. */
  readonly candidates: readonly number[];
  /** The same seed gives the same batch. */
  readonly seed: number;
  /** K; needed for `balanced`. */
  readonly classes: number | undefined;
  /** Tells classes; needed for `balanced`. */
  readonly oracle: Oracle | undefined;
}

/**
 * Chooses a batch without a head.
 *
 * @param pool the features
 * @param kind how
 * @param options what is known
 * @throws {InputError} if `balanced` has no oracle or no number of classes, or the oracle tells no class
 */
export async function coldStartBatch(
  pool: Pool,
  kind: ColdStart,
  options: ColdStartOptions,
): Promise<number[]> {
  const { budget, labeled, candidates, seed, signal, onProgress, sliceMilliseconds } = options;
  if (kind === "balanced") return await balancedBatch(options);
  if (kind === "typiclust") {
    const watching = { signal, onProgress, sliceMilliseconds };
    return (await typiclust({ pool, budget, labeled, candidates, seed, watching })).picks;
  }
  return sample(candidates, budget, seed);
}

/**
 * Draws samples in random order and keeps those whose class is still wanted: every place of the batch
 * goes to the class with the fewest samples so far. The oracle is asked until the batch is full. What
 * the pool lacks of a class is filled with the samples that were drawn first.
 */
async function balancedBatch(options: ColdStartOptions): Promise<number[]> {
  const { budget, candidates, seed, classes, oracle, labels } = options;
  if (!oracle || !classes) {
    const missing = oracle ? "the number of classes" : "an oracle";
    throw new InputError(`Cannot start with a balanced batch without ${missing}`);
  }
  const wanted = quotas(budget, classes, labels, seed);
  const picks: number[] = [];
  const spare: number[] = [];
  for (const index of sample(candidates, candidates.length, seed)) {
    if (picks.length === budget) break;
    const label = await oracle(index);
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new InputError(
        `Cannot use label ${label} of sample ${index} from the oracle: the classes are 0 to ` +
          `${classes - 1}`,
      );
    }
    if (wanted[label]! > 0) {
      wanted[label]!--;
      picks.push(index);
    } else spare.push(index);
  }
  return [...picks, ...spare.slice(0, budget - picks.length)];
}

/** How many samples of each class a batch should have; equal claims are decided by the seed. */
function quotas(budget: number, classes: number, labels: readonly number[], seed: number) {
  const wanted = new Array<number>(classes).fill(0);
  const have = new Array<number>(classes).fill(0);
  for (const label of labels) have[label]!++;
  const random = xoroshiro128plus(seed);
  for (let place = 0; place < budget; place++) {
    const fewest = have.reduce((least, count) => Math.min(least, count));
    const poorest = have.flatMap((count, label) => count === fewest ? [label] : []);
    const label = poorest[uniformInt(random, 0, poorest.length - 1)]!;
    have[label]!++;
    wanted[label]!++;
  }
  return wanted;
}
