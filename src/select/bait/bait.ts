/**
 * BAIT (Ash et al. 2021, "Gone Fishing: Neural Active Learning with Fisher Embeddings", algorithm
 * 1) as a strategy, with the Fisher forms of Huseljic et al. 2024 ("Fast Fishing").
 *
 * @module
 */

import type { ResolvedOptions } from "../strategy/options.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { baitOptions } from "./options.ts";
import { runBait } from "./run-bait.ts";

export { baitOptions } from "./options.ts";

/**
 * Chooses the batch that leaves the least uncertainty about the head's weights, weighted by how
 * much each direction matters to the pool: forward greedy with oversampling, then backward pruning,
 * to minimize `trace(M_S^-1 F)`. The scores are exact at every pick. With a head the form is
 * `binary` by default, and without one `regression`.
 */
export const bait: StrategyFactory<typeof baitOptions> = /* @__PURE__ */ builtInStrategy({
  name: "bait",
  summary: "The batch that leaves the least uncertainty about the head's weights",
  source: "Ash et al. 2021, algorithm 1; Huseljic et al. 2024",
  cost: "one pass over the features a pick, n d r K' (r = K' = 1 for binary)",
  reads: ["probabilities"],
  readsWith: ({ fisher }, headed) =>
    (fisher ?? (headed ? "binary" : "regression")) === "regression" ? [] : ["probabilities"],
  options: baitOptions,
  select: choose,
});

async function choose(
  request: SelectionRequest,
  options: ResolvedOptions<typeof baitOptions>,
): Promise<SelectedBatch> {
  const { pool, budget, labeled, excluded, predictor, recordingOptions } = request;
  const { topClasses, weighting } = options;
  const fisher = options.fisher ?? (predictor ? "binary" : "regression");
  const problem = { fisher, budget, labeled, excluded, predictor };
  const { picks, ...rest } = await runBait(pool, { ...recordingOptions, ...options, ...problem });
  const report = { fisher, ...(fisher === "exp" && { topClasses }), weighting, ...rest };
  return { picks, bait: report };
}
