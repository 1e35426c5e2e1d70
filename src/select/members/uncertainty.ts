/**
 * Uncertainty scores from class probabilities; a higher score is more uncertain (Settles 2009,
 * "Active Learning Literature Survey", section 3.1).
 *
 * @module
 */

import { rowStatistics } from "../../kernels/pool/row-statistics.ts";
import { temperRows } from "../../kernels/members/temper-rows.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { predictableSegments } from "../../pool/probabilities.ts";

/** The largest power of probabilities: beyond it only the most probable classes are left. */
const LARGEST_POWER = 1e30;

/**
 * The measure of uncertainty: `1 - max p`, `1 - (p1 - p2)`, or `-sum p ln p` in nats. Independent
 * classes are each a choice of p and 1 - p, whose measures are averaged, maximized or summed over
 * the classes, in this order.
 */
export type Uncertainty = "least-confidence" | "margin" | "entropy";

/**
 * Computes the uncertainty of every sample.
 *
 * @param pool the pool
 * @param predictor its class probabilities
 * @param uncertainty the measure
 * @param temperature divides the logits first (Guo et al. 2017, "On Calibration of Modern Neural
 * Networks")
 * @returns the scores, `[n]`
 */
export async function uncertaintyScores(
  pool: Pool,
  predictor: Predictor,
  uncertainty: Uncertainty,
  temperature = 1,
): Promise<Float64Array> {
  const { device } = pool;
  const { classes } = predictor;
  const constants = { independent: Number(predictor.independent ?? false) };
  const scores = new Float64Array(pool.rows);
  for (const segment of predictableSegments(pool, classes)) {
    const { rows, base } = segment;
    using probabilities = await predictor.predict(device, segment);
    if (temperature !== 1) {
      // Keep the power finite in float32.
      const power = Math.min(1 / temperature, LARGEST_POWER);
      device.run(temperRows, { probabilities }, { rows, classes, power }, constants);
    }
    using statistics = device.tensor("row statistics", [rows, 4]);
    device.run(rowStatistics, { probabilities, statistics }, { rows, classes }, constants);
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
