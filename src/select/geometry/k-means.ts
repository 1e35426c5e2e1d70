/**
 * k-means on the device: k-means++ seeding (Arthur & Vassilvitskii 2007, "k-means++: The Advantages
 * of Careful Seeding") and the algorithm of Lloyd, each half of which is one matrix product. Only
 * the assignments are read back, once for each iteration.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { Recording, type RecordingOptions } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { Resource } from "../../disposal.ts";
import { InputError } from "../../errors.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { clusterMembers } from "../../kernels/geometry/cluster-members.ts";
import { meanCenters } from "../../kernels/geometry/mean-centers.ts";
import { nearestCenters } from "../../kernels/geometry/nearest-centers.ts";
import { ownCenterDistances } from "../../kernels/geometry/own-center-distances.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { Pool, Segment } from "../../pool/pool.ts";
import { rowLanes } from "../../pool/row-lanes.ts";
import { CenterSpace } from "./center-space.ts";
import { pickApart } from "../drivers/pick-apart.ts";
import { Picker } from "../drivers/picker.ts";

/** The options of {@linkcode kMeans}. */
export interface KMeansOptions extends RecordingOptions {
  /** k, the number of clusters: a whole number from 1 to n. */
  readonly clusters: number;
  /**
   * The key of a stream of random words: the same key gives the same clusters on the same device.
   */
  readonly key: number;
  /** The largest number of iterations of the algorithm of Lloyd. Default: 50. */
  readonly maxIterations?: number | undefined;
}

/** The clusters of a pool. */
export interface KMeansResult {
  /** The cluster of each sample, `[n]`. A cluster may be empty. */
  readonly assignment: Uint32Array;
  /** The squared distance of each sample to the mean of its cluster, `[n]`. */
  readonly distances: ArrayLike<number>;
  /** The number of iterations of the algorithm of Lloyd. */
  readonly iterations: number;
  /** Whether the last iteration changed no assignment. */
  readonly converged: boolean;
}

/** The largest size of the products of samples and centers, in bytes. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/**
 * Clusters a pool by k-means.
 *
 * @param pool the features, `[n, d]`
 * @param options the number of clusters and the key of the random words
 * @throws {InputError} if `clusters` or `maxIterations` is out of its range
 * @throws {DeviceError} if the tensors do not fit in device memory
 */
export async function kMeans(pool: Pool, options: KMeansOptions): Promise<KMeansResult> {
  const { device, rows } = pool;
  const { clusters, maxIterations = 50 } = options;
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > rows) {
    throw new InputError(`Cannot make ${clusters} clusters of ${rows} samples`);
  }
  if (!Number.isInteger(maxIterations) || maxIterations < 0) {
    throw new InputError(`The most iterations must be a whole number: found ${maxIterations}`);
  }
  using assignment = device.tensor("clusters", [rows], "u32");
  await seedClusters(pool, assignment, options);
  using lloyd = new Lloyd(pool, assignment, clusters);
  const recording = new Recording(device, "clusters", maxIterations, options);
  let found = await device.read(assignment) as Uint32Array;
  let iterations = 0;
  let converged = clusters === 1;
  while (!converged && iterations < maxIterations) {
    lloyd.step(found);
    await recording.step();
    iterations++;
    const next = await device.read(assignment) as Uint32Array;
    converged = next.every((cluster, i) => cluster === found[i]);
    found = next;
  }
  recording.end();
  return { assignment: found, distances: await lloyd.distances(found), iterations, converged };
}

/**
 * k-means++ seeding: every next center is drawn in proportion to the squared distance to the
 * nearest center so far.
 */
async function seedClusters(
  pool: Pool,
  assignment: Tensor,
  { clusters, key, ...recordingOptions }: KMeansOptions,
): Promise<void> {
  const { device, rows } = pool;
  const all = Array.from({ length: rows }, (_, i) => i);
  using picker = new Picker(device, rows, all, clusters);
  picker.set(counterHash(0, key) % rows, 0);
  using space = new CenterSpace(pool, assignment);
  const draw = { key, gamma: 1, from: 0 };
  const options = { ...recordingOptions, fixed: 1, total: clusters, draw };
  await pickApart(device, space, picker, "seeding", options);
}

/** The iterations of the algorithm of Lloyd. */
class Lloyd extends Resource {
  readonly #device: Device;
  readonly #segments: readonly Segment[];
  readonly #tensors: Record<"products" | "sums" | "centers" | "counts" | "norms", Tensor>;

  constructor(
    private readonly pool: Pool,
    private readonly assignment: Tensor,
    private readonly clusters: number,
  ) {
    super();
    const { device, stride } = pool;
    this.#device = device;
    const bytes = Math.min(SCRATCH_BYTES, device.limits.bindingBytes);
    this.#segments = pool.segments(Math.floor(bytes / (4 * clusters)));
    const most = Math.max(...this.#segments.map(({ rows }) => rows));
    const made: Tensor[] = [];
    const tensor = (label: string, shape: number[]) => {
      const tensor = device.tensor(label, shape);
      made.push(tensor);
      return tensor;
    };
    try {
      this.#tensors = {
        products: tensor("samples by clusters", [most, clusters]),
        sums: tensor("sums of clusters", [stride, clusters]),
        centers: tensor("centers", [stride, clusters]),
        counts: tensor("samples of clusters", [clusters]),
        norms: tensor("norms of centers", [clusters]),
      };
    } catch (error) {
      for (const tensor of made) tensor.dispose();
      throw error;
    }
  }

  /**
   * Records one iteration: the means of the current clusters, then the nearest mean of each sample.
   */
  step(found: Uint32Array): void {
    const { clusters, assignment, pool: { stride } } = this;
    const device = this.#device;
    const { products, centers, norms } = this.#tensors;
    this.#means(found);
    for (const { features, offset, rows, base } of this.#segments) {
      matmul(device, {
        m: rows,
        n: clusters,
        k: stride,
        a: { tensor: features, offset: offset * stride },
        b: { tensor: centers },
        c: { tensor: products },
      });
      device.run(nearestCenters, { y: products, norms, assignment }, { rows, base, clusters });
    }
  }

  /** The squared distance of each sample to the mean of its current cluster. */
  async distances(found: Uint32Array): Promise<ArrayLike<number>> {
    const { clusters, assignment, pool: { stride: d } } = this;
    const device = this.#device;
    const { centers } = this.#tensors;
    this.#means(found);
    using distances = device.tensor("distances to own centers", [found.length]);
    for (const { features: x, offset, rows, base } of this.#segments) {
      const params = { rows, base, d, xOffset: offset * d, clusters };
      const constants = rowLanes(x, d);
      device.run(ownCenterDistances, { x, centers, assignment, distances }, params, constants);
    }
    return await device.read(distances);
  }

  /** Records the means of the current clusters. */
  #means(found: Uint32Array): void {
    const { clusters, assignment, pool: { stride } } = this;
    const device = this.#device;
    const { products, sums, centers, counts, norms } = this.#tensors;
    this.#segments.forEach((segment, place) => {
      const { features, offset, rows, base } = segment;
      device.run(clusterMembers, { assignment, members: products }, { rows, base, clusters });
      // The features are the left operand, which may be half floats.
      matmul(device, {
        m: stride,
        n: clusters,
        k: rows,
        a: { tensor: features, offset: offset * stride, ld: stride, transposed: true },
        b: { tensor: products },
        c: { tensor: sums },
        beta: place > 0 ? 1 : 0,
      });
    });
    const sizes = new Float64Array(clusters);
    for (const cluster of found) sizes[cluster]!++;
    device.write(counts, sizes);
    device.run(meanCenters, { sums, counts, centers, norms }, { d: stride, clusters });
  }

  dispose(): void {
    for (const tensor of Object.values(this.#tensors)) tensor.dispose();
  }
}
