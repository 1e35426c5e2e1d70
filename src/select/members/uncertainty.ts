/**
 * Uncertainty scores from class probabilities; a higher score is more uncertain (Settles 2009,
 * "Active Learning Literature Survey", section 3.1).
 *
 * @module
 */

import { temperRows } from "../../kernels/members/temper-rows.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { predictStatistics, statisticsSegments } from "../../pool/prediction-statistics.ts";

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
  const scores = new Float64Array(pool.rows);
  const seen = temperature === 1 ? predictor : tempered(predictor, temperature);
  for (const segment of statisticsSegments(pool, seen)) {
    using statistics = await predictStatistics(device, seen, segment);
    const values = await device.read(statistics);
    for (let i = 0; i < segment.rows; i++) {
      const at = 4 * i;
      scores[segment.base + i] = uncertainty === "entropy"
        ? values[at + 2]!
        : 1 - values[uncertainty === "margin" ? at + 1 : at]!;
    }
  }
  return scores;
}

/** The same predictions with logits that are divided by a temperature. */
function tempered(predictor: Predictor, temperature: number): Predictor {
  const { classes, independent = false } = predictor;
  const constants = { independent: Number(independent) };
  // Keep the power finite in float32.
  const power = Math.min(1 / temperature, LARGEST_POWER);
  return {
    classes,
    independent,
    async predict(device, segment) {
      const probabilities = await predictor.predict(device, segment);
      const { rows } = segment;
      device.run(temperRows, { probabilities }, { rows, classes, power }, constants);
      return probabilities;
    },
  };
}
