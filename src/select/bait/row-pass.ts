/**
 * The steps of a phase for factors of any rank: five dispatches a pick for a pool of one segment.
 * The last two are a product with X, and the update of the scores from it.
 *
 * @module
 */

import { pickSample } from "../../kernels/bait/pick-sample.ts";
import { projectPick } from "../../kernels/bait/project-pick.ts";
import { updateMatrices } from "../../kernels/bait/update-matrices.ts";
import { updateScores } from "../../kernels/bait/update-scores.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { PhaseState } from "./phase-state.ts";

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

/** Records the scores of all samples from their forms. */
export function scoreRows(state: PhaseState): void {
  state.factors.segments.forEach((_, place) => runUpdateScores(state, place, 0, 1));
}

/**
 * Records the pick with the number `step` and the update of all samples after it.
 *
 * @param places the segments of which one has the pick
 */
export function advanceRows(state: PhaseState, step: number, places: Iterable<number>): void {
  const { factors, matrices: { inverse, middle }, sigma, forms, scores, picks, pick, wz } = state;
  const { pool: { device, stride: d, rows: count }, classes, rank, D, segments } = factors;
  for (const place of places) {
    const segment = segments[place]!;
    const { features, probabilities, columns, weights, base, rows, offset } = segment;
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
  }
  device.run(projectPick, { inverse, middle, pick, wz }, { D, d, sigma }, {
    rank,
    classes,
    lanes: projectLanes(classes),
  });
  device.run(updateMatrices, { wz, inverse, middle }, { D, rank, sigma });
  segments.forEach(({ features, offset, rows }, place) => {
    matmul(device, {
      m: rows,
      n: 2 * rank * classes,
      k: d,
      a: { tensor: features, offset: offset * d },
      b: { tensor: wz, transposed: true },
      c: { tensor: state.scratch[0]! },
    });
    runUpdateScores(state, place, step, 0);
  });
}

function runUpdateScores(state: PhaseState, place: number, step: number, scoreOnly: 0 | 1): void {
  const { factors: { pool, classes, rank, segments }, sigma, forms, scores, picks, pick } = state;
  const { probabilities, columns, weights, base, rows } = segments[place]!;
  const factor = { probabilities, columns, weights };
  pool.device.run(
    updateScores,
    { y: state.scratch[0]!, ...factor, picks, forms: forms[place]!, scores, pick },
    { rows, base, count: pool.rows, step, d: pool.stride, classes, sigma },
    { rank, ...scoreGeometry(rank), scoreOnly },
  );
}
