/**
 * The steps of a phase that adds samples with factors of rank 1: three dispatches a pick for a pool
 * of one segment. The last one reads a copy of the features in tiles of TILE_ROWS samples, in which
 * neighboring threads read neighboring addresses, and does all that there is to do for a sample.
 *
 * @module
 */

import type { Tensor } from "../../device/tensor.ts";
import { Resource } from "../../disposal.ts";
import { RECORD, TILE_ROWS } from "../../kernels/bait/pick.ts";
import { projectBest } from "../../kernels/bait/project-best.ts";
import { scoreTiles } from "../../kernels/bait/score-tiles.ts";
import { tileRows } from "../../kernels/bait/tile-rows.ts";
import { updateMatrices } from "../../kernels/bait/update-matrices.ts";
import type { FactorSegment, FisherFactors } from "./fisher/factors.ts";
import type { Pass, PhaseState } from "./phase-state.ts";

/** How many numbers {@linkcode TilePass} keeps behind the scores: the best of each tile. */
export function tilePassNumbers({ pool }: FisherFactors): number {
  return RECORD * Math.ceil(pool.rows / TILE_ROWS);
}

/** The steps of a phase, with a copy of the features in tiles. */
export class TilePass extends Resource implements Pass {
  readonly #wz: Tensor;
  readonly #tiles: Tensor[] = [];

  /** Allocates W and Z; the copy is made when a first sample is picked. */
  constructor(private readonly state: PhaseState) {
    super();
    const { pool: { device }, D } = state.factors;
    this.#wz = device.tensor("W and Z", [2, D]);
  }

  /** See {@linkcode Pass.score}. */
  score(): void {
    this.state.factors.segments.forEach((_, place) => this.#scoreTiles(place, this.#wz, 0, 0));
  }

  /** See {@linkcode Pass.advance}. */
  advance(step: number): void {
    const { factors, matrices: { inverse, middle }, scores, picks, pick } = this.state;
    const { pool: { device, stride: d, rows: count }, segments } = factors;
    const wz = this.#wz;
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
      this.#tiles[place] ??= copyOf(segment, factors);
      this.#scoreTiles(place, this.#tiles[place], step, 1);
    });
  }

  /** Frees W and Z, and the copy. */
  dispose(): void {
    for (const tensor of [this.#wz, ...this.#tiles]) tensor.dispose();
  }

  #scoreTiles(place: number, tiles: Tensor, step: number, updates: 0 | 1): void {
    const { factors: { pool, segments }, forms, scores, picks, pick } = this.state;
    const segment = segments[place]!;
    const { weights, base, rows } = segment;
    pool.device.run(
      scoreTiles,
      { tiles, wz: this.#wz, weights, picks, forms: forms[place]!, scores, pick },
      { rows, base, count: pool.rows, step, d: pool.stride },
      { half: wordsOf(segment).half, updates },
    );
  }
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
