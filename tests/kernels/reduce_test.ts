/** The kernels that reduce to one number or one index, against their twins. */

import assert from "node:assert/strict";
import { ARG_MAX_GROUP, argMaxGroups } from "../../src/kernels/linalg/arg-max-groups.ts";
import { takeBest } from "../../src/kernels/linalg/take-best.ts";
import { innerProduct } from "../../src/kernels/linalg/inner-product.ts";
import { sum } from "../../src/kernels/linalg/sum.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

/** Runs both stages and returns the index they arrive at. */
async function argMax(scores: ArrayLike<number>, mask: ArrayLike<number>): Promise<number> {
  const size = scores.length;
  const groups = Math.ceil(size / ARG_MAX_GROUP);
  const { values, indices } = await compareKernel(argMaxGroups, {
    tensors: {
      scores: { shape: [size], data: scores },
      mask: { shape: [size], dtype: "u32", data: mask },
      // One more than is written: nothing may spill over.
      values: { shape: [groups + 1], data: new Float32Array(groups + 1).fill(7) },
      indices: { shape: [groups + 1], dtype: "u32", data: new Uint32Array(groups + 1).fill(7) },
    },
    params: { size },
  });
  const taken = await compareKernel(takeBest, {
    tensors: {
      values: { shape: [groups], data: values.slice(0, groups) },
      indices: { shape: [groups], dtype: "u32", data: indices.slice(0, groups) },
      mask: { shape: [size], dtype: "u32", data: mask },
      picks: { shape: [3], dtype: "u32", data: [9, 9, 9] },
      taken: { shape: [3], data: [7, 7, 7] },
    },
    params: { groups, step: 1 },
  });
  const best = taken.picks[1]!;
  assert.deepEqual(
    Array.from(taken.mask),
    Array.from(mask, (open, i) => i === best ? 0 : open),
    "only the best leaves the mask",
  );
  return best;
}

gpuTest("arg-max: any size, some masked", async () => {
  const random = new Random(1);
  for (const size of [1, 2, 255, 256, 257, 1003, 70_001]) {
    const scores = random.normals(size, 1e3);
    const mask = Uint32Array.from({ length: size }, () => random.integer(3));
    mask[size - 1] = 1;
    const open = Array.from(scores.keys()).filter((i) => mask[i]! > 0);
    const best = open.reduce((a, b) => scores[b]! > scores[a]! ? b : a);
    assert.equal(await argMax(scores, mask), best);
  }
});

gpuTest("arg-max: ties go to the lowest index, within a group and between groups", async () => {
  const size = 70_001;
  const all = new Uint32Array(size).fill(1);
  assert.equal(await argMax(new Float32Array(size), all), 0);
  for (const ties of [[300, 301], [255, 256], [511, 256, 2047], [70_000, 65_536, 4711]]) {
    const scores = new Float32Array(size).fill(-5);
    for (const i of ties) scores[i] = 3;
    assert.equal(await argMax(scores, all), Math.min(...ties));
    const mask = all.slice();
    mask[Math.min(...ties)] = 0;
    assert.equal(await argMax(scores, mask), ties.toSorted((a, b) => a - b)[1]);
  }
});

gpuTest("arg-max: with everything masked the result is the size", async () => {
  for (const size of [1, 256, 613]) {
    assert.equal(await argMax(new Float32Array(size).fill(1), new Uint32Array(size)), size);
  }
});

gpuTest("inner-product: shares of the sum, with more and fewer groups than needed", async () => {
  const random = new Random(2);
  for (const [size, groups] of [[1, 1], [255, 3], [1003, 4], [70_001, 256], [5, 7]] as const) {
    await compareKernel(innerProduct, {
      tensors: {
        a: { shape: [size], data: random.normals(size) },
        b: { shape: [size], data: random.normals(size) },
        out: { shape: [groups + 1], data: new Float32Array(groups + 1).fill(7) },
      },
      params: { size, groups },
    }, { absolute: 5e-5 });
  }
});

gpuTest("sum: the first numbers of a tensor, into a place of another", async () => {
  const random = new Random(3);
  for (
    const [length, size, at] of [[1, 1, 0], [300, 257, 2], [1003, 1003, 1], [3, 0, 0]] as const
  ) {
    await compareKernel(sum, {
      tensors: {
        values: { shape: [length], data: random.normals(length) },
        out: { shape: [3], data: [5, 6, 7] },
      },
      params: { size, at },
    }, { absolute: 2e-5 });
  }
});
