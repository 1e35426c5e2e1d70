/** The kernels that compare predictions with boundaries and neighbors, against their twins. */

import assert from "node:assert/strict";
import { boundaryDistances, FAR } from "../../src/kernels/strategies/boundary-distances.ts";
import { neighborContrast } from "../../src/kernels/strategies/neighbor-contrast.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

gpuTest("boundary-distances: the least stands with the predicted class, as the twin", async () => {
  const random = new Random(1);
  const shapes = [[1, 0, 1], [67, 5, 2], [301, 2, 11], [19, 1, 37]] as const;
  for (const [place, [rows, base, classes]] of shapes.entries()) {
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
      params: { rows, base, classes, first: 0, count: classes },
      constants: { lanes: [16, 2][place % 2]! },
    });
    for (let i = 0; i < rows; i++) {
      const own = Array.from(distances).slice(i * classes, (i + 1) * classes);
      assert.equal(Math.min(...own), least[base + i]);
    }
    if (classes === 1) assert.equal(least[0], FAR);
    if (classes === 11) assert.deepEqual([distances[0], distances[1]], [0, FAR]);
  }
});

gpuTest("boundary-distances: tiles of classes, and the least alone", async () => {
  const random = new Random(3);
  const [rows, classes, first, count] = [70, 11, 3, 5];
  const { distances, least } = await compareKernel(boundaryDistances, {
    tensors: {
      logits: { shape: [rows, classes], data: random.normals(rows * classes) },
      inverse: { shape: [count, classes], data: random.uniforms(count * classes, 0.1, 2) },
      distances: { shape: [1], data: [5] },
      least: { shape: [rows], data: new Float32Array(rows).fill(7) },
    },
    params: { rows, base: 0, classes, first, count },
    constants: { keep: 0 },
  });
  assert.deepEqual([...distances], [5]);
  // Rows with another predicted class wait for its tile.
  const waiting = least.filter((value: number) => value === 7).length;
  assert.ok(waiting > 0 && waiting < rows);
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
