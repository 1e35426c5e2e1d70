/**
 * Seeded permutations of samples.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/head/shuffle.gen.ts";
import { elementGrid } from "../grid.ts";
import { permuted } from "../../random/counter-hash.ts";

/**
 * `order` becomes a permutation of 0 .. size - 1 that depends only on `key`; `bits` is
 * `halfBits(size)`.
 */
export const shuffle = /* @__PURE__ */ defineKernel({
  name: "shuffle",
  wgsl,
  bindings: { order: "write" },
  params: { size: "u32", bits: "u32", key: "u32" },
  constants: {},
  grid: ({ size }) => elementGrid(size),
  cpu({ order }, { size, key }) {
    for (let i = 0; i < size; i++) order[i] = permuted(i, size, key);
  },
});
