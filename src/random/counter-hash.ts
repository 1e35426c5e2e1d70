/**
 * Random numbers without a state: a hash of a counter and a key. The kernels that need chance
 * (`shuffle`, `activate`) and their twins compute the same 32-bit words, so a seed means the same on
 * every device.
 *
 * The hash is PCG's output permutation (Jarzynski & Olano 2020, "Hash Functions for GPU Rendering",
 * JCGT 9(3)), applied twice.
 *
 * @module
 */

/** One round of PCG-RXS-M-XS on 32 bits. */
export function pcg(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/** A 32-bit word for each counter and key. */
export function counterHash(counter: number, key: number): number {
  return pcg((pcg((counter ^ key) >>> 0) + key) >>> 0);
}

/** A key from a seed of up to 2^53. */
export function seedKey(seed: number): number {
  return counterHash(seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0);
}

/** What a key is for: draws for different purposes must not be alike. */
export const Purpose = {
  initial: 1,
  split: 2,
  shuffle: 3,
  dropout: 4,
  member: 5,
  configuration: 6,
  bootstrap: 7,
} as const;

/**
 * A key from a seed and what it is for.
 *
 * @param seed any whole number up to 2^53
 * @param counters whole numbers such as the epoch or the layer
 */
export function keyOf(seed: number, purpose: keyof typeof Purpose, ...counters: number[]): number {
  const parts = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, Purpose[purpose], ...counters];
  return parts.reduce((key, part) => counterHash(part >>> 0, key), 0x9e3779b9);
}

/** Rounds of the Feistel network: more than the 4 that Luby & Rackoff need, for tiny domains. */
const ROUNDS = 8;

/** Bits of either half of a domain of at least `size` numbers. */
export function halfBits(size: number): number {
  let bits = 1;
  while (4 ** bits < size) bits++;
  return bits;
}

/**
 * Where a seeded permutation of 0 .. size - 1 takes a number: a Feistel network on `2 bits` bits,
 * walked until it is back in the domain (Black & Rogaway 2002, "Ciphers with Arbitrary Finite
 * Domains", section 3). No sorting, no state.
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
