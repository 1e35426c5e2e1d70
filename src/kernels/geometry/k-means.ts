/**
 * The kernels of k-means: seeding, and the two halves of a step of Lloyd's algorithm around a matrix
 * product each; and how close the samples of a cluster lie together.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import {
  centerDistances as centerDistancesWgsl,
  clusterMembers as clusterMembersWgsl,
  meanCenters as meanCentersWgsl,
  nearestCenters as nearestCentersWgsl,
  neighborDistances as neighborDistancesWgsl,
  ownCenterDistances as ownCenterDistancesWgsl,
} from "../../shaders.gen.ts";

/** The most neighbors of {@linkcode neighborDistances}. */
export const MOST_NEIGHBORS = 20;

/**
 * `nearest[base + i] = min(nearest[base + i], |x_i - center|^2)` and the cluster it comes from; cluster 0
 * starts afresh.
 */
export const centerDistances = defineKernel({
  name: "center-distances",
  wgsl: centerDistancesWgsl,
  bindings: { x: "read", center: "read", nearest: "write", assignment: "write" },
  params: { rows: "u32", base: "u32", d: "u32", xOffset: "u32", cluster: "u32" },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => linearGrid(Math.ceil(rows / (256 / lanes))),
  cpu({ x, center, nearest, assignment }, { rows, base, d, xOffset, cluster }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      const at = xOffset + i * d;
      for (let f = 0; f < d; f++) sum += (x[at + f]! - center[f]!) ** 2;
      const row = base + i;
      if (cluster === 0 || sum < nearest[row]!) {
        nearest[row] = sum;
        assignment[row] = cluster;
      }
    }
  },
});

/** `M[i, c] = [assignment[base + i] = c]`, `[rows, clusters]`. */
export const clusterMembers = defineKernel({
  name: "cluster-members",
  wgsl: clusterMembersWgsl,
  bindings: { assignment: "read", members: "write" },
  params: { rows: "u32", base: "u32", clusters: "u32" },
  constants: {},
  grid: ({ rows, clusters }) => linearGrid(Math.ceil(rows * clusters / 256)),
  cpu({ assignment, members }, { rows, base, clusters }) {
    for (let e = 0; e < rows * clusters; e++) {
      members[e] = assignment[base + Math.floor(e / clusters)] === e % clusters ? 1 : 0;
    }
  },
});

/** `C[:, c] = S[:, c] / count[c]` where there are members, and `norms[c] = |C[:, c]|^2`; `[d, clusters]`. */
export const meanCenters = defineKernel({
  name: "mean-centers",
  wgsl: meanCentersWgsl,
  bindings: { sums: "read", counts: "read", centers: "write", norms: "write" },
  params: { d: "u32", clusters: "u32" },
  constants: {},
  grid: ({ clusters }) => [Math.ceil(clusters / 64)],
  cpu({ sums, counts, centers, norms }, { d, clusters }) {
    for (let c = 0; c < clusters; c++) {
      if (counts[c] === 0) continue;
      let norm = 0;
      for (let f = 0; f < d; f++) {
        const value = sums[f * clusters + c]! / counts[c]!;
        centers[f * clusters + c] = value;
        norm += value * value;
      }
      norms[c] = norm;
    }
  },
});

/** `assignment[base + i] = argmin_c norms[c] - 2 Y[i, c]` with `Y = X C`, `[rows, clusters]`. */
export const nearestCenters = defineKernel({
  name: "nearest-centers",
  wgsl: nearestCentersWgsl,
  bindings: { y: "read", norms: "read", assignment: "write" },
  params: { rows: "u32", base: "u32", clusters: "u32" },
  constants: {},
  grid: ({ rows }) => linearGrid(Math.ceil(rows / 64)),
  cpu({ y, norms, assignment }, { rows, base, clusters }) {
    for (let i = 0; i < rows; i++) {
      let best = 0;
      let least = Infinity;
      for (let c = 0; c < clusters; c++) {
        const distance = norms[c]! - 2 * y[i * clusters + c]!;
        if (distance >= least) continue;
        least = distance;
        best = c;
      }
      assignment[base + i] = best;
    }
  },
});

/** `distances[base + i] = |x_i - C[:, assignment[base + i]]|^2`, X `[rows, d]` and C `[d, clusters]`. */
export const ownCenterDistances = defineKernel({
  name: "own-center-distances",
  wgsl: ownCenterDistancesWgsl,
  bindings: { x: "read", centers: "read", assignment: "read", distances: "write" },
  params: { rows: "u32", base: "u32", d: "u32", xOffset: "u32", clusters: "u32" },
  constants: { half: 0, lanes: 8 },
  grid: ({ rows }, { lanes }) => linearGrid(Math.ceil(rows / (256 / lanes))),
  cpu({ x, centers, assignment, distances }, { rows, base, d, xOffset, clusters }) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      const own = assignment[base + i]!;
      for (let f = 0; f < d; f++) {
        sum += (x[xOffset + i * d + f]! - centers[f * clusters + own]!) ** 2;
      }
      distances[base + i] = sum;
    }
  },
});

/**
 * `means[first + i]`: the mean squared distance of a row to its 1 .. 20 nearest among `count` rows, itself
 * left out, from `Y = X_tile X^T`, `[rows, count]`. There must be more rows than neighbors.
 */
export const neighborDistances = defineKernel({
  name: "neighbor-distances",
  wgsl: neighborDistancesWgsl,
  bindings: { y: "read", norms: "read", means: "write" },
  params: { rows: "u32", first: "u32", count: "u32", neighbors: "u32" },
  constants: {},
  grid: ({ rows }) => linearGrid(Math.ceil(rows / 64)),
  cpu({ y, norms, means }, { rows, first, count, neighbors }) {
    for (let i = 0; i < rows; i++) {
      const own = first + i;
      const nearest = new Float64Array(neighbors).fill(Infinity);
      for (let j = 0; j < count; j++) {
        if (j === own) continue;
        const value = Math.max(0, norms[own]! + norms[j]! - 2 * y[i * count + j]!);
        if (value >= nearest[neighbors - 1]!) continue;
        nearest[neighbors - 1] = value;
        nearest.sort();
      }
      const sum = nearest.reduce((total, value) => total + value, 0);
      means[own] = sum / neighbors;
    }
  },
});
