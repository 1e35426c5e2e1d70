/**
 * Random numbers without a state: a hash of a counter and a key. Kernels (such as `shuffle` and
 * `activate`) and their CPU twins compute the same 32-bit words, so that a seed gives the same
 * numbers on every device.
 *
 * The hash is PCG's output permutation (Jarzynski & Olano 2020, "Hash Functions for GPU Rendering",
 * JCGT 9(3)), applied twice.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** Computes one round of PCG-RXS-M-XS on 32 bits. */
export function pcg(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/**
 * Returns a random 32-bit word for each counter and key.
 *
 * @param counter the position in the stream, 0 to 2^32 - 1
 * @param key the key of the stream, from {@linkcode keyOf}
 * @returns an integer from 0 to 2^32 - 1
 */
export function counterHash(counter: number, key: number): number {
  return pcg((pcg((counter ^ key) >>> 0) + key) >>> 0);
}

/** The purposes of random numbers, each with a stream of its own. */
export const Purpose = {
  initial: 1,
  split: 2,
  shuffle: 3,
  dropout: 4,
  member: 5,
  configuration: 6,
  random: 7,
  candidates: 8,
  clusters: 9,
  draws: 10,
  fill: 11,
  features: 12,
  balancing: 13,
  "cold start": 14,
  quotas: 15,
  watched: 16,
  "test set": 17,
  "first labels": 18,
  head: 19,
  bootstrap: 20,
} as const;

/** The name of a purpose of random numbers. */
export type Purpose = keyof typeof Purpose;

/**
 * Returns the key of a stream of random words. It depends on all 54 bits of the seed (including the
 * sign), on the purpose and on the counters: the keys of different ones differ up to chance
 * collisions of 32 bits.
 *
 * @example Random words for the draws of two rounds
 * ```ts
 * import { counterHash, keyOf } from "@creel/creel/kernels";
 * import assert from "node:assert/strict";
 *
 * const words = (round: number) => [0, 1].map((at) => counterHash(at, keyOf(7, "draws", round)));
 * assert.deepEqual(words(0), words(0)); // the same key gives the same stream
 * assert.notDeepEqual(words(0), words(1));
 * ```
 *
 * @param seed the seed, any safe integer
 * @param purpose the purpose of the numbers
 * @param counters integers such as the indices of the round, the epoch or the layer
 * @returns an integer from 0 to 2^32 - 1
 * @throws {InputError} if there is no such purpose
 */
export function keyOf(seed: number, purpose: Purpose, ...counters: number[]): number {
  if (!Object.hasOwn(Purpose, purpose)) {
    const known = Object.keys(Purpose).join(", ");
    throw new InputError(`Unknown purpose ${purpose} of random numbers: use ${known}`);
  }
  const parts = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, Purpose[purpose], ...counters];
  return parts.reduce((key, part) => counterHash(part >>> 0, key), 0x9e3779b9);
}

/** The rounds of the Feistel network: for tiny domains more than the 4 of Luby & Rackoff (1988). */
export const ROUNDS = 8;

/** Returns the number of bits of each half of a Feistel network on at least `size` numbers. */
export function halfBits(size: number): number {
  let bits = 1;
  while (4 ** bits < size) bits++;
  return bits;
}

/**
 * Returns the image of a number under a seeded permutation of 0 .. size - 1, without sorting or
 * state: a Feistel network on `2 bits` bits, applied until the result is in the domain (Black &
 * Rogaway 2002, "Ciphers with Arbitrary Finite Domains", section 3).
 *
 * @param i the number, 0 to size - 1
 * @param size the number of elements
 * @param key the key of the permutation, from {@linkcode keyOf}
 */
export function permuted(i: number, size: number, key: number): number {
  const bits = halfBits(size);
  const mask = 2 ** bits - 1;
  let x = i;
  do {
    let left = x >>> bits;
    let right = x & mask;
    for (let round = 0; round < ROUNDS; round++) {
      const next = (left ^ counterHash((right + (round << 24)) >>> 0, key)) & mask;
      left = right;
      right = next;
    }
    x = ((left << bits) | right) >>> 0;
  } while (x >= size);
  return x;
}
