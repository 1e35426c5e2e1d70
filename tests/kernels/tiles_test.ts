/** The kernels of a pick of rank 1 over a copy in tiles, against their twins. */

import assert from "node:assert/strict";
import { MASKED, PICKED, pickLayout, RECORD, TILE_ROWS } from "../../src/kernels/bait/pick.ts";
import { projectBest } from "../../src/kernels/bait/project-best.ts";
import { scoreTiles } from "../../src/kernels/bait/score-tiles.ts";
import { tileRows } from "../../src/kernels/bait/tile-rows.ts";
import { ROW_UNIT } from "../../src/pool/pool.ts";
import { assertClose, compareKernel, gpuTest, Random } from "../fixture.ts";

const tolerance = { relative: 2e-5, absolute: 2e-5 };

Deno.test("tiles: segments of a pool begin with a tile", () => {
  assert.equal(ROW_UNIT % TILE_ROWS, 0);
});

gpuTest("tile-rows: both storages, from any row on, rows that do not fill a tile", async () => {
  const random = new Random(1);
  for (const [rows, d, skipped] of [[1, 8, 0], [256, 16, 3], [257, 8, 0], [700, 24, 5]] as const) {
    for (const perWord of [1, 2]) {
      const dtype = perWord === 2 ? "f16" : "f32";
      const words = d / perWord;
      const x = random.normals((skipped + rows) * d);
      const tiles = Math.ceil(rows / TILE_ROWS);
      const { tiles: copy } = await compareKernel(tileRows, {
        tensors: {
          x: { shape: [skipped + rows, d], dtype, data: x },
          tiles: { shape: [tiles, words, TILE_ROWS, perWord], dtype },
        },
        params: { rows, words, offset: skipped * words, perWord },
      }, { relative: 0, absolute: 0 });
      if (perWord === 2) continue;
      const last = rows - 1;
      const at = (Math.floor(last / TILE_ROWS) * d + d - 1) * TILE_ROWS + last % TILE_ROWS;
      assert.equal(copy[at], x[(skipped + last) * d + d - 1]);
    }
  }
});

/** The arguments of `project-best` for a pool of which a segment is at hand. */
function projectCall(
  random: Random,
  { count = 1100, base = 256, rows = 512, d = 40, half = 0, best = [600] as readonly number[] },
) {
  const tiles = Math.ceil(count / TILE_ROWS);
  const scores = new Float32Array(count + RECORD * tiles);
  for (let tile = 0; tile < tiles; tile++) {
    const own = best.find((index) => Math.floor(index / TILE_ROWS) === tile);
    const record = [
      own === undefined ? -1 : 3,
      (own ?? 7) % TILE_ROWS,
      ...random.uniforms(2, 0, 1),
    ];
    scores.set(record, count + RECORD * tile);
  }
  const x = random.normals((rows + 3) * d);
  const step = 1;
  const { scores: length } = pickLayout(d, 1, 1);
  return {
    tensors: {
      scores: { shape: [scores.length], data: scores },
      features: { shape: [rows + 3, d], dtype: half ? "f16" : "f32", data: x },
      inverse: { shape: [d, d], data: random.normals(d * d) },
      middle: { shape: [d, d], data: random.normals(d * d) },
      pick: { shape: [length + 3], data: random.normals(length + 3) },
      picks: { shape: [3], dtype: "u32", data: [9, 9, 9] },
      wz: { shape: [2, d], data: random.normals(2 * d) },
    },
    params: { count, step, base, rows, offset: 3 * d, d },
    constants: { half },
  } as const;
}

gpuTest("project-best: W, Z, T and L of the best sample, both storages, any d", async () => {
  const random = new Random(2);
  for (const d of [8, 40, 136]) {
    for (const half of [0, 1]) {
      const call = projectCall(random, { d, half });
      const { picks, pick } = await compareKernel(projectBest, call, tolerance);
      assert.deepEqual([...picks], [9, 600, 9]);
      assert.equal(pick[pickLayout(d, 1, 1).scores + 1], 3);
    }
  }
});

gpuTest("project-best: of equal scores the lowest index, in its own segment only", async () => {
  const random = new Random(3);
  for (
    const best of [[256], [767], [300, 600, 800], [255, 600], [768], [0], [1099]] as const
  ) {
    const call = projectCall(random, { best });
    const { picks, wz } = await compareKernel(projectBest, call, tolerance);
    const inside = best[0] >= 256 && best[0] < 768;
    assert.deepEqual([...picks], [9, inside ? best[0] : 9, 9]);
    assert.equal(wz[0] === call.tensors.wz.data[0], !inside);
  }
  // More tiles than a workgroup has threads.
  const many = projectCall(random, { count: 40_000, base: 39_936, rows: 64, best: [39_990] });
  assert.equal((await compareKernel(projectBest, many, tolerance)).picks[1], 39_990);
});

/** The arguments of `score-tiles` for the samples base .. base + rows - 1 of a pool. */
function scoreCall(
  random: Random,
  options: {
    rows?: number;
    base?: number;
    count?: number;
    d?: number;
    half?: number;
    updates?: number;
    picked?: number;
  },
) {
  const { rows = 300, base = 0, d = 24, half = 0, updates = 1, picked = 0 } = options;
  const { count = base + rows } = options;
  const tiles = Math.ceil(rows / TILE_ROWS);
  const records = RECORD * Math.ceil(count / TILE_ROWS);
  const scores = random.uniforms(count + records, 0, 1);
  // No candidates, and members that were picked before.
  for (let i = 1; i < count; i += 3) scores[i] = i % 2 ? MASKED : PICKED;
  const { scores: length } = pickLayout(d, 1, 1);
  const pick = random.uniforms(length + 2, 0.5, 1).fill(0, 0, 1);
  return {
    tensors: {
      tiles: {
        shape: [tiles, d, TILE_ROWS],
        dtype: half ? "f16" : "f32",
        data: random.normals(tiles * d * TILE_ROWS, 0.3),
      },
      wz: { shape: [2, d], data: random.normals(2 * d, 0.3 / Math.sqrt(d)) },
      weights: { shape: [rows], data: random.uniforms(rows, 0, 1) },
      picks: { shape: [2], dtype: "u32", data: [base, picked] },
      forms: { shape: [rows, 2], data: random.uniforms(2 * rows, 0.5, 1) },
      scores: { shape: [scores.length], data: scores },
      pick: { shape: [pick.length], data: pick },
    },
    params: { rows, base, count, step: 1, d },
    constants: { half, updates },
  } as const;
}

gpuTest("score-tiles: forms, scores and the best of each tile, both storages, any d", async () => {
  const random = new Random(4);
  // W and Z of more than 512 features are loaded in parts.
  for (const [rows, d] of [[1, 8], [300, 24], [259, 520], [512, 1032]] as const) {
    for (const half of [0, 1]) {
      const call = scoreCall(random, { rows, d, half });
      const { scores, pick } = await compareKernel(scoreTiles, call, tolerance);
      assert.equal(scores[0], PICKED);
      assert.ok(pick[0]! > 0, "the drift is measured");
      for (let tile = 0; tile * TILE_ROWS < rows; tile++) {
        const own = scores.slice(tile * TILE_ROWS, Math.min(rows, (tile + 1) * TILE_ROWS));
        const [score, place] = scores.slice(rows + RECORD * tile);
        assert.equal(score, Math.max(...own));
        assert.equal(place, own.indexOf(score!));
      }
    }
  }
});

gpuTest("score-tiles: a segment writes its own scores and records, and no others", async () => {
  const random = new Random(5);
  for (const { base, rows } of [{ base: 256, rows: 256 }, { base: 512, rows: 188 }]) {
    const call = scoreCall(random, { base, rows, count: 700, picked: 300 });
    const { scores } = await compareKernel(scoreTiles, call, tolerance);
    const { data } = call.tensors.scores;
    const changed = Array.from(scores, (score, e) => score === data[e] ? -1 : e);
    const first = 700 + RECORD * base / TILE_ROWS;
    assert.ok(changed.every((e) => e < 700 ? e < base + rows : e >= first && e < first + RECORD));
  }
});

gpuTest("score-tiles: without updates only scores and records change", async () => {
  const random = new Random(6);
  const call = scoreCall(random, { updates: 0, picked: 3 });
  const { forms, scores } = await compareKernel(scoreTiles, call, tolerance);
  assert.deepEqual([...forms], [...call.tensors.forms.data]);
  assertClose([scores[3]!], [forms[7]! / (1 + forms[6]!)]);
});

gpuTest("score-tiles: what is picked becomes a member; nothing but masked samples", async () => {
  const random = new Random(7);
  const call = scoreCall(random, { rows: 40, picked: 6 });
  const [g, h] = call.tensors.forms.data.slice(12, 14);
  const { forms } = await compareKernel(scoreTiles, call, tolerance);
  assertClose(forms.slice(12, 14), [1 / (1 + g!), h! / (1 + g!) ** 2]);
  const none = scoreCall(random, { rows: 261, picked: 5000 });
  none.tensors.scores.data.fill(MASKED);
  const { scores } = await compareKernel(scoreTiles, none, tolerance);
  assert.ok(scores.subarray(0, 261).every((score) => score === MASKED));
  assert.deepEqual([scores[262], scores[262 + RECORD]], [0, 0]);
});
