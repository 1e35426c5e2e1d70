/**
 * Cluster-Margin (Citovsky et al. 2021, "Batch Active Learning at Scale", algorithm 2): of the samples with the
 * smallest margins, some of each cluster. The paper clusters by average linkage, which needs O(n^2) distances;
 * here it is k-means.
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

/** The samples of small margin for each one that is chosen: k_m of the paper's k_t. */
const OVERSAMPLE = 10;
/** By default one cluster for so many samples, */
const SAMPLES_PER_CLUSTER = 10;
/** but at most so many. */
const MOST_CLUSTERS = 500;

/** The options of {@linkcode clusterMargin}. */
export const clusterMarginOptions = {
  /** How many clusters k-means makes of the pool. */
  clusters: {
    kind: "integer",
    from: 1,
    fallback: "one for 10 samples, at most 500",
    help: "How many clusters k-means makes of the pool, at most as many as there are samples",
  },
  members,
  dropout,
} as const;

/**
 * Chooses among the `min(10 B, candidates)` with the smallest margins `p1 - p2`: in turns over their clusters, the one
 * that holds the fewest of them first, the smallest margin in each, until the batch is full. Ties go to the lowest
 * cluster and the lowest index.
 */
export const clusterMargin: StrategyFactory<typeof clusterMarginOptions> = /* @__PURE__ */
  builtInStrategy({
    name: "cluster-margin",
    summary: "The smallest margins, in turns over clusters of the features",
    source: "Citovsky et al. 2021, algorithm 2, with k-means for its linkage",
    cost: "k-means of the pool and one pass over the predictions",
    reads: ["probabilities"],
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
    const taken = queues.flatMap((queue) => queue.slice(turn, turn + 1));
    picks.push(...taken.slice(0, budget - picks.length));
  }
  return { picks };
}
