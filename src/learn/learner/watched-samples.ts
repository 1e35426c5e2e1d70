/**
 * Measurements for stopping rules on a fixed sample of the pool, the watched samples: how much the
 * predictions of successive heads agree, and how uncertain they are.
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
 * Draws the watched samples uniformly, so that they represent the pool.
 *
 * @param rows n, the number of samples in the pool
 * @param count the number of watched samples, at most n of which are drawn
 * @param seed the same seed draws the same samples
 * @returns the indices in ascending order
 */
export function watchedSamples(rows: number, count: number, seed: number): number[] {
  const all = Array.from({ length: rows }, (_, i) => i);
  return sample(all, Math.min(count, rows), keyOf(seed, "watched")).sort((a, b) => a - b);
}

/** The predictions of a head for the watched samples, and what was measured on them. */
export interface Watched {
  /** The predicted class of each watched sample. */
  readonly predictions: number[];
  /** The agreement with the previous head, see {@linkcode RoundMeasures}. */
  readonly agreement?: number;
  /** The uncertainty of the head, see {@linkcode RoundMeasures}. */
  readonly uncertainty?: number;
}

/**
 * Predicts the watched samples with a new head and measures the predictions. Watched samples that
 * are labeled are not measured, so that the measurements are about samples outside the training
 * set.
 *
 * @param pool the pool
 * @param head the new head
 * @param watched the indices of the watched samples
 * @param labeled returns whether a sample is labeled
 * @param before the predicted classes of the previous head, if there was one
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
 * Cohen's kappa of two classifications (Cohen 1960, "A Coefficient of Agreement for Nominal
 * Scales"): `(A - E) / (1 - E)` for the share A of equal classes and its expectation E by chance.
 *
 * @param first the predicted classes of one head, `[n]`
 * @param second the predicted classes of the other head, `[n]`
 * @returns at most 1; 1 also if both heads predict one and the same class for all samples
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
