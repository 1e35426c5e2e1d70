/**
 * The division of labeled samples into training samples and held-out samples for early stopping.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { keyOf, permuted } from "../random/counter-hash.ts";

/** Two parts of the labeled samples, as increasing positions in the list of samples. */
export interface Parts {
  /** The samples to train on. */
  readonly train: number[];
  /** The held-out samples. */
  readonly held: number[];
}

/**
 * Holds out a fraction of the samples by systematic sampling along the sorted labels (or targets),
 * which stratifies by class to within one sample. Samples of one label are in random order.
 *
 * @param values the label or target of each sample
 * @param share the fraction to hold out, from 0 to below 1
 * @param seed the seed; the same seed gives the same parts
 * @throws {InputError} if a part would be empty although the share is not 0
 */
export function holdOut(values: ArrayLike<number>, share: number, seed: number): Parts {
  const count = values.length;
  const key = keyOf(seed, "split");
  const rank = Float64Array.from({ length: count }, (_, i) => permuted(i, count, key));
  const sorted = Array.from({ length: count }, (_, i) => i)
    .sort((a, b) => values[a]! - values[b]! || rank[a]! - rank[b]!);
  const parts: Parts = { train: [], held: [] };
  sorted.forEach((sample, place) => {
    const chosen = Math.floor((place + 1) * share + 0.5) > Math.floor(place * share + 0.5);
    (chosen ? parts.held : parts.train).push(sample);
  });
  if (share > 0 && (parts.held.length === 0 || parts.train.length === 0)) {
    throw new InputError(
      `Cannot hold out a share of ${share} of ${count} samples: some must be held out, and some left`,
    );
  }
  for (const part of [parts.train, parts.held]) part.sort((a, b) => a - b);
  return parts;
}
