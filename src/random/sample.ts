/**
 * Uniform sampling without replacement.
 *
 * @module
 */

import { counterHash } from "./counter-hash.ts";

/**
 * Draws items uniformly without replacement, by the first steps of a Fisher-Yates shuffle.
 *
 * @example
 * ```ts
 * import { keyOf, sample } from "@creel/creel/kernels";
 * import assert from "node:assert/strict";
 *
 * const drawn = sample([10, 20, 30, 40], 2, keyOf(1, "random"));
 * assert.equal(new Set(drawn).size, 2);
 * ```
 *
 * @param items the items to draw from, which are not changed
 * @param count the number of items to draw, at most as many as there are
 * @param key the key of a stream of random words, from {@linkcode keyOf}; the same key gives the
 * same items
 * @returns the drawn items, in the order of drawing
 */
export function sample(items: readonly number[], count: number, key: number): number[] {
  const pool = items.slice();
  let counter = 0;
  const below = (bound: number): number => {
    // Words beyond the last multiple of the bound would favor small numbers.
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
