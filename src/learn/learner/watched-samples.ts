/**
 * What stopping rules look at: how much successive heads agree about samples that neither has seen, and
 * how uncertain the head is about them.
 *
 * @module
 */

import type { Pool } from "../../pool/pool.ts";
import { predictPool } from "../../pool/predict-rows.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { keyOf } from "../../random/counter-hash.ts";
import { sample } from "../../random/sample.ts";
import { predictedClass } from "../metrics/classification.ts";

/**
 * The samples that are watched: drawn once, uniformly, so that they stand for the pool.
 *
 * @param rows n of the pool
 * @param count how many; at most all
 * @param seed the same seed draws the same samples
 * @returns their indices, in order
 */
export function watchedSamples(rows: number, count: number, seed: number): number[] {
  const all = Array.from({ length: rows }, (_, i) => i);
  return sample(all, Math.min(count, rows), keyOf(seed, "watched")).sort((a, b) => a - b);
}

/** What was seen. */
export interface Watched {
  /** The predicted class of each watched sample. */
  readonly predictions: number[];
  /** See {@linkcode RoundMeasures}. */
  readonly agreement?: number;
  /** See {@linkcode RoundMeasures}. */
  readonly uncertainty?: number;
}

/**
 * Looks at the watched samples with a new head. Those that have been labeled by now are left out of the
 * measures, which so are about samples held aside from training.
 *
 * @param pool the pool
 * @param head the new head
 * @param watched the watched samples
 * @param labeled whether a sample is labeled
 * @param before what the head before it predicted, if there was one
 */
export async function watchHead(
  pool: Pool,
  head: Predictor,
  watched: readonly number[],
  labeled: (index: number) => boolean,
  before: readonly number[] | undefined,
): Promise<Watched> {
  const { classes } = head;
  using index = pool.device.tensor("watched samples", [watched.length], "u32", watched);
  using rows = pool.gather(index, watched.length);
  const probabilities = await predictPool(rows, head);
  const predictions = watched.map((_, i) => predictedClass(probabilities, i, classes));
  const open = watched.flatMap((sample, i) => labeled(sample) ? [] : [i]);
  if (open.length === 0) return { predictions };
  const entropies = open.map((i) =>
    entropyOf(probabilities.subarray(i * classes, (i + 1) * classes))
  );
  const mean = entropies.reduce((sum, entropy) => sum + entropy) / open.length;
  const uncertainty = classes > 1 ? Math.min(1, mean / Math.log(classes)) : 0;
  if (before?.length !== watched.length) return { predictions, uncertainty };
  const agreement = kappa(open.map((i) => before[i]!), open.map((i) => predictions[i]!));
  return { predictions, agreement, uncertainty };
}

/**
 * Cohen's kappa of two classifications (Cohen 1960, "A Coefficient of Agreement for Nominal Scales"):
 * `(A - E) / (1 - E)`, where A is the share of equal classes and E what it would be by chance.
 *
 * @param first the classes by one
 * @param second the classes by the other, as many
 * @returns at most 1; 1 also where both took everything for one and the same class
 */
export function kappa(first: readonly number[], second: readonly number[]): number {
  const n = first.length;
  const counts = new Map<number, [number, number]>();
  let equal = 0;
  first.forEach((a, i) => {
    const b = second[i]!;
    if (a === b) equal++;
    for (const [label, place] of [[a, 0], [b, 1]] as const) {
      const pair = counts.get(label) ?? [0, 0];
      pair[place]++;
      counts.set(label, pair);
    }
  });
  const chance = [...counts.values()].reduce((sum, [a, b]) => sum + a * b, 0) / (n * n);
  return chance === 1 ? 1 : (equal / n - chance) / (1 - chance);
}

function entropyOf(probabilities: Float32Array): number {
  return probabilities.reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0);
}
