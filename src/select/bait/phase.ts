/**
 * The state of BAIT on the device while samples are added or removed one after another. A pass of
 * one of two kinds updates it after every pick; docs/mathematics.md derives the update.
 *
 * @module
 */

import type { Tensor, Values } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { computeForms, type FormPart } from "./fisher/forms.ts";
import { computeRidgeForms, type Ridge } from "./fisher/ridge-forms.ts";
import type { FisherFactors } from "./fisher/factors.ts";
import { MASKED, pickLayout, RECORD, TILE_ROWS } from "../../kernels/bait/pick.ts";
import { tilesFit } from "./memory.ts";
import type { Matrices, PhaseState } from "./phase-state.ts";
import { advanceRows, scoreGeometry, scoreRows } from "./row-pass.ts";
import { advanceInTiles, scoreInTiles } from "./tile-pass.ts";

/**
 * One phase of a selection: `sigma` +1 adds the best sample at each step, -1 removes the least
 * useful.
 */
export class BaitPhase extends Resource {
  /** The picks in order, u32 `[steps]`: indices into the factors' pool. */
  readonly picks: Tensor;
  /**
   * The forms of each segment, `[rows, 2, r (r + 1) / 2]`: G of candidates or `I - G` of members,
   * and H.
   */
  readonly forms: readonly Tensor[];
  /**
   * The state of the current pick, starting with the drift; see `pickLayout` in
   * src/kernels/bait/pick.ts.
   */
  readonly pick: Tensor;
  readonly #state: PhaseState;
  readonly #tiled: boolean;

  /**
   * Allocates the state of a phase.
   *
   * @param factors the samples to pick from
   * @param matrices the matrices so far
   * @param sigma +1 to add samples, -1 to remove them
   * @param steps the number of picks
   * @param excluded the indices of samples that are no candidates
   * @param forms the forms of the samples if they are known; the phase takes ownership of them
   */
  constructor(
    readonly factors: FisherFactors,
    private readonly matrices: Matrices,
    private readonly sigma: 1 | -1,
    steps: number,
    excluded: Iterable<number>,
    forms?: readonly Tensor[],
  ) {
    super();
    const { pool: { device, rows: count, stride }, rank, classes, D, segments } = factors;
    const tiled = this.#tiled = sigma > 0 && rank * classes === 1 && tilesFit(factors);
    // If an allocation fails, the tensors before it are freed.
    using undo = new ResourceStack();
    this.forms = forms ??
      segments.map(({ rows }) => undo.use(device.tensor("forms", [rows, rank * (rank + 1)])));
    forms?.forEach((tensor) => undo.use(tensor));
    const behind = tiled
      ? RECORD * Math.ceil(count / TILE_ROWS)
      : Math.ceil(count / scoreGeometry(rank).samples);
    const masks = new Float64Array(count + behind);
    for (const index of excluded) masks[index] = MASKED;
    const scores = undo.use(device.tensor("scores", [masks.length], "real", masks));
    this.picks = undo.use(device.tensor("picks", [steps], "u32"));
    const { scores: header } = pickLayout(stride, classes, rank);
    this.pick = undo.use(device.tensor("pick", [header + steps]));
    const wz = undo.use(device.tensor("W and Z", [2 * rank, D]));
    const most = Math.max(...segments.map(({ rows }) => rows));
    const scratch = tiled ? [] : [undo.use(device.tensor("X [W | Z]", [most, 2 * rank * classes]))];
    const { picks, pick } = this;
    this.#state = { factors, matrices, sigma, forms: this.forms, scores, picks, pick, wz, scratch };
    undo.move();
  }

  /** Reads the current scores of all samples, `[n]`. */
  async readScores(): Promise<Values> {
    const { device, rows } = this.factors.pool;
    return await device.read(this.#state.scores, 0, rows);
  }

  /** Whether the phase adds samples, as opposed to removing them. */
  get adds(): boolean {
    return this.sigma > 0;
  }

  /** The offset of the scores of the picks in `pick`. */
  get scoresOffset(): number {
    const { pool, classes, rank } = this.factors;
    return pickLayout(pool.stride, classes, rank).scores;
  }

  /**
   * Recomputes the forms of candidates from the matrices.
   *
   * @param step called after each piece of work, to cut a recording into slices
   * @param parts which of the forms
   * @param ridge the terms of M, if it is so simple that G follows from them sooner
   */
  async refresh(
    step: () => Promise<void>,
    parts: readonly FormPart[] = ["G", "H"],
    ridge?: Ridge,
  ): Promise<void> {
    const { factors, forms, matrices: { inverse, middle } } = this;
    for (const part of parts) {
      if (part === "G" && ridge) await computeRidgeForms(factors, ridge, forms, step);
      else {
        const matrix = part === "G" ? inverse : middle;
        await computeForms(factors, matrix, part, forms, this.#state.scores, step);
      }
    }
  }

  /**
   * Makes candidates of picks again, whose forms are then to be recomputed.
   *
   * @param from the position of the first of these picks
   * @param to the number of picks so far
   */
  async takeBack(from: number, to: number): Promise<void> {
    const { device } = this.factors.pool;
    for (const index of await device.read(this.picks, from, to - from)) {
      device.write(this.#state.scores, [0], index);
    }
  }

  /** Records the scores of all samples from their forms. */
  score(): void {
    if (this.#tiled) scoreInTiles(this.#state);
    else scoreRows(this.#state);
  }

  /** Records one pick and the rank update after it; waits if a pool is streamed. */
  advance(step: number): void | Promise<void> {
    const { rank, segments, pool: { device, rows } } = this.factors;
    if (this.#tiled) return advanceInTiles(this.#state, step);
    return device.streams?.best(this.#state.scores, rows).then((group) => {
      const sample = group * scoreGeometry(rank).samples;
      const place = segments.findIndex(({ base, rows }) => sample < base + rows);
      advanceRows(this.#state, step, [place]);
    }) ?? advanceRows(this.#state, step, segments.keys());
  }

  /** Frees everything except the factors and the matrices. */
  dispose(): void {
    const { forms, scores, picks, pick, wz, scratch } = this.#state;
    for (const tensor of [...forms, scores, picks, pick, wz, ...scratch]) tensor.dispose();
  }
}
