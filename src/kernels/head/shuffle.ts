/**
 * A seeded order of samples.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/shuffle.gen.ts";
import { permuted } from "../../random/counter-hash.ts";

/**
 * `order` = a permutation of 0 .. size - 1, a function of `key` alone. `bits` is `halfBits(size)`.
 */
export const shuffle = /* @__PURE__ */ defineKernel({
  name: "shuffle",
  wgsl,
  bindings: { order: "write" },
  params: { size: "u32", bits: "u32", key: "u32" },
  constants: {},
  grid: ({ size }) => linearGrid(Math.ceil(size / 256)),
  cpu({ order }, { size, key }) {
    for (let i = 0; i < size; i++) order[i] = permuted(i, size, key);
  },
});
