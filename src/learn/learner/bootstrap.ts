/**
 * Bootstrap samples for the members of an ensemble.
 *
 * @module
 */

import { counterHash } from "../../random/counter-hash.ts";

/**
 * A bootstrap sample (Breiman 1996, "Bagging Predictors"): as many draws with replacement as there
 * are labeled samples, and one more for each class that was not drawn, so that no member lacks a
 * class.
 *
 * @param labels the class of each labeled sample, `[n]`
 * @param key a 32-bit key: the same key draws the same samples
 * @returns positions among the labels in ascending order; a position that is drawn twice occurs
 * twice
 */
export function bootstrapSample(labels: readonly number[], key: number): number[] {
  const count = labels.length;
  const draw = (at: number, from: number) => Math.floor(counterHash(at, key) / 2 ** 32 * from);
  const places = labels.map((_, at) => draw(at, count));
  const missing = new Set(labels);
  for (const place of places) missing.delete(labels[place]!);
  for (const label of missing) {
    const own = labels.flatMap((other, place) => other === label ? [place] : []);
    places.push(own[draw(places.length, own.length)]!);
  }
  return places.sort((a, b) => a - b);
}
