/**
 * Uncertainty scores of the head's probabilities, higher for more uncertain (Settles 2009,
 * "Active Learning Literature Survey", section 3.1).
 *
 * @module
 */

import { rowStatistics } from "../../kernels/pool/row-statistics.ts";
import { temperRows } from "../../kernels/members/temper-rows.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { predictableSegments } from "../../pool/probabilities.ts";

/** A temperature below its inverse leaves the most probable classes alone. */
const LARGEST_POWER = 1e30;

/** Which uncertainty: `1 - max p`, `1 - (p1 - p2)`, or `-sum p ln p`. */
export type Uncertainty = "least-confidence" | "margin" | "entropy";

/**
 * The uncertainty of every sample.
 *
 * @param pool the pool
 * @param predictor its class probabilities
 * @param uncertainty which one
 * @param temperature divides the logits first (Guo et al. 2017, "On Calibration of Modern Neural
 * Networks")
 * @returns `[n]`
 */
export async function uncertaintyScores(
  pool: Pool,
  predictor: Predictor,
  uncertainty: Uncertainty,
  temperature = 1,
): Promise<Float64Array> {
  const { device } = pool;
  const { classes } = predictor;
  const scores = new Float64Array(pool.rows);
  for (const segment of predictableSegments(pool, classes)) {
    const { rows, base } = segment;
    using probabilities = await predictor.predict(device, segment);
    if (temperature !== 1) {
      // The power is finite in float32, too.
      const power = Math.min(1 / temperature, LARGEST_POWER);
      device.run(temperRows, { probabilities }, { rows, classes, power });
    }
    using statistics = device.tensor("row statistics", [rows, 4]);
    device.run(rowStatistics, { probabilities, statistics }, { rows, classes });
    const values = await device.read(statistics);
    for (let i = 0; i < rows; i++) {
      const [top, margin, entropy] = values.subarray(4 * i, 4 * i + 3);
      scores[base + i] = uncertainty === "entropy"
        ? entropy!
        : 1 - (uncertainty === "margin" ? margin! : top!);
    }
  }
  return scores;
}
