/** The kernels that compare predictions with boundaries and neighbors, against their twins. */

import assert from "node:assert/strict";
import { boundaryDistances, FAR } from "../../src/kernels/strategies/boundary-distances.ts";
import { neighborContrast } from "../../src/kernels/strategies/neighbor-contrast.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("boundary-distances: the least stands with the predicted class, as the twin", async () => {
  const random = new Random(1);
  for (const [rows, base, classes] of [[1, 0, 1], [67, 5, 2], [301, 2, 11]] as const) {
    const inverse = random.uniforms(classes * classes, 0.1, 2);
    if (classes > 2) inverse[1] = inverse[classes] = 0;
    const logits = random.normals(rows * classes);
    // Of equal logits the lowest class is the predicted one.
    logits.fill(0.5, 0, classes);
    const { distances, least } = await compareKernel(boundaryDistances, {
      tensors: {
        logits: { shape: [rows, classes], data: logits },
        inverse: { shape: [classes, classes], data: inverse },
        distances: { shape: [rows, classes] },
        least: { shape: [base + rows + 1], data: new Float32Array(base + rows + 1).fill(7) },
      },
      params: { rows, base, classes },
    });
    for (let i = 0; i < rows; i++) {
      const own = Array.from(distances).slice(i * classes, (i + 1) * classes);
      assert.equal(Math.min(...own), least[base + i]);
    }
    if (classes === 1) assert.equal(least[0], FAR);
    if (classes === 11) assert.deepEqual([distances[0], distances[1]], [0, FAR]);
  }
});

gpuTest("neighbor-contrast: the nearest count, of equal ones the first, as the twin", async () => {
  const random = new Random(2);
  const cases = [[1, 0, 1, 1, 10], [67, 3, 4, 3, 10], [130, 2, 57, 11, 10], [33, 0, 40, 2, 16]];
  for (const [rows, base, labeled, classes, neighbors] of cases as number[][]) {
    const y = Float32Array.from({ length: rows! * labeled! }, () => random.integer(9) / 9);
    const p = random.probabilities(rows!, classes!);
    if (classes! > 1) p.set([1, 0]);
    await compareKernel(neighborContrast, {
      tensors: {
        y: { shape: [rows!, labeled!], data: y },
        p: { shape: [rows!, classes!], data: p },
        q: { shape: [labeled!, classes!], data: random.probabilities(labeled!, classes!) },
        scores: { shape: [base! + rows! + 1] },
      },
      params: {
        rows: rows!,
        base: base!,
        labeled: labeled!,
        classes: classes!,
        neighbors: neighbors!,
      },
    }, { relative: 1e-5, absolute: 1e-5 });
  }
});
