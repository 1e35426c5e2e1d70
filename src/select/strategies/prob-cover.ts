/**
 * ProbCover (Yehuda et al. 2022, "Active Learning Through a Covering Lens", algorithm 1): balls around the picks
 * that cover as many samples as possible.
 *
 * @module
 */

import { Recording } from "../../device/recording.ts";
import { nearestEnemies } from "../../kernels/strategies/nearest-enemies.ts";
import type { Pool } from "../../pool/pool.ts";
import { pickCovering } from "../geometry/coverage.ts";
import { kMeans } from "../geometry/k-means.ts";
import { sample } from "../../random/sample.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import { SampleProducts } from "../geometry/sample-products.ts";
import { squaredNorms } from "../geometry/squared-norms.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import type { ResolvedOptions } from "../strategy/options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** Of how many balls one may hold samples of several clusters: purity is 95 %, the paper's choice. */
const IMPURE_ONE_IN = 20;
/** Distances are good to about this, relatively. */
const MARGIN = 1e-5;
/** The most clusters where the number of classes is not known. */
const MOST_CLUSTERS = 500;
/** Samples that all others are compared with at a time. */
const BATCH = 256;
/** The square of a distance that no samples have. */
const FARTHEST = 1e36;

/** The options of {@linkcode probCover}. */
export const probCoverOptions = {
  /** The radius of the balls. */
  delta: {
    kind: "number",
    above: 0,
    fallback: "the largest with 95 % of the balls in one k-means cluster",
    help: "The radius of the balls, in units of the features",
  },
} as const;

/**
 * Picks the sample whose ball of radius `delta` (`|x - y| < delta`, of the features as they are) holds the most
 * unlabeled samples that no ball of a labeled sample or a pick holds; ties go to the lowest index. When all
 * are covered the rest of the batch is random. Distances are differences of float32 products: delta should not be
 * below a thousandth of the length of the features.
 */
export const probCover: StrategyFactory<typeof probCoverOptions> = /* @__PURE__ */ builtInStrategy({
  name: "prob-cover",
  summary: "Samples whose balls cover the most samples that are not covered yet",
  source: "Yehuda et al. 2022, algorithm 1",
  cost: "n^2 d once, lazily evaluated afterwards",
  reads: [],
  options: probCoverOptions,
  select: choose,
});

async function choose(
  request: SelectionRequest,
  options: ResolvedOptions<typeof probCoverOptions>,
): Promise<SelectedBatch> {
  const { pool, budget, candidates, keyFor } = request;
  const delta = options.delta ?? await pureRadius(request);
  const picks = await pickCovering(pool, request, {
    similarity: { shape: "ball", scale: Math.min(delta ** 2, FARTHEST) },
    phase: "prob-cover",
    above: 0,
  });
  const picked = new Set(picks);
  const rest = candidates.filter((index) => !picked.has(index));
  const random = sample(rest, budget - picks.length, keyFor("fill"));
  return { picks: [...picks, ...random] };
}

/**
 * The default of `delta`: of k-means into as many clusters as there are classes (two at least; `min(n_L + B, 500)`
 * where classes are not known) the largest radius at which 95 % of the balls hold samples of one cluster only.
 */
async function pureRadius(request: SelectionRequest): Promise<number> {
  const { pool, predictor, labels, labeled, budget, keyFor, recordingOptions } = request;
  const classes = predictor?.classes ?? (labels?.length ? new Set(labels).size : undefined);
  const wanted = classes ?? Math.min(labeled.length + budget, MOST_CLUSTERS);
  const clusters = Math.min(Math.max(2, wanted), pool.rows);
  const { assignment } = await kMeans(pool, {
    ...recordingOptions,
    clusters,
    key: keyFor("clusters"),
  });
  // A little less, so that rounding does not decide about the pair of samples that are just so far apart.
  return (1 - MARGIN) * radiusOfPurity(await enemyDistances(pool, assignment, recordingOptions));
}

/**
 * The largest radius at which 95 % of the open balls are pure, which a ball is while no sample of another cluster is
 * nearer than its radius: an order statistic of the distances to those samples.
 *
 * @param squares the squared distance of each sample to the nearest of another cluster, `[n]`
 */
export function radiusOfPurity(squares: ArrayLike<number>): number {
  const sorted = Float64Array.from(squares).sort();
  // With a single cluster every ball is pure, and one holds everything.
  return Math.sqrt(sorted[Math.floor(sorted.length / IMPURE_ONE_IN)]!);
}

/**
 * The squared distance of each sample to the nearest of another cluster, `[n]`; 1e36 where there is none.
 *
 * @param pool the features
 * @param assignment the cluster of each sample
 * @param recordingOptions how progress is reported and the work is stopped
 */
export async function enemyDistances(
  pool: Pool,
  assignment: Uint32Array,
  recordingOptions: SelectionRequest["recordingOptions"],
): Promise<ArrayLike<number>> {
  const { device, rows: n } = pool;
  using products = new SampleProducts(pool, Math.min(n, BATCH));
  using norms = squaredNorms(pool);
  using clusters = device.tensor("clusters", [n], "u32", assignment);
  using nearest = device.tensor("enemies", [n], "real", new Float64Array(n).fill(FARTHEST));
  using order = device.tensor(
    "all samples",
    [n],
    "u32",
    Uint32Array.from({ length: n }, (_, i) => i),
  );
  const { width } = products;
  const recording = new Recording(device, "radius", Math.ceil(n / width), recordingOptions);
  for (let first = 0; first < n; first += width) {
    const count = Math.min(width, n - first);
    products.record(order, first, count, (y, { rows, base }) => {
      const params = { rows, base, width, count, first };
      device.run(nearestEnemies, { y, norms, clusters, nearest }, params);
    });
    await recording.step();
  }
  recording.end();
  return await device.read(nearest);
}
