/**
 * The choice of the first batches, while there are too few labels to train a head.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import { InputError } from "../../errors.ts";
import type { Pool } from "../../pool/pool.ts";
import { keyOf } from "../../random/counter-hash.ts";
import { sample } from "../../random/sample.ts";
import { runStrategy } from "../../select/run-strategy.ts";
import type { Oracle } from "../../select/strategy/request.ts";
import type { ColdStart } from "./options.ts";

/** The options of {@linkcode coldStartBatch}. */
export interface ColdStartOptions extends RecordingOptions {
  /** B, the number of samples to choose, at most the number of candidates. */
  readonly budget: number;
  /** The indices of the labeled samples. */
  readonly labeled: readonly number[];
  /** The class of each labeled sample. */
  readonly labels: readonly number[];
  /** The indices of the samples that may be chosen, in ascending order. */
  readonly candidates: readonly number[];
  /** The indices of samples that are neither labeled nor candidates. */
  readonly excluded: readonly number[];
  /** The seed; the same seed and round give the same batch. */
  readonly seed: number;
  /** The number of batches that were chosen before. */
  readonly round: number;
  /** K, the number of classes; needed for `balanced`. */
  readonly classes: number | undefined;
  /** Returns the class of a sample; needed for `balanced`. */
  readonly oracle: Oracle | undefined;
}

/**
 * Chooses a batch without a head.
 *
 * @param pool the features, `[n, d]`
 * @param kind the method
 * @param options the budget, and what is known about the samples
 * @throws {InputError} if `balanced` has no oracle or no number of classes, or the oracle returns a
 * value that is no class
 */
export async function coldStartBatch(
  pool: Pool,
  kind: ColdStart,
  options: ColdStartOptions,
): Promise<number[]> {
  const { budget, labeled, excluded, candidates, seed, round } = options;
  if (kind === "balanced") return await balancedBatch(options);
  if (kind === "typiclust") {
    const { signal, onProgress, sliceMilliseconds } = options;
    const recordingOptions = { signal, onProgress, sliceMilliseconds };
    const known = { budget, labeled, excluded, seed, round };
    return (await runStrategy(pool, "typiclust", { ...recordingOptions, ...known })).picks;
  }
  return sample(candidates, budget, keyOf(seed, "cold start", round));
}

/**
 * Draws samples in random order and keeps those of classes that are still below their quota; the
 * oracle is called until the batch is full. If the pool has too few samples of a class, the samples
 * that were drawn first fill the batch.
 */
async function balancedBatch(options: ColdStartOptions): Promise<number[]> {
  const { budget, candidates, seed, round, classes, oracle, labels } = options;
  if (!oracle || !classes) {
    const missing = oracle ? "the number of classes" : "an oracle";
    throw new InputError(`Cannot start with a balanced batch without ${missing}`);
  }
  const wanted = quotas(budget, classes, labels, keyOf(seed, "quotas", round));
  const picks: number[] = [];
  const spare: number[] = [];
  for (const index of sample(candidates, candidates.length, keyOf(seed, "cold start", round))) {
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

/**
 * The number of samples of each class in a batch: every place goes to the class with the fewest
 * samples so far, and of equal classes to the first in a random order.
 */
function quotas(budget: number, classes: number, labels: readonly number[], key: number) {
  const wanted = new Array<number>(classes).fill(0);
  const have = new Array<number>(classes).fill(0);
  for (const label of labels) have[label]!++;
  const order = sample(wanted.map((_, label) => label), classes, key);
  for (let place = 0; place < budget; place++) {
    let poorest = order[0]!;
    for (const label of order) if (have[label]! < have[poorest]!) poorest = label;
    have[poorest]!++;
    wanted[poorest]!++;
  }
  return wanted;
}
