/**
 * The state of BAIT on the device while samples are added or removed one after another, and the
 * recorded step that updates it: five dispatches for a pool of one segment. docs/mathematics.md
 * derives the update.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor, Values } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { computeForms } from "./fisher/forms.ts";
import { computeMemberForms } from "./fisher/member-forms.ts";
import type { FisherFactors } from "./fisher/factors.ts";
import { MASKED, pickLayout } from "../../kernels/bait/pick.ts";
import { pickSample } from "../../kernels/bait/pick-sample.ts";
import { projectPick } from "../../kernels/bait/project-pick.ts";
import { updateMatrices } from "../../kernels/bait/update-matrices.ts";
import { updateScores } from "../../kernels/bait/update-scores.ts";
import { matmul } from "../../linalg/matmul.ts";

/** The matrices that several phases of a selection share. */
export interface Matrices {
  /** F `[D, D]`, the mean information of the samples of the pool. */
  readonly information: Tensor;
  /** M^-1 `[D, D]`. */
  readonly inverse: Tensor;
  /** P = M^-1 F M^-1 `[D, D]`. */
  readonly middle: Tensor;
}

/** The number of threads that share a sample, and of samples in a workgroup, of `update-scores`. */
export function scoreGeometry(rank: number): { lanes: number; samples: number } {
  if (rank === 1) return { lanes: 1, samples: 256 };
  if (rank === 2) return { lanes: 1, samples: 128 };
  if (rank <= 5) return { lanes: 8, samples: 16 };
  if (rank <= 10) return { lanes: 16, samples: 8 };
  if (rank <= 16) return { lanes: 32, samples: 4 };
  return { lanes: 64, samples: 1 };
}

/** The workgroup memory that `update-scores` needs for a rank, in bytes. */
export function scoreWorkgroupBytes(rank: number): number {
  const { lanes, samples } = scoreGeometry(rank);
  return 4 * samples * (3 * rank * rank + 2 * rank + lanes);
}

/** The number of threads that share the dot product of one class block in `project-pick`. */
function projectLanes(classes: number): number {
  if (classes === 1) return 64;
  return classes <= 128 ? 8 : 1;
}

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
  readonly #device: Device;
  readonly #count: number;
  readonly #scores: Tensor;
  readonly #wz: Tensor;
  readonly #y: Tensor;
  readonly #geometry: { lanes: number; samples: number };

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
    const { pool, rank, classes, D, segments } = factors;
    const device = this.#device = pool.device;
    const count = this.#count = pool.rows;
    this.#geometry = scoreGeometry(rank);
    const triangle = rank * (rank + 1) / 2;
    // If an allocation fails, the tensors before it are freed.
    using undo = new ResourceStack();
    this.forms = forms ??
      segments.map(({ rows }) => undo.use(device.tensor("forms", [rows, 2 * triangle])));
    forms?.forEach((tensor) => undo.use(tensor));
    const groups = Math.ceil(count / this.#geometry.samples);
    const scores = new Float64Array(count + groups);
    for (const index of excluded) scores[index] = MASKED;
    this.#scores = undo.use(device.tensor("scores", [count + groups], "real", scores));
    this.picks = undo.use(device.tensor("picks", [steps], "u32"));
    const layout = pickLayout(pool.stride, classes, rank);
    this.pick = undo.use(device.tensor("pick", [layout.scores + steps]));
    this.#wz = undo.use(device.tensor("W and Z", [2 * rank, D]));
    const most = Math.max(...segments.map(({ rows }) => rows));
    this.#y = undo.use(device.tensor("X [W | Z]", [most, 2 * rank * classes]));
    undo.move();
  }

  /** Reads the current scores of all samples, `[n]`. */
  async readScores(): Promise<Values> {
    return await this.#device.read(this.#scores, 0, this.#count);
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
   * Recomputes the forms from the matrices. Members keep their `I - G`: a recomputed one would be
   * the difference of nearly equal numbers, and adding samples only adds to it.
   */
  async refresh(step: () => Promise<void>): Promise<void> {
    const { inverse, middle, information } = this.matrices;
    if (this.adds) {
      await computeForms(this.factors, inverse, "G", this.forms, this.#scores, step);
      await computeForms(this.factors, middle, "H", this.forms, this.#scores, step);
    } else {
      await computeMemberForms(this.factors, inverse, information, this.forms, step);
    }
  }

  /** Records the scores of all samples from their forms. */
  score(): void {
    this.factors.segments.forEach((_, place) => this.#updateScores(place, 0, true));
  }

  /** Records one pick and the rank update after it; waits if a pool is streamed. */
  advance(step: number): void | Promise<void> {
    const { factors: { segments } } = this;
    return this.#device.streams?.best(this.#scores, this.#count).then((group) => {
      const sample = group * this.#geometry.samples;
      this.#record(step, [segments.findIndex(({ base, rows }) => sample < base + rows)]);
    }) ?? this.#record(step, segments.keys());
  }

  /** Records a pick from segments, by their places, of which one has it, and the rank update. */
  #record(step: number, places: Iterable<number>): void {
    const device = this.#device;
    const { matrices: { inverse, middle }, sigma } = this;
    const { pool: { stride: d }, classes, rank, D, segments } = this.factors;
    for (const place of places) {
      const segment = segments[place]!;
      const { features, probabilities, columns, weights, base, rows } = segment;
      device.run(
        pickSample,
        {
          scores: this.#scores,
          features,
          probabilities,
          columns,
          weights,
          forms: this.forms[place]!,
          pick: this.pick,
          picks: this.picks,
        },
        {
          count: this.#count,
          step,
          base,
          rows,
          xOffset: segment.offset * d,
          d,
          classes,
          sigma,
        },
        {
          half: features.dtype === "f16" ? 1 : 0,
          rank,
          groupSize: this.#geometry.samples,
        },
      );
    }
    const wz = this.#wz;
    device.run(projectPick, { inverse, middle, pick: this.pick, wz }, { D, d, sigma }, {
      rank,
      classes,
      lanes: projectLanes(classes),
    });
    device.run(updateMatrices, { wz, inverse, middle }, { D, rank, sigma });
    segments.forEach((segment, place) => {
      matmul(device, {
        m: segment.rows,
        n: 2 * rank * classes,
        k: d,
        a: { tensor: segment.features, offset: segment.offset * d },
        b: { tensor: wz, transposed: true },
        c: { tensor: this.#y },
      });
      this.#updateScores(place, step, false);
    });
  }

  /** Frees everything except the factors and the matrices. */
  dispose(): void {
    const owned = [...this.forms, this.#scores, this.picks, this.pick, this.#wz, this.#y];
    for (const tensor of owned) tensor.dispose();
  }

  #updateScores(place: number, step: number, scoreOnly: boolean): void {
    const { pool, classes, rank, segments } = this.factors;
    const { probabilities, columns, weights, base, rows } = segments[place]!;
    this.#device.run(
      updateScores,
      {
        y: this.#y,
        probabilities,
        columns,
        weights,
        picks: this.picks,
        forms: this.forms[place]!,
        scores: this.#scores,
        pick: this.pick,
      },
      { rows, base, count: this.#count, step, d: pool.stride, classes, sigma: this.sigma },
      { rank, ...this.#geometry, scoreOnly: scoreOnly ? 1 : 0 },
    );
  }
}
