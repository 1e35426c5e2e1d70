/**
 * BAIT among the strategies: its defaults, and its report.
 *
 * @module
 */

import { bait } from "./run-bait.ts";
import type { SelectionRequest, Strategy } from "../request.ts";
import type { Selection } from "../strategy-options.ts";

/** BAIT; with a head it is `binary` by default, and without one `regression`. */
export const baitStrategy: Strategy = {
  // Without a head the factors say which forms need probabilities.
  needs: ({ fisher }, headed) => headed && fisher !== "regression" ? ["probabilities"] : [],
  run,
};

async function run(request: SelectionRequest): Promise<Selection> {
  const { pool, budget, labeled, excluded, predictor, watching, choices } = request;
  const { topClasses = 2, weighting = "reference", lambda, oversample, select, diagonal } = choices;
  const fisher = choices.fisher ?? (predictor ? "binary" : "regression");
  const { picks, ...rest } = await bait(pool, {
    ...watching,
    fisher,
    topClasses,
    lambda,
    weighting,
    oversample,
    select,
    diagonal,
    budget,
    labeled,
    excluded,
    predictor,
  });
  const report = { fisher, ...(fisher === "exp" && { topClasses }), weighting, ...rest };
  return { picks, bait: report };
}
