/**
 * TypiClust (Hacohen et al. 2022, "Active Learning on a Budget: Opposite Strategies Suit High and Low
 * Budgets"): the most typical sample of each of the largest clusters that hold no label yet. It needs no
 * head, and so can choose the first batch.
 *
 * @module
 */

import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/**
 * Chooses a batch: clusters into `min(n_L + B, 500)` by k-means; then, the clusters with the fewest labeled
 * samples first, of those the largest, one sample of each, in turns until the batch is full. Of a cluster
 * it is the candidate with the smallest mean squared distance to its `min(20, size / 2)` nearest in the
 * cluster (typicality is the inverse of that).
 *
 * @throws {DeviceError} if it does not fit on the device
 */
export const typiclust: StrategyFactory<Record<never, never>> = /* @__PURE__ */ defineStrategy({
  name: "typiclust",
  summary: "The most typical sample of each of the largest clusters that hold no label",
  source: "Hacohen et al. 2022",
  cost: "k-means of the pool into n_L + B clusters, at most 500",
  reads: [],
  async select(request) {
    const { chooseTypiclust } = await import("../algorithms/typiclust.ts");
    return await chooseTypiclust(request);
  },
});
