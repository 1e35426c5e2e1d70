/**
 * Cluster-Margin (Citovsky et al. 2021, "Batch Active Learning at Scale", algorithm 2): the samples
 * with the smallest margins, spread over clusters. The paper clusters by average linkage, which
 * needs O(n^2) distances; this implementation uses k-means.
 *
 * @module
 */

import { groupBy } from "../../grouping.ts";
import { kMeans } from "../geometry/k-means.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { dropout, members } from "../strategy/member-options.ts";
import type { ResolvedOptions } from "../strategy/options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { topOf } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";

/** The number of samples with small margins for each pick: k_m / k_t of the paper. */
const OVERSAMPLE = 10;
/** The number of samples for each cluster, by default. */
const SAMPLES_PER_CLUSTER = 10;
/** The largest default number of clusters. */
const MOST_CLUSTERS = 500;

/** The options of {@linkcode clusterMargin}. */
export const clusterMarginOptions = {
  /** The number of k-means clusters. */
  clusters: {
    kind: "integer",
    from: 1,
    fallback: "n / 10, at most 500",
    help: "The number of k-means clusters of the pool, at most n",
  },
  members,
  dropout,
} as const;

/**
 * Chooses among the `min(10 B, candidates)` samples with the smallest margins `p1 - p2`. Their
 * clusters take turns, the cluster with the fewest of these samples first, and each contributes its
 * sample with the smallest margin, until the batch is full. Ties go to the lowest cluster and the
 * lowest index.
 */
export const clusterMargin: StrategyFactory<typeof clusterMarginOptions> = /* @__PURE__ */
  builtInStrategy({
    name: "cluster-margin",
    summary: "Samples with small margins, taken in turns from clusters of the features",
    source: 'Citovsky et al. 2021, "Batch Active Learning at Scale", algorithm 2, with k-means ' +
      "instead of average linkage",
    cost: "k-means over n x d and one pass over n x K",
    reads: ["probabilities"],
    independent: true,
    options: clusterMarginOptions,
    select: choose,
  });

async function choose(
  request: SelectionRequest,
  options: ResolvedOptions<typeof clusterMarginOptions>,
): Promise<SelectedBatch> {
  const { pool, predictor, budget, candidates, keyFor, recordingOptions } = request;
  const {
    clusters = Math.min(Math.ceil(pool.rows / SAMPLES_PER_CLUSTER), MOST_CLUSTERS),
  } = options;
  const scores = await uncertaintyScores(pool, predictor!, "margin");
  const close = topOf(scores, candidates, OVERSAMPLE * budget);
  const { assignment } = await kMeans(pool, {
    ...recordingOptions,
    clusters: Math.min(clusters, pool.rows),
    key: keyFor("clusters"),
  });
  const members = groupBy(close, (index) => assignment[index]!);
  const queues = [...members].sort(([a, ofA], [b, ofB]) => ofA.length - ofB.length || a - b)
    .map(([, queue]) => queue);
  const picks: number[] = [];
  for (let turn = 0; picks.length < budget; turn++) {
    for (const queue of queues) {
      if (turn < queue.length && picks.length < budget) picks.push(queue[turn]!);
    }
  }
  return { picks };
}
