/**
 * Chooses a few samples that represent many candidates: the last step of strategies that filter the
 * candidates first.
 *
 * @module
 */

import type { Pool } from "../../pool/pool.ts";
import { kMeans } from "./k-means.ts";
import type { SelectionRequest } from "../strategy/request.ts";

/**
 * The resolution of squared distances of features of unit length; closer distances count as equal.
 */
const RESOLUTION = 1e-4;

/**
 * Clusters samples by k-means on their features of unit length, and returns from each cluster the
 * sample nearest to its center. Empty clusters are replaced by the samples nearest to their centers
 * among the rest. Ties go to the lowest index.
 *
 * @param pool the features of all samples, `[n, d]`
 * @param indices the samples to cluster, at least `count`
 * @param count the number of clusters and of samples to return
 * @param request the keys of random words, the abort signal and the progress callback
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
    // Both samples of a pair have the same distance to its mean, and rounding must not break the
    // tie.
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
