/** Ridge regression against the normal equations in float64. */

import assert from "node:assert/strict";
import { trainHead } from "../../src/head/train-head.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { Pool } from "../../src/pool/pool.ts";
import { assertClose, deviceTest, Random, withLimits } from "../fixture.ts";
import { inverse, product, transpose } from "../linalg/plain.ts";

/** Weights `[m, d]` and bias `[m]` of scikit-learn's `Ridge(alpha)`. */
function literalRidge(
  x: ArrayLike<number>,
  t: ArrayLike<number>,
  { n, d, m, alpha }: { n: number; d: number; m: number; alpha: number },
): { weight: Float64Array; bias: Float64Array } {
  const centered = (values: ArrayLike<number>, width: number) => {
    const mean = new Float64Array(width);
    for (let e = 0; e < n * width; e++) mean[e % width]! += values[e]! / n;
    return { mean, values: Float64Array.from(values, (v, e) => v - mean[e % width]!) };
  };
  const [cx, ct] = [centered(x, d), centered(t, m)];
  const xt = transpose(cx.values, n, d);
  const gram = product(xt, cx.values, d, d, n).map((v, e) => v + (e % (d + 1) === 0 ? alpha : 0));
  const w = product(inverse(gram, d), product(xt, ct.values, d, m, n), d, m, d);
  const weight = transpose(w, d, m);
  return { weight, bias: ct.mean.map((v, k) => v - product(weight, cx.mean, m, 1, d)[k]!) };
}

deviceTest(
  "ridge: the normal equations, with more and with fewer samples than features",
  async (device) => {
    const random = new Random(21);
    for (
      const [n, d, m, C] of [[50, 5, 1, 1], [300, 20, 3, 10], [9, 30, 2, 0.5], [
        1,
        4,
        1,
        1,
      ]] as const
    ) {
      // Columns far from 0, in numbers that half floats can hold.
      const x = Float32Array.from(
        Float16Array.from(random.normals(n * d), (v, e) => v + 10 * (e % d)),
      );
      const t = random.normals(n * m).map((v, e) => v + 2 * x[Math.floor(e / m) * d]! - 100);
      const expected = literalRidge(x, t, { n, d, m, alpha: 1 / C });
      for (const storage of ["f32", "f16"] as const) {
        for (const limits of [{}, { bindingBytes: 256 * 32 * 4 }]) {
          using pool = await Pool.from(withLimits(device, limits), arrayRows("features", x, d), {
            storage,
          });
          using head = await trainHead(pool, {
            indices: Array.from({ length: n }, (_, i) => i),
            targets: t,
          }, { C });
          const [layer] = await head.readLayers();
          const tolerance = device.kind === "cpu"
            ? { relative: 1e-8, absolute: 1e-8 }
            : { relative: 1e-3, absolute: 1e-3 };
          assertClose(layer!.weight, expected.weight, tolerance, `weights ${n} ${d}`);
          assertClose(layer!.bias, expected.bias, { relative: 1e-3, absolute: tolerance.absolute });
        }
      }
    }
  },
);

deviceTest("ridge: a line without noise is found, and a constant is a constant", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", [[1, 5], [2, 5], [4, 5], [7, 5]]));
  const indices = [0, 1, 2, 3];
  using line = await trainHead(pool, { indices, targets: [5, 7, 11, 17] }, { C: 1e5 });
  assert.deepEqual([line.kind, line.task, line.report!.optimizer], [
    ...["linear", "regression", "ridge"],
  ]);
  const [{ weight, bias }] = await line.readLayers() as [
    { weight: Float64Array; bias: Float64Array },
  ];
  assertClose([...weight, ...bias], [2, 0, 3], { absolute: 1e-4 });
  using constant = await trainHead(pool, { indices, targets: [4, 4, 4, 4] });
  const [layer] = await constant.readLayers() as [{ weight: Float64Array; bias: Float64Array }];
  assertClose([...layer.weight, ...layer.bias], [0, 0, 4]);
});
