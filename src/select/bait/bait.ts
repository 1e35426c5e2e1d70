/**
 * The strategy `bait`: BAIT (Ash et al. 2021, "Gone Fishing: Neural Active Learning with Fisher
 * Embeddings", algorithm 1) with the forms of the Fisher information of Huseljic et al. 2024, "Fast
 * Fishing".
 *
 * @module
 */

import type { ResolvedOptions } from "../strategy/options.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { baitOptions, topClassesOf } from "./options.ts";
import { runForm } from "./run-bait.ts";

export { baitOptions } from "./options.ts";

/**
 * Chooses the batch S that minimizes `trace(M_S^-1 F)`, the uncertainty about the weights of the
 * head, weighted by how much each direction of the weights matters for the pool. The forward pass
 * greedily picks `oversample` times the budget, and the backward pass drops the samples that
 * contribute least; the scores are exact at every pick. The default form is `binary` with a head or
 * class probabilities, `classes` if the classes are independent, and `regression` without. The form
 * `classes` is for hundreds and thousands of classes; bundles import its code with `classBlocks` of
 * `@creel/creel/bait`.
 *
 * The result has a report, see {@linkcode BaitReport}.
 *
 * @example Choose two samples by their features alone
 * ```ts
 * import { bait, select } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const { picks, bait: report } = await select({
 *   features: { data: Float32Array.of(1, 0, 0, 1, 0.9, 0.1, 3, 0), columns: 2 },
 *   strategy: bait({ fisher: "regression", lambda: 1 }),
 *   budget: 2,
 * });
 * assert.deepEqual(picks.toSorted(), [1, 3]);
 * assert.equal(report!.fisher, "regression");
 * ```
 *
 * @throws {DeviceError} if the form does not fit in device memory
 */
export const bait: StrategyFactory<typeof baitOptions> = /* @__PURE__ */ builtInStrategy({
  name: "bait",
  summary: "The batch that minimizes the uncertainty about the weights of the head",
  source: 'Ash et al. 2021, "Gone Fishing: Neural Active Learning with Fisher Embeddings", ' +
    'algorithm 1; Huseljic et al. 2024, "Fast Fishing: Approximating BAIT for Efficient and ' +
    'Scalable Deep Active Image Classification"',
  cost: "one pass over n x d for each pick with n d r K' operations (r = K' = 1 for binary); " +
    "n d q^2 / K for classes",
  reads: ["probabilities"],
  readsWith: ({ fisher }, headed) =>
    (fisher ?? (headed ? "binary" : "regression")) === "regression" ? [] : ["probabilities"],
  independent: ({ fisher }) => fisher === undefined || fisher === "classes",
  options: baitOptions,
  select: choose,
});

async function choose(
  request: SelectionRequest,
  options: ResolvedOptions<typeof baitOptions>,
): Promise<SelectedBatch> {
  const { pool, budget, labeled, excluded, predictor, recordingOptions } = request;
  const { weighting } = options;
  const byPredictions = predictor?.independent ? "classes" : "binary";
  const fisher = options.fisher ?? (predictor ? byPredictions : "regression");
  const topClasses = topClassesOf(fisher, options.topClasses);
  const problem = { fisher, topClasses, budget, labeled, excluded, predictor };
  const { picks, ...rest } = await runForm(pool, { ...recordingOptions, ...options, ...problem });
  const report = {
    fisher,
    ...((fisher === "exp" || fisher === "classes") && { topClasses }),
    weighting,
    ...rest,
  };
  return { picks, bait: report };
}
