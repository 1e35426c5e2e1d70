/**
 * The steps of a phase for factors of any rank: five dispatches a pick for a pool of one segment.
 * The last two are a product with X, and the update of the scores from it.
 *
 * @module
 */

import type { Tensor } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { pickSample } from "../../kernels/bait/pick-sample.ts";
import { projectPick } from "../../kernels/bait/project-pick.ts";
import { updateMatrices } from "../../kernels/bait/update-matrices.ts";
import { updateScores } from "../../kernels/bait/update-scores.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { FisherFactors } from "./fisher/factors.ts";
import type { Pass, PhaseState } from "./phase-state.ts";

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

/** How many numbers {@linkcode RowPass} keeps behind the scores: the maxima of groups. */
export function rowPassNumbers({ pool, rank }: FisherFactors): number {
  return Math.ceil(pool.rows / scoreGeometry(rank).samples);
}

/** The steps of a phase, with the features as the pool has them. */
export class RowPass extends Resource implements Pass {
  readonly #wz: Tensor;
  readonly #y: Tensor;

  /** Allocates what the steps need besides the state of the phase. */
  constructor(private readonly state: PhaseState) {
    super();
    const { pool: { device }, rank, classes, D, segments } = state.factors;
    using undo = new ResourceStack();
    this.#wz = undo.use(device.tensor("W and Z", [2 * rank, D]));
    const most = Math.max(...segments.map(({ rows }) => rows));
    this.#y = undo.use(device.tensor("X [W | Z]", [most, 2 * rank * classes]));
    undo.move();
  }

  /** See {@linkcode Pass.score}. */
  score(): void {
    this.state.factors.segments.forEach((_, place) => this.#updateScores(place, 0, true));
  }

  /** See {@linkcode Pass.advance}. */
  advance(step: number): void {
    const { factors, matrices: { inverse, middle }, sigma, forms, ...state } = this.state;
    const { pool: { device, stride: d, rows: count }, classes, rank, D, segments } = factors;
    const { scores, picks, pick } = state;
    segments.forEach(({ features, probabilities, columns, weights, base, rows, offset }, place) => {
      const factor = { features, probabilities, columns, weights };
      device.run(
        pickSample,
        { scores, ...factor, forms: forms[place]!, pick, picks },
        { count, step, base, rows, xOffset: offset * d, d, classes, sigma },
        {
          half: features.dtype === "f16" ? 1 : 0,
          rank,
          groupSize: scoreGeometry(rank).samples,
        },
      );
    });
    const wz = this.#wz;
    device.run(projectPick, { inverse, middle, pick, wz }, { D, d, sigma }, {
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

  /** Frees what the steps needed besides the state of the phase. */
  dispose(): void {
    this.#wz.dispose();
    this.#y.dispose();
  }

  #updateScores(place: number, step: number, scoreOnly: boolean): void {
    const { factors: { pool, classes, rank, segments }, sigma, forms, ...state } = this.state;
    const { probabilities, columns, weights, base, rows } = segments[place]!;
    const { scores, picks, pick } = state;
    const factor = { probabilities, columns, weights };
    pool.device.run(
      updateScores,
      { y: this.#y, ...factor, picks, forms: forms[place]!, scores, pick },
      { rows, base, count: pool.rows, step, d: pool.stride, classes, sigma },
      { rank, ...scoreGeometry(rank), scoreOnly: scoreOnly ? 1 : 0 },
    );
  }
}
