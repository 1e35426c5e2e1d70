/**
 * The first batches, while there is no head that could tell what is informative.
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
  /** Samples that are neither labeled nor to be chosen. */
  readonly excluded: readonly number[];
  /** The same seed and round give the same batch. */
  readonly seed: number;
  /** How many batches were chosen before. */
  readonly round: number;
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
 * Draws samples in random order and keeps those whose class is still wanted: every place of the batch
 * goes to the class with the fewest samples so far. The oracle is asked until the batch is full. What
 * the pool lacks of a class is filled with the samples that were drawn first.
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
 * How many samples of each class a batch should have: every place goes to the class with the fewest samples so
 * far, and of equally poor classes first to the one that a shuffle by the key puts first.
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
