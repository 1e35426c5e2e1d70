/** The kernel that reduces the logits of a linear head as it goes, against its twin. */

import assert from "node:assert/strict";
import { linearStatistics } from "../../src/kernels/pool/linear-statistics.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

/** Rows and classes: one of each, a tile and a remainder, several tiles, fewer than the threads. */
const shapes = [[1, 1], [1, 33], [67, 2], [64, 64], [130, 65], [65, 131], [3, 300]] as const;
const tolerance = { relative: 2e-5, absolute: 1e-5 };

gpuTest("linear-statistics: ragged tiles, both storages, ties in different tiles", async () => {
  const random = new Random(2);
  for (const [rows, classes] of shapes) {
    for (const [d, dtype] of [[8, "real"], [40, "f16"]] as const) {
      const whole = (count: number) =>
        Float32Array.from({ length: count }, () => random.integer(5) - 2);
      const [xOffset, weight] = [2 * d, 5];
      const x = whole((rows + 2) * d);
      const parameters = whole(weight + classes * d + 3 + classes).map((value) => value / 4);
      // The last class is the first one again, which wins the tie; small numbers are exact.
      const bias = weight + classes * d + 3;
      parameters.copyWithin(weight + (classes - 1) * d, weight, weight + d);
      parameters[bias] = parameters[bias + classes - 1] = 20;
      const { statistics } = await compareKernel(linearStatistics, {
        tensors: {
          x: { shape: [rows + 2, d], dtype, data: x },
          parameters: { shape: [parameters.length], data: parameters },
          statistics: { shape: [rows + 1, 4], data: random.normals(4 * rows + 4) },
        },
        params: { rows, d, classes, xOffset, weight, bias },
        constants: { half: dtype === "f16" ? 1 : 0 },
      }, tolerance);
      let ties = 0;
      for (let i = 0; i < rows; i++) {
        if (statistics[4 * i + 3] === 0 && Math.abs(statistics[4 * i + 1]!) < 1e-12) ties++;
        assert.notEqual(statistics[4 * i + 3], classes === 1 ? -1 : classes - 1);
      }
      if (classes > 1 && rows > 1) assert.ok(ties > 0);
    }
  }
});
