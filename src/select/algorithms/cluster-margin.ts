/**
 * Cluster-Margin (Citovsky et al. 2021, "Batch Active Learning at Scale", algorithm 2): of the samples with the
 * smallest margins, some of each cluster. The paper clusters by average linkage, which needs O(n^2) distances;
 * here it is k-means.
 *
 * @module
 */

import { kMeans } from "../geometry/k-means.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { Selection } from "../strategy/selection.ts";
import { topOf } from "../drivers/top.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";

/** The samples of small margin for each one that is chosen: k_m of the paper's k_t. */
const OVERSAMPLE = 10;
/** By default one cluster for so many samples, */
const SAMPLES_PER_CLUSTER = 10;
/** but at most so many. */
const MOST_CLUSTERS = 500;

/**
 * Chooses among the `min(10 B, candidates)` with the smallest margins `p1 - p2`: in turns over their clusters, the one
 * that holds the fewest of them first, the smallest margin in each, until the batch is full. Ties go to the lowest
 * cluster and the lowest index.
 */
export async function chooseClusterMargin(
  request: SelectionRequest,
  options: { readonly clusters: number | undefined },
): Promise<Selection> {
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
  const members = Map.groupBy(close, (index) => assignment[index]!);
  const queues = [...members].sort(([a, ofA], [b, ofB]) => ofA.length - ofB.length || a - b)
    .map(([, queue]) => queue);
  const picks: number[] = [];
  for (let turn = 0; picks.length < budget; turn++) {
    const taken = queues.flatMap((queue) => queue.slice(turn, turn + 1));
    picks.push(...taken.slice(0, budget - picks.length));
  }
  return { picks };
}
