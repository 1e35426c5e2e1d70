/**
 * Of many candidates a few that stand for the others: the last step of strategies that filter
 * first.
 *
 * @module
 */

import type { Pool } from "../../pool/pool.ts";
import { kMeans } from "./k-means.ts";
import type { SelectionRequest } from "../strategy/request.ts";

/** Squared distances of features of length 1 that are closer than about this count as equal. */
const RESOLUTION = 1e-4;

/**
 * Clusters samples by k-means on their features of length 1, and takes from each cluster the one
 * nearest to its center; clusters without samples are made up for by those nearest to their centers
 * among the rest. Ties go to the lowest index.
 *
 * @param pool the features of all samples
 * @param indices the samples, at least `count`
 * @param count how many to take, and the number of clusters
 * @param request the random words of the clusters, and how progress is reported
 * @returns `count` of the indices, by cluster
 */
export async function representatives(
  pool: Pool,
  indices: readonly number[],
  count: number,
  { keyFor, recordingOptions }: Pick<SelectionRequest, "keyFor" | "recordingOptions">,
): Promise<number[]> {
  const { device } = pool;
  using order = device.tensor("samples to cluster", [indices.length], "u32", indices);
  using gathered = pool.gather(order, indices.length);
  using normalized = gathered.normalized();
  const { assignment, distances } = await kMeans(normalized, {
    ...recordingOptions,
    clusters: count,
    key: keyFor("clusters"),
  });
  const nearest = indices.map((index, at) => ({
    index,
    cluster: assignment[at]!,
    // Both samples of a pair are as far from its mean: rounding must not decide which one is taken.
    distance: Math.round(distances[at]! / RESOLUTION),
  })).sort((a, b) => a.distance - b.distance || a.index - b.index);
  const chosen = new Map<number, number>();
  const rest: number[] = [];
  for (const { index, cluster } of nearest) {
    if (chosen.has(cluster)) rest.push(index);
    else chosen.set(cluster, index);
  }
  const picks = [...chosen].sort(([a], [b]) => a - b).map(([, index]) => index);
  return [...picks, ...rest.slice(0, count - picks.length)];
}
