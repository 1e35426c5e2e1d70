/**
 * TypiClust (Hacohen et al. 2022, "Active Learning on a Budget: Opposite Strategies Suit High and
 * Low Budgets"): the most typical sample of each of the largest clusters without labels. Needs no
 * head, and so can choose the first batch.
 *
 * @module
 */

import { Recording, type RecordingOptions } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { MOST_NEIGHBORS, neighborDistances } from "../../kernels/geometry/neighbor-distances.ts";
import { matmul } from "../../linalg/matmul.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import type { Pool } from "../../pool/pool.ts";
import { kMeans } from "../geometry/k-means.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import { squaredNorms } from "../geometry/squared-norms.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** The largest number of clusters, as in the published code. */
const MOST_CLUSTERS = 500;
/** The largest size of the products of the samples of a cluster, in bytes. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/**
 * Clusters the pool into `min(n_L + B, 500)` clusters by k-means. The clusters take turns, those
 * with the fewest labeled samples first and of these the largest first, until the batch is full.
 * Each contributes its most typical candidate: the one with the smallest mean squared distance to
 * its `min(20, size / 2)` nearest neighbors in the cluster.
 *
 * @throws {DeviceError} if a cluster does not fit in device memory
 */
export const typiclust: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "typiclust",
  summary: "The most typical sample of each of the largest clusters without labels",
  source:
    'Hacohen et al. 2022, "Active Learning on a Budget: Opposite Strategies Suit High and Low ' +
    'Budgets"',
  cost: "k-means over n x d into n_L + B clusters, at most 500, and the products within each " +
    "cluster",
  reads: [],
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool, budget, labeled, candidates, keyFor, recordingOptions } = request;
  const clusters = Math.min(labeled.length + budget, MOST_CLUSTERS, pool.rows);
  const { assignment } = await kMeans(pool, {
    ...recordingOptions,
    clusters,
    key: keyFor("clusters"),
  });
  const members = Array.from({ length: clusters }, (): number[] => []);
  assignment.forEach((cluster, index) => members[cluster]!.push(index));
  const used = new Float64Array(clusters);
  for (const index of labeled) used[assignment[index]!]!++;
  const open = new Set(candidates);
  const order = members.map((_, cluster) => cluster)
    .filter((cluster) => members[cluster]!.some((index) => open.has(index)))
    .sort((a, b) => used[a]! - used[b]! || members[b]!.length - members[a]!.length || a - b);
  const picks: number[] = [];
  const queues = new Map<number, number[]>();
  while (picks.length < budget) {
    const before = picks.length;
    for (const cluster of order) {
      if (picks.length === budget) break;
      let queue = queues.get(cluster);
      if (!queue) {
        const typical = await byTypicality(pool, members[cluster]!, recordingOptions);
        queues.set(cluster, queue = typical.filter((index) => open.has(index)));
      }
      const next = queue.shift();
      if (next !== undefined) picks.push(next);
    }
    // The candidates are used up.
    if (picks.length === before) break;
  }
  return { picks };
}

/** The samples of a cluster, the most typical first. */
async function byTypicality(
  pool: Pool,
  cluster: readonly number[],
  recordingOptions: RecordingOptions,
): Promise<number[]> {
  const count = cluster.length;
  const neighbors = Math.min(MOST_NEIGHBORS, Math.floor(count / 2));
  if (neighbors === 0) return [...cluster];
  const { device, stride } = pool;
  using rows = gather(pool, cluster);
  const blocks = [{ features: rows, base: 0, rows: count }];
  using norms = squaredNorms({ device, stride, rows: count, blocks });
  using means = device.tensor("distances to neighbors", [count]);
  const bytes = Math.min(SCRATCH_BYTES, device.limits.bindingBytes);
  const tile = Math.min(count, Math.max(1, Math.floor(bytes / (4 * count))));
  using products = device.tensor("products of samples", [tile, count]);
  const recording = new Recording(device, "typicality", Math.ceil(count / tile), recordingOptions);
  for (let first = 0; first < count; first += tile) {
    const m = Math.min(tile, count - first);
    matmul(device, {
      m,
      n: count,
      k: stride,
      a: { tensor: rows, offset: first * stride },
      b: { tensor: rows, transposed: true },
      c: { tensor: products },
    });
    device.run(neighborDistances, { y: products, norms, means }, {
      rows: m,
      first,
      count,
      neighbors,
    });
    await recording.step();
  }
  recording.end();
  const distances = await device.read(means);
  return cluster.map((index, at) => ({ index, distance: distances[at]! }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .map(({ index }) => index);
}

/** The features of some samples as working numbers, `[count, stride]`. */
function gather(pool: Pool, indices: readonly number[]): Tensor {
  const { device, stride } = pool;
  const count = indices.length;
  using order = device.tensor("samples of a cluster", [count], "u32", indices);
  const out = device.tensor("features of a cluster", [count, stride]);
  gatherNumbers(device, pool.blocks, order, out, { count, width: stride });
  return out;
}
