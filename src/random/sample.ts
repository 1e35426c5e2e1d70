/**
 * Uniform choice without replacement: the source of every random subset.
 *
 * @module
 */

import { counterHash } from "./counter-hash.ts";

/**
 * Draws different items, uniformly, by the first steps of a Fisher-Yates shuffle.
 *
 * @param items what to draw from; left as it is
 * @param count at most as many as there are items
 * @param key of a stream of random words, from {@linkcode keyOf}; the same key gives the same draw
 */
export function sample(items: readonly number[], count: number, key: number): number[] {
  const pool = items.slice();
  let counter = 0;
  const below = (bound: number): number => {
    // Words beyond the last whole multiple of the bound would favor small numbers.
    const most = 2 ** 32 - 2 ** 32 % bound;
    for (;;) {
      const word = counterHash(counter++, key);
      if (word < most) return word % bound;
    }
  };
  for (let i = 0; i < count; i++) {
    const j = i + below(pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}
