/** What is computed on the CPU in float64: small matrices, factors, and pauses. */

import assert from "node:assert/strict";
import { FisherFactors } from "../../../../src/select/bait/fisher/factors.ts";
import { arrayRows } from "../../../../src/io/rows.ts";
import { Pool } from "../../../../src/pool/pool.ts";
import { logitsPredictor } from "../../../../src/pool/predictions.ts";
import { Yielder } from "../../../../src/device/yielder.ts";
import { readFactors, stacked } from "../../../../src/select/bait/backward/host-factors.ts";
import {
  hostCholesky,
  inverseOfTrailing,
  leadingRows,
} from "../../../../src/select/bait/backward/host-matrix.ts";
import { assertClose, deviceTest, Random } from "../../../fixture.ts";
import { literalA } from "../fisher/literal.ts";
import { inverse, positiveDefinite } from "../../../linalg/plain.ts";

Deno.test("host: the last columns of an inverse, from its Cholesky factor", async () => {
  const random = new Random(1);
  for (const [size, part] of [[1, 1], [5, 2], [17, 17], [23, 6]] as const) {
    const matrix = positiveDefinite(random, size);
    const expected = inverse(matrix, size);
    const lower = Float64Array.from(matrix);
    hostCholesky(lower, size);
    const yielder = new Yielder(undefined);
    const trailing = await inverseOfTrailing(lower, size, part, yielder);
    const leading = await leadingRows(lower, size, trailing, part, yielder);
    const columns = [...leading, ...trailing];
    const wanted = Array.from(
      { length: size * part },
      (_, e) => expected[Math.floor(e / part) * size + size - part + e % part]!,
    );
    assertClose(columns, wanted, { relative: 1e-9, absolute: 1e-9 });
  }
});

deviceTest(
  "host: factors are read as the papers write them, in segments and half floats",
  async (device) => {
    const random = new Random(2);
    const [rows, columns, classes] = [300, 5, 3];
    const features = random.normals(rows * columns).map((value) => Math.round(8 * value) / 8);
    const logits = random.normals(rows * classes);
    const predictor = logitsPredictor(arrayRows("logits", logits, classes));
    for (const fisher of ["full", "exp", "binary", "regression"] as const) {
      const source = arrayRows("features", features, columns);
      using pool = await Pool.from(device, source, { storage: "f16" });
      const options = { fisher, topClasses: 2, predictor, scale: 1, segmentRows: 256 };
      using factors = await FisherFactors.from(pool, options);
      const { x, a, rank, classes: K } = stacked(undefined, await readFactors(factors, 2));
      for (const i of [0, 255, 256, 299]) {
        assert.deepEqual(
          Array.from(x.slice(8 * i, 8 * i + columns)),
          Array.from(features.slice(columns * i, columns * (i + 1))),
        );
        const exponentials = Array.from(logits.slice(classes * i, classes * (i + 1)), Math.exp);
        const sum = exponentials.reduce((total, value) => total + value);
        const literal = literalA(fisher, exponentials.map((value) => value / sum), 2, 2);
        // The order of the columns is free: A A^T is what counts.
        const squares = (values: ArrayLike<number>, at: number) =>
          Array.from({ length: K * K }, (_, e) => {
            let entry = 0;
            for (let j = 0; j < rank; j++) {
              entry += values[at + Math.floor(e / K) * rank + j]! *
                values[at + (e % K) * rank + j]!;
            }
            return entry;
          });
        assertClose(squares(a, i * K * rank), squares(literal.values, 0), { absolute: 1e-5 });
      }
    }
  },
);
