/**
 * The textbook algorithm of BAIT, for comparison: after every pick the forms G and H of every
 * sample are recomputed from `M^-1` and `P = M^-1 F M^-1`, which takes `4 n d^2 K' (K' + 1) / 2`
 * operations for each pick. It uses the same device and kernels as Creel: the same arg-max, rank
 * update of the two matrices (as the published code does), matrix products and scores. In favor of
 * the textbook algorithm, only half of the symmetric class blocks are computed, and nothing is
 * inverted.
 *
 * @module
 */

import { defineKernel } from "../../src/device/kernel.ts";
import type { Tensor } from "../../src/device/tensor.ts";
import { computeForms } from "../../src/select/bait/fisher/forms.ts";
import { PICKED, pickLayout } from "../../src/kernels/bait/pick.ts";
import { pickSample } from "../../src/kernels/bait/pick-sample.ts";
import { projectPick } from "../../src/kernels/bait/project-pick.ts";
import { updateMatrices } from "../../src/kernels/bait/update-matrices.ts";
import { updateScores } from "../../src/kernels/bait/update-scores.ts";
import { scoreGeometry } from "../../src/select/bait/row-pass.ts";
import type { Start } from "./start.ts";

/** Removes the pick from the candidates; the update of Creel does this as well. */
const maskPick = defineKernel({
  name: "mask-pick",
  wgsl: `
    struct Params { step: u32 }
    @group(0) @binding(0) var<storage, read> picks: array<u32>;
    @group(0) @binding(1) var<storage, read_write> scores: array<f32>;
    @group(0) @binding(2) var<uniform> params: Params;
    @compute @workgroup_size(1)
    fn main() { scores[picks[params.step]] = -3.4e38; }`,
  bindings: { picks: "read", scores: "write" },
  params: { step: "u32" },
  constants: {},
  grid: () => [1],
  cpu({ picks, scores }, { step }) {
    scores[picks[step]!] = PICKED;
  },
});

/** The forward phase of the textbook algorithm. */
export class Textbook implements Disposable {
  /** The picks, u32 `[steps]`. */
  readonly picks: Tensor;
  readonly #forms: readonly Tensor[];
  readonly #scores: Tensor;
  readonly #pick: Tensor;
  readonly #wz: Tensor;
  readonly #geometry: { lanes: number; samples: number };

  /** Allocates the state for a number of picks. */
  constructor(private readonly start: Start, steps: number) {
    const { pool, rank, classes, D, segments } = start.factors;
    const { device } = pool;
    this.#geometry = scoreGeometry(rank);
    const triangle = rank * (rank + 1) / 2;
    this.#forms = segments.map(({ rows }) => device.tensor("forms", [rows, 2 * triangle]));
    const groups = Math.ceil(pool.rows / this.#geometry.samples);
    this.#scores = device.tensor("scores", [pool.rows + groups]);
    this.picks = device.tensor("picks", [steps], "u32");
    const layout = pickLayout(pool.stride, classes, rank);
    this.#pick = device.tensor("pick", [layout.scores + steps]);
    this.#wz = device.tensor("W and Z", [2 * rank, D]);
  }

  /** The operations of the matrix products of one pick. */
  get flops(): number {
    const { pool, classes } = this.start.factors;
    return 2 * 2 * pool.rows * pool.stride ** 2 * classes * (classes + 1) / 2;
  }

  /** Recomputes the forms and scores of all samples from the matrices. */
  async evaluate(): Promise<void> {
    const { factors, matrices: { inverse, middle } } = this.start;
    const { pool: { device, stride: d, rows: count }, classes, rank, segments } = factors;
    await computeForms(factors, inverse, "G", this.#forms, this.#scores, () => Promise.resolve());
    await computeForms(factors, middle, "H", this.#forms, this.#scores, () => Promise.resolve());
    segments.forEach(({ probabilities, columns, weights, base, rows }, place) => {
      device.run(
        updateScores,
        {
          y: this.#wz, // Not read.
          probabilities,
          columns,
          weights,
          picks: this.picks,
          forms: this.#forms[place]!,
          scores: this.#scores,
          pick: this.#pick,
        },
        { rows, base, count, step: 0, d, classes, sigma: 1 },
        { rank, ...this.#geometry, scoreOnly: 1 },
      );
    });
  }

  /** Makes one pick and recomputes the scores. */
  async advance(step: number): Promise<void> {
    const { factors, matrices: { inverse, middle } } = this.start;
    const { pool: { device, stride: d, rows: count }, classes, rank, D, segments } = factors;
    segments.forEach(({ features, offset, rows, base, ...factor }, place) => {
      const { probabilities, columns, weights } = factor;
      const state = { scores: this.#scores, forms: this.#forms[place]! };
      const out = { pick: this.#pick, picks: this.picks };
      device.run(
        pickSample,
        { ...state, ...out, features, probabilities, columns, weights },
        { count, step, base, rows, xOffset: offset * d, d, classes, sigma: 1 },
        { half: features.dtype === "f16" ? 1 : 0, rank, groupSize: this.#geometry.samples },
      );
    });
    const wz = this.#wz;
    const lanes = classes === 1 ? 64 : classes <= 128 ? 8 : 1;
    device.run(projectPick, { inverse, middle, pick: this.#pick, wz }, { D, d, sigma: 1 }, {
      rank,
      classes,
      lanes,
    });
    device.run(updateMatrices, { wz, inverse, middle }, { D, rank, sigma: 1 });
    device.run(maskPick, { picks: this.picks, scores: this.#scores }, { step });
    await this.evaluate();
  }

  /** Frees the tensors. */
  [Symbol.dispose](): void {
    const owned = [...this.#forms, this.#scores, this.picks, this.#pick, this.#wz];
    for (const tensor of owned) tensor[Symbol.dispose]();
  }
}
