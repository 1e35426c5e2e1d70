/**
 * Core-set selection, k-center greedy (Sener & Savarese 2018, "Active Learning for Convolutional Neural
 * Networks: A Core-Set Approach", algorithm 1): every pick is the candidate farthest from what is labeled
 * or picked.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** Chooses by k-center greedy; with nothing labeled the first pick is the candidate nearest the mean. */
export const coreset: StrategyFactory<Record<never, never>> = /* @__PURE__ */ defineStrategy({
  name: "coreset",
  summary: "Always the sample farthest from all that are labeled or picked (k-center greedy)",
  source: "Sener & Savarese 2018, algorithm 1",
  cost: "one pass over the features a pick, and one for each labeled sample",
  reads: [],
  async select(request) {
    const { chooseCoreset } = await import("../algorithms/coreset.ts");
    return await chooseCoreset(request);
  },
});
