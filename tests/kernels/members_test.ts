/** The kernels of strategies that ask several members, against their twins. */

import assert from "node:assert/strict";
import { dropFeatures } from "../../src/kernels/members/drop-features.ts";
import { drawJoint } from "../../src/kernels/members/draw-joint.ts";
import { extendJoint } from "../../src/kernels/members/extend-joint.ts";
import { jointGains } from "../../src/kernels/members/joint-gains.ts";
import { addMember } from "../../src/kernels/members/add-member.ts";
import { stackMember } from "../../src/kernels/members/stack-member.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("drop-features: one mask or one for each row, as the twin", async () => {
  const random = new Random(1);
  for (const [rows, d, half, oneMask] of [[1, 8, 0, 0], [37, 24, 1, 1], [301, 16, 0, 1]] as const) {
    const x = random.normals((rows + 1) * d);
    const { out } = await compareKernel(dropFeatures, {
      tensors: {
        x: { shape: [rows + 1, d], dtype: half ? "f16" : "f32", data: x },
        out: { shape: [rows, d], dtype: "f32" },
      },
      params: {
        rows,
        base: 7,
        d,
        xOffset: d,
        key: 77,
        threshold: 2 ** 30,
        scale: 4 / 3,
        alike: oneMask,
      },
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

/** Posteriors `[members, stride]` of the first configurations, and 0 for the others. */
function posteriors(random: Random, members: number, configurations: number, stride: number) {
  const columns = random.probabilities(configurations, members);
  return Float32Array.from({ length: members * stride }, (_, e) => {
    const [m, c] = [Math.floor(e / stride), e % stride];
    return c < configurations ? columns[c * members + m]! : 0;
  });
}

/** Probabilities `[rows, members, width]` with padding. */
function stackOf(random: Random, rows: number, members: number, classes: number, width: number) {
  const p = random.probabilities(rows * members, classes);
  return Float32Array.from({ length: rows * members * width }, (_, e) => {
    const [row, k] = [Math.floor(e / width), e % width];
    return k < classes ? p[row * classes + k]! : 0;
  });
}

gpuTest("extend-joint: probabilities and posteriors sum to 1, as the twin", async () => {
  const random = new Random(4);
  const cases = [[1, 1, 1, 0], [3, 5, 9, 4], [6, 3, 130, 8]] as const;
  for (const [members, classes, configurations, more] of cases) {
    const width = 4 * Math.ceil(classes / 4);
    const stride = 4 * Math.ceil(configurations / 4);
    const outStride = 4 * Math.ceil(configurations * classes / 4) + more;
    const { outWeights, outShares } = await compareKernel(extendJoint, {
      tensors: {
        sample: { shape: [members, width], data: stackOf(random, 1, members, classes, width) },
        weights: {
          shape: [members, stride],
          data: posteriors(random, members, configurations, stride),
        },
        shares: { shape: [stride], data: random.probabilities(1, stride) },
        outWeights: { shape: [members, outStride] },
        outShares: { shape: [outStride] },
      },
      params: { members, classes, width, configurations, stride, outStride },
    });
    for (let e = 0; e < outStride; e++) {
      let sum = 0;
      for (let m = 0; m < members; m++) sum += outWeights[m * outStride + e]!;
      const expected = e < configurations * classes ? 1 : 0;
      assert.ok(Math.abs(sum - expected) < 1e-5, `configuration ${e}: ${sum}`);
    }
    if (more > 0) assert.equal(outShares[outStride - 1], 0);
  }
});

gpuTest("draw-joint: the shares of drawn classes, as the twin", async () => {
  const random = new Random(5);
  const cases = [[1, 1, 1], [3, 5, 67], [4, 3, 2000]] as const;
  for (const [members, classes, configurations] of cases) {
    const width = 4 * Math.ceil(classes / 4);
    const stride = 4 * Math.ceil(configurations / 4);
    // Each member is certain of a class of its own, so that the posterior shows which one was
    // drawn.
    const certain = members === 4 ? [0, 1, 1, 2] : undefined;
    const sample = certain
      ? Float32Array.from(
        { length: members * width },
        (_, e) => certain[Math.floor(e / width)] === e % width ? 1 : 0,
      )
      : stackOf(random, 1, members, classes, width);
    const { weights } = await compareKernel(drawJoint, {
      tensors: {
        sample: { shape: [members, width], data: sample },
        weights: {
          shape: [members, stride],
          data: certain
            ? new Float32Array(members * stride).fill(1 / members)
            : posteriors(random, members, configurations, stride),
        },
      },
      params: { members, classes, width, configurations, stride, key: 1234 },
    });
    if (!certain) continue;
    const drawn = [0, 0, 0];
    for (let c = 0; c < configurations; c++) {
      const [a, b, , d] = [0, 1, 2, 3].map((m) => weights[m * stride + c]!);
      drawn[[a, 2 * b!, d].indexOf(1)]!++;
    }
    // 2000 draws with probabilities 1/4, 1/2, 1/4, give or take four deviations of 19 to 22.
    assert.ok(Math.abs(drawn[0]! - 500) < 80 && Math.abs(drawn[1]! - 1000) < 90, `${drawn}`);
  }
});

gpuTest(
  "joint-gains: entropies given the batch, less those of the members, as the twin",
  async () => {
    const random = new Random(6);
    const cases = [[1, 1, 1, 1, 0], [37, 3, 5, 9, 2], [66, 6, 10, 301, 1]] as const;
    for (const [rows, members, classes, configurations, offset] of cases) {
      const width = 4 * Math.ceil(classes / 4);
      const stride = 4 * Math.ceil(configurations / 4);
      const base = offset + 3;
      const shares = random.probabilities(1, configurations);
      const { gains } = await compareKernel(jointGains, {
        tensors: {
          stacked: {
            shape: [rows + offset, members, width],
            data: stackOf(random, rows + offset, members, classes, width),
          },
          weights: {
            shape: [members, stride],
            data: posteriors(random, members, configurations, stride),
          },
          shares: {
            shape: [stride],
            data: [...shares, ...new Float32Array(stride - configurations)],
          },
          posterior: { shape: [members], data: random.probabilities(1, members) },
          gains: { shape: [base + rows + 1], data: new Float32Array(base + rows + 1).fill(7) },
        },
        params: { rows, offset, base, members, classQuads: width / 4, quads: stride / 4 },
      });
      assert.deepEqual([gains[base - 1], gains[base + rows]], [7, 7]);
      assert.ok(Math.min(...gains) >= 0);
    }
  },
);
