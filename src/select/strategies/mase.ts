/**
 * MASE, margin selection (Emam et al. 2021, "Active Learning at the ImageNet Scale"): the samples
 * nearest to a decision boundary of a linear head.
 *
 * @module
 */

import { Boundaries } from "../geometry/boundaries.ts";
import { nearestToBoundary } from "../geometry/settle-ties.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses the samples with the smallest distance to a decision boundary, `min over c != yhat of
 * (z_yhat - z_c) / |w_yhat - w_c|` for the predicted class yhat, logits z and class weights w. The
 * scores are the negative distances. Samples at nearly equal distances are measured in float64, so
 * that the order is the same on all devices, and ties go to the lowest index.
 *
 * Reads the weights of a linear head.
 */
export const mase: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "mase",
  summary: "Samples nearest to a decision boundary of a linear head",
  source: 'Emam et al. 2021, "Active Learning at the ImageNet Scale"',
  cost: "one pass over n x K",
  reads: ["weights"],
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool } = request;
  using boundaries = await Boundaries.from(request);
  using least = pool.device.tensor("distances to the boundary", [pool.rows]);
  for (const segment of boundaries.segments) boundaries.measure(segment, least);
  const { picks, distances } = await nearestToBoundary(request, await pool.device.read(least));
  return { picks, scores: distances.map((distance) => -distance) };
}
