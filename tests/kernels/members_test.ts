/** The kernels of strategies that ask several members, against their twins. */

import assert from "node:assert/strict";
import { dropFeatures } from "../../src/kernels/drop-features.ts";
import { addMember, stackMember } from "../../src/kernels/members.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("drop-features: one mask or one for each row, as the twin", async () => {
  const random = new Random(1);
  for (const [rows, d, half, oneMask] of [[1, 8, 0, 0], [37, 24, 1, 1], [301, 16, 0, 1]] as const) {
    const x = random.normals((rows + 1) * d);
    const { out } = await compareKernel(dropFeatures, {
      tensors: {
        x: { shape: [rows + 1, d], dtype: half ? "f16" : "f32", data: x },
        out: { shape: [rows, d] },
      },
      params: { rows, d, xOffset: d, key: 77, threshold: 2 ** 30, scale: 4 / 3, oneMask },
      constants: { half },
    });
    const dropped = Array.from(
      { length: rows },
      (_, i) => Array.from(out).slice(i * d, (i + 1) * d).map((value) => value === 0).join(),
    );
    if (oneMask) assert.equal(new Set(dropped).size, 1);
    const share = Array.from(out).filter((value) => value === 0).length / out.length;
    if (rows > 1) assert.ok(share > 0 && share < 0.5, `${share}`);
  }
});

gpuTest("add-member: running means and votes, as the twin", async () => {
  const random = new Random(2);
  for (const [rows, classes, member] of [[1, 1, 0], [65, 3, 0], [130, 7, 4]] as const) {
    const probabilities = random.probabilities(rows, classes);
    probabilities.fill(1 / classes, 0, classes);
    const before = random.probabilities(rows, classes);
    const { mean, votes } = await compareKernel(addMember, {
      tensors: {
        probabilities: { shape: [rows, classes], data: probabilities },
        mean: { shape: [rows + 1, classes], data: [...before, ...new Float32Array(classes)] },
        entropies: { shape: [rows], data: random.uniforms(rows, 0, 2) },
        votes: {
          shape: [rows, classes],
          data: Array.from({ length: rows * classes }, (_, e) => e % 3),
        },
      },
      params: { rows, classes, member },
    });
    // Of equal classes the lowest gets the vote.
    assert.equal(votes[0], 1);
    assert.equal(mean[rows * classes], 0);
    const last = rows * classes - 1;
    const expected = (member * before[last]! + probabilities[last]!) / (member + 1);
    assert.ok(Math.abs(mean[last]! - expected) < 1e-6);
  }
});

gpuTest("stack-member: among the others, with padding, as the twin", async () => {
  const random = new Random(3);
  for (
    const [rows, classes, width, member] of [[1, 1, 4, 0], [67, 5, 8, 2], [70, 4, 4, 1]] as const
  ) {
    const members = 3;
    const { stacked } = await compareKernel(stackMember, {
      tensors: {
        probabilities: { shape: [rows, classes], data: random.probabilities(rows, classes) },
        stacked: {
          shape: [rows, members, width],
          data: new Float32Array(rows * members * width).fill(7),
        },
      },
      params: { rows, classes, members, member, width },
    });
    const written = Array.from(stacked).filter((value) => value !== 7).length;
    assert.equal(written, rows * classes);
  }
});
