/**
 * Counts of workgroups above WebGPU's 65,535 along one dimension: the grid is folded, and what it
 * then has in excess must do nothing.
 */

import assert from "node:assert/strict";
import { type Grid, linearGrid } from "../../src/device/kernel.ts";
import { compressForms } from "../../src/kernels/bait/compress-forms.ts";
import { pickLayout, TILE_ROWS } from "../../src/kernels/bait/pick.ts";
import { rowDots } from "../../src/kernels/bait/row-dots.ts";
import { tileRows } from "../../src/kernels/bait/tile-rows.ts";
import { updateScores } from "../../src/kernels/bait/update-scores.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

Deno.test("linearGrid: one dimension as long as it lasts, then the least excess", () => {
  const groups = ([x, y = 1, z = 1]: Grid) => x * y * z;
  for (const count of [0, 1, 65_535]) assert.deepEqual(linearGrid(count), [count]);
  assert.deepEqual(linearGrid(65_536), [32_768, 2]);
  for (const count of [65_537, 131_070, 131_071, 1_000_003, 65_535 ** 2]) {
    const [x, y = 1] = linearGrid(count);
    assert.ok(x <= 65_535 && y <= 65_535);
    assert.ok(groups([x, y]) >= count && groups([x, y]) - count < y);
  }
});

/** Odd, so that folding in two leaves a group over. */
const rows = 65_537;

gpuTest("a folded grid: row-dots", async () => {
  const random = new Random(1);
  await compareKernel(rowDots, {
    tensors: {
      x: { shape: [rows, 2], dtype: "f32", data: random.normals(rows * 2) },
      y: { shape: [rows, 2], data: random.normals(rows * 2) },
      q: { shape: [rows + 3], data: random.normals(rows + 3) },
    },
    params: { rows, d: 2, classes: 1, k: 0, xOffset: 0 },
    constants: { lanes: 256 },
  });
});

gpuTest("a folded grid: compress-forms", async () => {
  const random = new Random(2);
  await compareKernel(compressForms, {
    tensors: {
      q: { shape: [rows], data: random.normals(rows) },
      probabilities: { shape: [rows] },
      columns: { shape: [rows], dtype: "u32" },
      weights: { shape: [rows], data: random.normals(rows) },
      scores: { shape: [rows] },
      forms: { shape: [2 * rows + 3], data: random.normals(2 * rows + 3) },
    },
    params: { first: 0, rows, rank: 1, part: 1, base: 0 },
    constants: { lanes: 64 },
  });
});

gpuTest("a folded grid: tile-rows", async (device) => {
  const words = 65_544;
  const numbers = new Random(4).normals(words);
  using x = device.tensor("x", [1, words], "f32", numbers);
  using tiles = device.tensor("tiles", [words, TILE_ROWS], "f32");
  device.run(tileRows, { x, tiles }, { rows: 1, words, offset: 0, perWord: 1 });
  for (const word of [0, 40_000, words - 1]) {
    assert.equal((await device.read(tiles, word * TILE_ROWS, 1))[0], numbers[word]);
  }
});

gpuTest("a folded grid: update-scores", async () => {
  const random = new Random(3);
  const length = pickLayout(8, 1, 1).scores + 1;
  await compareKernel(updateScores, {
    tensors: {
      y: { shape: [rows, 2], data: random.normals(rows * 2, 0.1) },
      probabilities: { shape: [rows] },
      columns: { shape: [rows], dtype: "u32" },
      weights: { shape: [rows], data: random.uniforms(rows, 0, 1) },
      picks: { shape: [1], dtype: "u32", data: [rows - 1] },
      forms: { shape: [rows, 2], data: random.uniforms(2 * rows, 0.5, 1) },
      // The numbers at the end belong to no row.
      scores: { shape: [2 * rows + 3], data: random.normals(2 * rows + 3) },
      pick: { shape: [length], data: random.uniforms(length) },
    },
    params: { rows, base: 0, count: rows, step: 0, d: 8, classes: 1, sigma: 1 },
    constants: { lanes: 1, samples: 1 },
  });
});
