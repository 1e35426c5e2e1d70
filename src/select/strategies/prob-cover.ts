/**
 * ProbCover (Yehuda et al. 2022, "Active Learning Through a Covering Lens", algorithm 1): samples
 * whose balls cover as many other samples as possible.
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

/**
 * One in this many balls may hold samples of several clusters: a purity of 95 %, as in the paper.
 */
const IMPURE_ONE_IN = 20;
/** The relative rounding error of distances. */
const MARGIN = 1e-5;
/** The largest number of clusters if the number of classes is unknown. */
const MOST_CLUSTERS = 500;
/** The number of samples that are compared with all others at a time. */
const BATCH = 256;
/** A square of a distance that is larger than that of any two samples. */
const FARTHEST = 1e36;

/** The options of {@linkcode probCover}. */
export const probCoverOptions = {
  /** The radius of the balls. */
  delta: {
    kind: "number",
    above: 0,
    fallback: "the largest for which 95 % of the balls lie within one k-means cluster",
    help: "The radius of the balls, in the unit of the features",
  },
} as const;

/**
 * Repeatedly picks the sample whose ball of radius `delta` (`|x - y| < delta`, with the features as
 * they are) holds the most unlabeled samples that are not in a ball of a labeled or picked sample;
 * ties go to the lowest index. When all samples are covered, the rest of the batch is random.
 * Distances are differences of float32 products, so delta should not be below a thousandth of the
 * length of the features. Needs no head.
 */
export const probCover: StrategyFactory<typeof probCoverOptions> = /* @__PURE__ */ builtInStrategy({
  name: "prob-cover",
  summary: "Samples whose balls cover the most samples that are not covered yet",
  source: 'Yehuda et al. 2022, "Active Learning Through a Covering Lens", algorithm 1',
  cost: "n^2 d operations for the first pick, then passes over n x d for the gains that are " +
    "evaluated again",
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
 * The default of `delta`: the largest radius at which 95 % of the balls hold samples of one k-means
 * cluster only. The number of clusters is the number of classes, at least two, or `min(n_L + B,
 * 500)` if the classes are unknown.
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
  // Slightly less, so that rounding does not decide about the pair of samples at this distance.
  return (1 - MARGIN) * radiusOfPurity(await enemyDistances(pool, assignment, recordingOptions));
}

/**
 * The largest radius at which 95 % of the open balls are pure: a ball is pure while no sample of
 * another cluster is nearer than its radius, so this is an order statistic of the distances to
 * those samples.
 *
 * @param squares the squared distance of each sample to the nearest sample of another cluster,
 * `[n]`
 */
export function radiusOfPurity(squares: ArrayLike<number>): number {
  const sorted = Float64Array.from(squares).sort();
  // With a single cluster every ball is pure, whatever its radius.
  return Math.sqrt(sorted[Math.floor(sorted.length / IMPURE_ONE_IN)]!);
}

/**
 * Computes the squared distance of each sample to the nearest sample of another cluster.
 *
 * @param pool the features
 * @param assignment the cluster of each sample, `[n]`
 * @param recordingOptions the abort signal and the progress callback
 * @returns `[n]`; 1e36 if there is a single cluster
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
