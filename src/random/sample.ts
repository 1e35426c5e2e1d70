/**
 * Uniform choice without replacement, seeded: the baseline of every comparison, and the source of
 * every random subset.
 *
 * @module
 */

import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * Draws `count` different items, uniformly, by the first steps of a Fisher-Yates shuffle.
 *
 * @param items what to draw from; left as it is
 * @param count at most as many as there are items
 * @param seed the same seed gives the same draw
 */
export function sample(items: readonly number[], count: number, seed: number): number[] {
  const rng = xoroshiro128plus(seed);
  const pool = items.slice();
  for (let i = 0; i < count; i++) {
    const j = uniformInt(rng, i, pool.length - 1);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}
