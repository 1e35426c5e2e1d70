import assert from "node:assert/strict";
import fc from "fast-check";
import { mat4d } from "wgpu-matrix";
import type { Device } from "../../src/device/device.ts";
import { cholesky, invert, polishInverse, solveTriangular } from "../../src/linalg/cholesky.ts";
import { assertClose, matrixTest, numbers, Random, sharedDevice } from "../fixture.ts";
import { inverse, positiveDefinite, product, residual, transpose } from "./plain.ts";

/** One row, one block and its neighbors, more than two and three blocks. */
const orders = [1, 31, 32, 33, 70, 100];

/** What the arithmetic of a device allows for these well-conditioned matrices. */
const precision = (device: Device) => device.kind === "cpu" ? 1e-11 : 5e-5;

/** The inverse of a matrix as the device computes it. */
async function inverted(device: Device, data: ArrayLike<number>): Promise<number[]> {
  const D = Math.sqrt(data.length);
  using matrix = device.tensor("matrix", [D, D], "real", data);
  using result = device.tensor("inverse", [D, D], "real", new Array(D * D).fill(7));
  invert(device, matrix, result);
  return await numbers(device, result);
}

matrixTest("Cholesky: L L^T is the matrix, whatever its order", async (device) => {
  const random = new Random(1);
  for (const D of orders) {
    const data = positiveDefinite(random, D);
    using matrix = device.tensor("matrix", [D, D], "real", data);
    using factor = cholesky(device, matrix);
    const lower = (await numbers(device, factor.lower))
      .map((value, e) => e % D <= Math.floor(e / D) ? value : 0);
    const absolute = precision(device);
    const square = product(lower, transpose(lower, D, D), D, D, D);
    assertClose(square, data, { absolute, relative: 0 }, "L L^T", [D, D]);
    assert.ok(lower.every((value, e) => e % (D + 1) !== 0 || value > 0));
  }
});

matrixTest("Cholesky: solves with L and with its transpose", async (device) => {
  const random = new Random(2);
  for (const D of orders) {
    for (const columns of [1, 3, 37]) {
      using matrix = device.tensor("matrix", [D, D], "real", positiveDefinite(random, D));
      using factor = cholesky(device, matrix);
      const lower = (await numbers(device, factor.lower))
        .map((value, e) => e % D <= Math.floor(e / D) ? value : 0);
      const data = random.normals(D * columns);
      using b = device.tensor("b", [D, columns], "real", data);
      for (const transposed of [false, true]) {
        using z = solveTriangular(device, factor, b, transposed);
        assert.deepEqual(z.shape, [D, columns]);
        const left = transposed ? transpose(lower, D, D) : lower;
        const back = product(left, await numbers(device, z), D, columns, D);
        const absolute = 10 * precision(device);
        assertClose(back, data, { absolute, relative: 0 }, "L Z", [D, columns]);
      }
    }
  }
});

matrixTest("inverse: M M^-1 is the identity, and M^-1 symmetric", async (device) => {
  const random = new Random(3);
  for (const D of orders) {
    const data = positiveDefinite(random, D);
    const result = await inverted(device, data);
    const error = residual(data, result, D);
    assert.ok(error < 5 * precision(device), `|I - M M^-1| = ${error} at D = ${D}`);
    assertClose(result, transpose(result, D, D), { absolute: 1e-6, relative: 1e-6 });
  }
});

matrixTest("inverse: of order 4 it is that of wgpu-matrix", async (device) => {
  const data = positiveDefinite(new Random(4), 4, 0.3);
  // Column-major, which for a symmetric matrix is the same.
  const expected = mat4d.inverse(Float64Array.from(data));
  const absolute = 10 * precision(device);
  assertClose(await inverted(device, data), expected, { absolute, relative: 1e-5 });
});

matrixTest("inverse: of a multiple of the identity", async (device) => {
  const D = 45;
  const identity = Float64Array.from({ length: D * D }, (_, e) => e % (D + 1) === 0 ? 4 : 0);
  assertClose(await inverted(device, identity), identity.map((value) => value / 16));
});

matrixTest(
  "inverse: features that are padded with the ridge alone do not disturb it",
  async (device) => {
    const [D, used] = [40, 35];
    const full = positiveDefinite(new Random(5), D);
    const data = full.map((value, e) => {
      const [i, j] = [Math.floor(e / D), e % D];
      return i < used && j < used ? value : i === j ? 0.01 : 0;
    });
    const small = full.filter((_, e) => e % D < used && e < used * D);
    const result = await inverted(device, data);
    const corner = result.filter((_, e) => e % D < used && e < used * D);
    assertClose(corner, inverse(small, used), { absolute: 20 * precision(device) });
  },
);

matrixTest("Newton-Schulz: a step squares the error of an inverse", async (device) => {
  const random = new Random(6);
  for (const D of orders) {
    const data = positiveDefinite(random, D);
    const rough = inverse(data, D).map((value) => Math.fround(value + random.uniform(-1e-3, 1e-3)));
    const error = product(data, rough, D, D, D)
      .map((value, e) => (e % (D + 1) === 0 ? 1 : 0) - value);
    const squared = product(error, error, D, D, D);
    using matrix = device.tensor("matrix", [D, D], "real", data);
    using result = device.tensor("inverse", [D, D], "real", rough);
    polishInverse(device, matrix, result);
    const after = product(data, await numbers(device, result), D, D, D)
      .map((value, e) => (e % (D + 1) === 0 ? 1 : 0) - value);
    const absolute = device.kind === "cpu" ? 1e-12 : 2e-5;
    assertClose(after, squared, { absolute, relative: 0 }, "I - M Y", [D, D]);
  }
});

Deno.test("inverse: its inverse is the matrix again", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 68 }), fc.integer(), async (D, seed) => {
      const data = positiveDefinite(new Random(seed), D, 0.2);
      const back = await inverted(device, await inverted(device, data));
      assertClose(back, data, { absolute: 1e-8, relative: 1e-8 }, "inverse of inverse", [D, D]);
    }),
    { numRuns: 25 },
  );
});

matrixTest("inverse: with ridges from tiny to large the residual stays small", async (device) => {
  const random = new Random(7);
  for (const ridge of [1e-2, 1, 1e3]) {
    const D = 67;
    const data = positiveDefinite(random, D, ridge);
    const error = residual(data, await inverted(device, data), D);
    // The error grows with the condition, about 4 / ridge.
    const allowed = precision(device) * Math.max(1, 10 / ridge);
    assert.ok(error < allowed, `|I - M M^-1| = ${error} with ridge ${ridge}`);
  }
});
