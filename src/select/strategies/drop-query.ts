/**
 * DropQuery (Gupte et al. 2024, "Revisiting Active Learning in the Era of Vision Foundation Models", algorithm 1):
 * samples whose class changes when features are dropped, and of those a few that stand for the others.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses among the samples whose class changes in at least 2 of 3 dropouts of 75 % of the features, or in one if
 * those are fewer than 25 B, or among all if even those are fewer than B: k-means of their features of length 1
 * into B clusters, and the nearest to each center.
 */
export const dropQuery: StrategyFactory<Record<never, never>> = /* @__PURE__ */ defineStrategy({
  name: "drop-query",
  summary: "Samples whose class changes when features are dropped, spread by k-means",
  source: "Gupte et al. 2024, algorithm 1",
  cost: "four passes with the head, then k-means of the changed samples",
  reads: ["head"],
  async select(request) {
    const { chooseDropQuery } = await import("../algorithms/drop-query.ts");
    return await chooseDropQuery(request);
  },
});
