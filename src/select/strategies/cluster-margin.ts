/**
 * Cluster-Margin (Citovsky et al. 2021, "Batch Active Learning at Scale", algorithm 2): of the samples with the
 * smallest margins, some of each cluster. The paper clusters by average linkage, which needs O(n^2) distances;
 * here it is k-means.
 *
 * @module
 */

import { MEMBER_OPTIONS } from "../strategy/member-options.ts";
import { defineStrategy, type StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode clusterMargin}. */
export const clusterMarginOptions = {
  /** How many clusters k-means makes of the pool. */
  clusters: {
    kind: "integer",
    from: 1,
    fallback: "one for 10 samples, at most 500",
    help: "How many clusters k-means makes of the pool, at most as many as there are samples",
  },
  ...MEMBER_OPTIONS,
} as const;

/**
 * Chooses among the `min(10 B, candidates)` with the smallest margins `p1 - p2`: in turns over their clusters, the one
 * that holds the fewest of them first, the smallest margin in each, until the batch is full. Ties go to the lowest
 * cluster and the lowest index.
 */
export const clusterMargin: StrategyFactory<typeof clusterMarginOptions> = /* @__PURE__ */
  defineStrategy({
    name: "cluster-margin",
    summary: "The smallest margins, in turns over clusters of the features",
    source: "Citovsky et al. 2021, algorithm 2, with k-means for its linkage",
    cost: "k-means of the pool and one pass over the predictions",
    reads: ["probabilities"],
    options: clusterMarginOptions,
    async select(request, options) {
      const { chooseClusterMargin } = await import("../algorithms/cluster-margin.ts");
      return await chooseClusterMargin(request, options);
    },
  });
