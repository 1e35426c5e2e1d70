/** The kernels of strategies that filter before they cluster, against their twins. */

import assert from "node:assert/strict";
import { dropFeatures } from "../../src/kernels/members/drop-features.ts";
import { ownCenterDistances } from "../../src/kernels/geometry/own-center-distances.ts";
import { lossDirections } from "../../src/kernels/strategies/loss-directions.ts";
import { stepChanges } from "../../src/kernels/strategies/step-changes.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest(
  "drop-features: the given share, of each row or of all alike, as the twin",
  async () => {
    const random = new Random(41);
    const cases = [[1, 0, 8, 0, 0], [67, 3, 24, 1, 0], [301, 4_000_000, 1104, 0, 0], [
      130,
      9,
      16,
      1,
      1,
    ]];
    for (const [rows, base, d, half, alike] of cases as number[][]) {
      const data = random.normals((rows! + 1) * d!).map((value) => value || 1);
      const { out } = await compareKernel(dropFeatures, {
        tensors: {
          x: { shape: [rows! + 1, d!], dtype: half ? "f16" : "f32", data },
          out: {
            shape: [rows! * d! + 1],
            dtype: "f32",
            data: new Float32Array(rows! * d! + 1).fill(7),
          },
        },
        params: {
          rows: rows!,
          base: base!,
          d: d!,
          xOffset: d!,
          key: 3_141_592_653,
          threshold: 0.75 * 2 ** 32,
          scale: 4,
          alike: alike!,
        },
        constants: { half: half! },
      });
      assert.equal(out[rows! * d!], 7);
      const kept = Array.from(out.slice(0, -1)).map((value) => value !== 0);
      const count = kept.filter(Boolean).length;
      const deviation = Math.sqrt(3 / 16 * rows! * d!) * (alike ? Math.sqrt(rows!) : 1);
      assert.ok(Math.abs(count - rows! * d! / 4) < 4 * deviation, `${count} of ${rows! * d!}`);
      const same = kept.every((kept_, e) => kept_ === kept[e % d!]);
      assert.equal(same, rows === 1 || alike === 1);
    }
  },
);

gpuTest("own-center-distances: from each row to its own, as the twin", async () => {
  const random = new Random(42);
  const cases = [[1, 0, 8, 1, 0, 2], [67, 5, 24, 7, 1, 8], [300, 2, 72, 33, 0, 8]];
  for (const [rows, base, d, clusters, half, lanes] of cases as number[][]) {
    const total = base! + rows! + 2;
    await compareKernel(ownCenterDistances, {
      tensors: {
        x: {
          shape: [rows! + 1, d!],
          dtype: half ? "f16" : "f32",
          data: random.normals((rows! + 1) * d!),
        },
        centers: { shape: [d!, clusters!], data: random.normals(d! * clusters!) },
        assignment: {
          shape: [total],
          dtype: "u32",
          data: Uint32Array.from({ length: total }, () => random.integer(clusters!)),
        },
        distances: { shape: [total], data: random.normals(total) },
      },
      params: { rows: rows!, base: base!, d: d!, xOffset: d!, clusters: clusters! },
      constants: { half: half!, lanes: lanes! },
    }, { relative: 1e-4, absolute: 1e-5 });
  }
});

gpuTest(
  "loss-directions: along the derivative by the logits, however sure, as the twin",
  async () => {
    const random = new Random(43);
    for (const [rows, classes] of [[1, 1], [67, 2], [301, 11]] as const) {
      const logits = random.normals(rows * classes, 2);
      if (classes > 1) logits.fill(1, 0, classes)[classes] = 200;
      const { q } = await compareKernel(lossDirections, {
        tensors: {
          logits: { shape: [rows, classes], data: logits },
          q: { shape: [rows, classes], data: random.normals(rows * classes) },
        },
        params: { rows, classes },
      }, { relative: 1e-5, absolute: 1e-6 });
      for (let i = 0; i < rows; i++) {
        const row = Array.from(q).slice(i * classes, (i + 1) * classes);
        assert.ok(Math.abs(row.reduce((a, b) => a + b)) < 1e-6);
        const z = Array.from(logits.subarray(i * classes, (i + 1) * classes));
        assert.equal(row[z.indexOf(Math.max(...z))], classes === 1 ? 0 : -1);
      }
    }
  },
);

gpuTest("step-changes: whether the farthest anchor changes the class, as the twin", async () => {
  const random = new Random(44);
  for (
    const [rows, base, classes, anchors] of [[1, 0, 1, 1], [67, 3, 2, 4], [301, 5, 11, 1]] as const
  ) {
    const total = base + rows + 1;
    const directions = random.normals(rows * classes);
    // One row without a gradient.
    directions.fill(0, 0, classes);
    const { changed } = await compareKernel(stepChanges, {
      tensors: {
        logits: { shape: [rows, classes], data: random.normals(rows * classes) },
        q: { shape: [rows, classes], data: directions.map((value) => 0.5 * value) },
        directions: { shape: [rows, classes], data: directions },
        y: { shape: [rows, anchors], data: random.uniforms(rows * anchors) },
        norms: { shape: [total], data: random.uniforms(total, 1, 2) },
        anchorNorms: { shape: [anchors], data: random.uniforms(anchors, 1, 3) },
        changed: { shape: [total], dtype: "u32", data: new Uint32Array(total).fill(9) },
      },
      params: { rows, base, classes, anchors, reach: 0.3 },
    });
    assert.deepEqual([changed[base], changed[total - 1]], [0, 9]);
    if (rows > 1) assert.ok(changed.includes(0) && changed.includes(1));
  }
});
