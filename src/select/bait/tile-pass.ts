/**
 * The steps of a phase that adds samples with factors of rank 1: three dispatches a pick for a pool
 * of one segment. The last one reads a copy of the features in tiles of TILE_ROWS samples, in which
 * neighboring threads read neighboring addresses, and does all that there is to do for a sample.
 *
 * @module
 */

import type { Tensor } from "../../device/tensor.ts";
import { TILE_ROWS } from "../../kernels/bait/pick.ts";
import { projectBest } from "../../kernels/bait/project-best.ts";
import { scoreTiles } from "../../kernels/bait/score-tiles.ts";
import { tileRows } from "../../kernels/bait/tile-rows.ts";
import { updateMatrices } from "../../kernels/bait/update-matrices.ts";
import type { FactorSegment, FisherFactors } from "./fisher/factors.ts";
import type { PhaseState } from "./phase-state.ts";

/** Records the scores of all samples from their forms. */
export function scoreInTiles(state: PhaseState): void {
  // Without updates the copy is not read, and need not be there.
  state.factors.segments.forEach((_, place) => runScoreTiles(state, place, state.wz, 0, 0));
}

/** Records the pick with the number `step` and the update of all samples after it. */
export function advanceInTiles(state: PhaseState, step: number): void {
  const { factors, matrices: { inverse, middle }, scores, picks, pick, wz, scratch } = state;
  const { pool: { device, stride: d, rows: count }, segments } = factors;
  for (const segment of segments) {
    const { features, base, rows, offset } = segment;
    device.run(
      projectBest,
      { scores, features, inverse, middle, pick, picks, wz },
      { count, step, base, rows, offset: offset * d, d },
      { half: wordsOf(segment).half },
    );
  }
  device.run(updateMatrices, { wz, inverse, middle }, { D: d, rank: 1, sigma: 1 });
  segments.forEach((segment, place) => {
    runScoreTiles(state, place, scratch[place] ??= copyOf(segment, factors), step, 1);
  });
}

function runScoreTiles(
  { factors: { pool, segments }, forms, scores, picks, pick, wz }: PhaseState,
  place: number,
  tiles: Tensor,
  step: number,
  updates: 0 | 1,
): void {
  const segment = segments[place]!;
  const { weights, base, rows } = segment;
  pool.device.run(
    scoreTiles,
    { tiles, wz, weights, picks, forms: forms[place]!, scores, pick },
    { rows, base, count: pool.rows, step, d: pool.stride },
    { half: wordsOf(segment).half, updates },
  );
}

/** Whether the features are half floats, and how many of them a 32-bit word has. */
function wordsOf({ features }: FactorSegment): { half: 0 | 1; perWord: 1 | 2 } {
  return features.dtype === "f16" ? { half: 1, perWord: 2 } : { half: 0, perWord: 1 };
}

/** Copies the features of a segment into tiles. */
function copyOf(segment: FactorSegment, { pool: { device, stride } }: FisherFactors): Tensor {
  const { features: x, rows, offset } = segment;
  const { perWord } = wordsOf(segment);
  const words = stride / perWord;
  const shape = [Math.ceil(rows / TILE_ROWS), words, TILE_ROWS * perWord];
  const tiles = device.tensor("features in tiles", shape, x.dtype);
  device.run(tileRows, { x, tiles }, { rows, words, offset: offset * words, perWord });
  return tiles;
}
