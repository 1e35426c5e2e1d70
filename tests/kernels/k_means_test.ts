/** The kernels of k-means against their twins. */

import assert from "node:assert/strict";
import { centerDistances } from "../../src/kernels/geometry/center-distances.ts";
import { clusterMembers } from "../../src/kernels/geometry/cluster-members.ts";
import { meanCenters } from "../../src/kernels/geometry/mean-centers.ts";
import { nearestCenters } from "../../src/kernels/geometry/nearest-centers.ts";
import { neighborDistances } from "../../src/kernels/geometry/neighbor-distances.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("center-distances: distances to the nearest centers, as the twin", async () => {
  const random = new Random(11);
  for (const [rows, base, total, d, half, lanes] of [[37, 5, 50, 24, 0, 8], [70, 0, 70, 8, 1, 2]]) {
    for (const cluster of [0, 3]) {
      const { nearest } = await compareKernel(centerDistances, {
        tensors: {
          x: {
            shape: [rows! + 1, d!],
            dtype: half ? "f16" : "f32",
            data: random.normals((rows! + 1) * d!),
          },
          center: { shape: [d!], data: random.normals(d!) },
          nearest: { shape: [total!], data: random.uniforms(total!, 0, 3 * d!) },
          assignment: { shape: [total!], dtype: "u32", data: new Uint32Array(total!).fill(9) },
        },
        params: { rows: rows!, base: base!, d: d!, xOffset: d!, cluster },
        constants: { half: half!, lanes: lanes! },
      }, { relative: 1e-4, absolute: 1e-5 });
      assert.ok(nearest.every((distance) => distance >= 0));
    }
  }
});

gpuTest("cluster-members: a row for each sample with a single 1, as the twin", async () => {
  const random = new Random(12);
  const [rows, base, clusters] = [301, 7, 5];
  const { members } = await compareKernel(clusterMembers, {
    tensors: {
      assignment: {
        shape: [base + rows],
        dtype: "u32",
        data: Uint32Array.from({ length: base + rows }, () => random.integer(clusters)),
      },
      members: { shape: [rows, clusters], data: random.uniforms(rows * clusters) },
    },
    params: { rows, base, clusters },
  });
  assert.equal(Array.from(members).filter((member) => member === 1).length, rows);
});

gpuTest(
  "mean-centers: means of those with members, the others as they were, as the twin",
  async () => {
    const random = new Random(13);
    const [d, clusters] = [16, 67];
    await compareKernel(meanCenters, {
      tensors: {
        sums: { shape: [d, clusters], data: random.normals(d * clusters, 5) },
        counts: {
          shape: [clusters],
          data: Float32Array.from({ length: clusters }, () => random.integer(4)),
        },
        centers: { shape: [d, clusters], data: random.normals(d * clusters) },
        norms: { shape: [clusters], data: random.uniforms(clusters) },
      },
      params: { d, clusters },
    });
  },
);

gpuTest("nearest-centers: the least distance, of equal ones the lowest, as the twin", async () => {
  const random = new Random(14);
  const [rows, base, clusters] = [131, 3, 6];
  const y = random.normals(rows * clusters);
  const norms = random.uniforms(clusters, 0, 2);
  norms[5] = norms[4]!;
  for (let i = 0; i < rows; i++) y[i * clusters + 5] = y[i * clusters + 4]!;
  const { assignment } = await compareKernel(nearestCenters, {
    tensors: {
      y: { shape: [rows, clusters], data: y },
      norms: { shape: [clusters], data: norms },
      assignment: { shape: [base + rows], dtype: "u32" },
    },
    params: { rows, base, clusters },
  });
  assert.ok(assignment.includes(4) && !assignment.includes(5));
});

gpuTest("neighbor-distances: means over the nearest, as the twin", async () => {
  const random = new Random(15);
  for (const [count, rows, first, neighbors] of [[70, 67, 2, 20], [9, 4, 5, 3], [2, 2, 0, 1]]) {
    const x = random.normals(count! * 3);
    const dot = (i: number, j: number) =>
      [0, 1, 2].reduce((sum, f) => sum + x[3 * i + f]! * x[3 * j + f]!, 0);
    const norms = Float32Array.from({ length: count! }, (_, i) => dot(i, i));
    const y = Float32Array.from(
      { length: rows! * count! },
      (_, e) => dot(first! + Math.floor(e / count!), e % count!),
    );
    await compareKernel(neighborDistances, {
      tensors: {
        y: { shape: [rows!, count!], data: y },
        norms: { shape: [count!], data: norms },
        means: { shape: [count!] },
      },
      params: { rows: rows!, first: first!, count: count!, neighbors: neighbors! },
    }, { relative: 1e-4, absolute: 1e-5 });
  }
});
