import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../src/device/device.ts";
import { matmul, type Operand, type Product, type Rung, rungOf } from "../../src/linalg/matmul.ts";
import {
  assertClose,
  matrixTest,
  numbers,
  Random,
  sharedDevice,
  type Tolerance,
} from "../fixture.ts";
import { product, transpose } from "./plain.ts";

/** The extras of a product: what is not its shape. */
interface Extras {
  a?: Omit<Operand, "tensor"> & { half?: boolean };
  b?: Omit<Operand, "tensor">;
  c?: Omit<Operand, "tensor">;
  alpha?: number;
  beta?: number;
  lower?: boolean;
}

/** A matrix laid out in a longer array, row after row `ld` apart. */
function stored(
  values: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  { offset = 0, ld = columns }: { offset?: number; ld?: number } = {},
): Float64Array {
  const all = new Float64Array(offset + rows * ld).fill(99);
  for (let e = 0; e < rows * columns; e++) {
    all[offset + Math.floor(e / columns) * ld + e % columns] = values[e]!;
  }
  return all;
}

/** Runs a product, compares it with the triple loop, and returns the rung that it took. */
async function check(
  device: Device,
  [m, n, k]: readonly [number, number, number],
  extras: Extras = {},
  tolerance: Tolerance = { relative: 1e-5, absolute: 2e-5 * Math.sqrt(k) },
): Promise<Rung> {
  const random = new Random(m + 31 * n + 977 * k);
  const { alpha = 1, beta = 0, lower = false } = extras;
  const half = extras.a?.half ?? false;
  const a = half ? Float16Array.from(random.normals(m * k)) : random.normals(m * k);
  const b = random.normals(k * n);
  const before = random.normals(m * n);
  const [storedA, shapeA] = extras.a?.transposed
    ? [transpose(a, m, k), [k, m] as const]
    : [a, [m, k] as const];
  const [storedB, shapeB] = extras.b?.transposed
    ? [transpose(b, k, n), [n, k] as const]
    : [b, [k, n] as const];
  const dataA = stored(storedA, shapeA, extras.a);
  const dataB = stored(storedB, shapeB, extras.b);
  const dataC = stored(before, [m, n], extras.c);
  using tensorA = device.tensor("a", [dataA.length], half ? "f16" : "f32", dataA);
  using tensorB = device.tensor("b", [dataB.length], "real", dataB);
  using tensorC = device.tensor("c", [dataC.length], "real", dataC);
  const { half: _, ...placeA } = extras.a ?? {};
  const call: Product = {
    ...{ m, n, k, alpha, beta, lower },
    a: { tensor: tensorA, ...placeA },
    b: { tensor: tensorB, ...extras.b },
    c: { tensor: tensorC, ...extras.c },
  };
  const tensors = device.memory.count;
  matmul(device, call);
  assert.equal(device.memory.count, tensors, "scratch is freed");

  const expected = product(a, b, m, n, k).map((value, e) => alpha * value + beta * before[e]!);
  const all = stored(expected, [m, n], extras.c);
  const actual = await numbers(device, tensorC);
  const { offset = 0, ld = n } = extras.c ?? {};
  if (lower) {
    for (let e = offset; e < all.length; e++) {
      const [row, column] = [Math.floor((e - offset) / ld), (e - offset) % ld];
      if (column < n && column > row) actual[e] = all[e]!;
    }
  }
  assertClose(actual, all, tolerance, `C [${m}, ${n}] over ${k}`);
  return rungOf(call);
}

const given = { transposed: true };

matrixTest("matmul: at most 32 columns with B transposed take the skinny rung", async (device) => {
  for (const n of [1, 2, 3, 4, 10, 16, 17, 32]) {
    assert.equal(await check(device, [37, n, 72], { b: given }), "skinny");
    // Short rows are read by fewer lanes than there are columns.
    assert.equal(await check(device, [301, n, 8], { b: given }), "skinny");
    assert.equal(await check(device, [1, n, 56], { b: given, a: { half: true } }), "skinny");
  }
  const offsets = { a: { offset: 16, half: true }, b: { ...given, offset: 8 } };
  assert.equal(await check(device, [67, 3, 136], offsets), "skinny");
  assert.equal(
    await check(device, [67, 19, 136], { b: given, c: { offset: 1, ld: 21 } }),
    "skinny",
  );
  assert.equal(await check(device, [5, 2, 1032], { b: given }), "skinny");
});

matrixTest("matmul: what the skinny rung cannot read goes to the next", async (device) => {
  const skinny = { b: given };
  const others: [readonly [number, number, number], Extras][] = [
    [[37, 4, 71], skinny],
    [[37, 4, 72], {}],
    [[37, 4, 72], { ...skinny, alpha: 2 }],
    [[37, 4, 72], { ...skinny, beta: 1 }],
    [[37, 4, 72], { ...skinny, a: { transposed: true } }],
    [[37, 4, 72], { ...skinny, a: { offset: 4 } }],
    [[37, 4, 72], { ...skinny, a: { ld: 80 } }],
    [[37, 4, 72], { b: { ...given, offset: 1 } }],
    [[37, 4, 72], { b: { ...given, ld: 73 } }],
  ];
  for (const [shape, extras] of others) assert.equal(await check(device, shape, extras), "tall");
  assert.equal(await check(device, [37, 33, 72], skinny), "square");
});

matrixTest(
  "matmul: at most 32 columns with A transposed are summed across rows",
  async (device) => {
    for (const n of [1, 3, 10, 16, 17, 32]) {
      const b = { ld: 4 * Math.ceil(n / 4) };
      assert.equal(await check(device, [24, n, 257], { a: given, b }), "across");
      const half = { ...given, half: true, offset: 48 };
      const [offset, ld] = [8, b.ld + 4];
      const extras = { alpha: -0.5, beta: 2, c: { offset: 3, ld: n + 2 } };
      assert.equal(
        await check(device, [24, n, 2049], { a: half, b: { offset, ld }, ...extras }),
        "across",
      );
    }
  },
);

matrixTest("matmul: what cannot be summed across rows goes to the next", async (device) => {
  const across = { a: given, b: { ld: 12 } };
  const others: [readonly [number, number, number], Extras][] = [
    [[24, 10, 255], across],
    [[23, 10, 300], across],
    [[24, 10, 300], { a: given }],
    [[24, 10, 300], { a: given, b: { ld: 12, offset: 4 } }],
    [[24, 10, 300], { a: { ...given, offset: 4 }, b: { ld: 12 } }],
    [[24, 10, 300], { a: { ...given, ld: 32 }, b: { ld: 12 } }],
    [[24, 10, 300], { ...across, lower: true }],
  ];
  for (const [shape, extras] of others) assert.equal(await check(device, shape, extras), "tall");
  assert.equal(await check(device, [24, 33, 300], { a: given, b: { ld: 36 } }), "square");
  // The last row of B would end in a piece of 16 bytes that the tensor does not have.
  using tensor = device.tensor("of 8 m", [300 * 24]);
  using short = device.tensor("ends early", [299 * 12 + 10]);
  const [a, b] = [{ tensor, transposed: true }, { tensor: short, ld: 12 }];
  assert.equal(rungOf({ m: 24, n: 10, k: 300, a, b, c: { tensor } }), "tall");
});

matrixTest("matmul: few tiles of C and a long sum are split", async (device) => {
  assert.equal(await check(device, [3, 5, 1024]), "split");
  assert.equal(await check(device, [3, 5, 1023]), "tall");
  assert.equal(await check(device, [70, 67, 1100], { a: { transposed: true } }), "split");
  const extras = { b: given, c: { offset: 3, ld: 40 }, alpha: -0.5, beta: 2 };
  assert.equal(await check(device, [11, 37, 1301], { ...extras, a: { half: true } }), "split");
  assert.equal(await check(device, [33, 33, 1025], { lower: true }), "square");
});

matrixTest("matmul: at most 32 columns take tall tiles, the rest square ones", async (device) => {
  assert.equal(await check(device, [131, 32, 19]), "tall");
  assert.equal(await check(device, [131, 33, 19]), "square");
  assert.equal(await check(device, [1, 1, 1]), "tall");
  assert.equal(await check(device, [1, 129, 3], { a: { half: true, offset: 3 } }), "square");
  for (const n of [17, 71]) {
    for (const variant of [0, 1, 2, 3]) {
      await check(device, [53, n, 37], {
        a: { transposed: (variant & 1) === 1, offset: 5, ld: 60 },
        b: { transposed: variant >= 2, offset: 2, ld: 77 },
        c: { offset: 9, ld: n + 4 },
        alpha: -1,
        beta: variant,
      });
    }
  }
});

matrixTest("matmul: only the lower triangle, added to what was there", async (device) => {
  for (const D of [1, 31, 70, 133]) {
    await check(device, [D, D, 32], { b: given, alpha: -1, beta: 1, lower: true });
  }
});

matrixTest("matmul: an empty matrix is no work, an empty sum is 0", async (device) => {
  const { dispatches } = device.counts;
  await check(device, [0, 5, 7]);
  await check(device, [5, 0, 7]);
  assert.equal(device.counts.dispatches, dispatches);
  await check(device, [5, 7, 0]);
  await check(device, [5, 3, 0], { b: given });
  await check(device, [5, 7, 0], { beta: -2 });
});

Deno.test("rungOf: a split needs fewer than 32 tiles", () => {
  const tensor = {} as Operand["tensor"];
  const rung = (m: number, n: number) =>
    rungOf({ m, n, k: 5000, a: { tensor }, b: { tensor }, c: { tensor } });
  assert.equal(rung(64 * 31, 64), "split");
  assert.equal(rung(64 * 31 + 1, 64), "square");
  assert.equal(rung(64 * 8, 64 * 4), "square");
  assert.equal(rung(64 * 32, 3), "tall");
});

Deno.test("matmul: (A B)^T = B^T A^T, whatever the shape", async () => {
  const device = await sharedDevice("cpu");
  const size = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(size, size, size, fc.integer(), async (m, n, k, seed) => {
      const random = new Random(seed);
      using a = device.tensor("a", [m, k], "real", random.normals(m * k));
      using b = device.tensor("b", [k, n], "real", random.normals(k * n));
      using c = device.tensor("c", [m, n]);
      using mirrored = device.tensor("c^T", [n, m]);
      matmul(device, { m, n, k, a: { tensor: a }, b: { tensor: b }, c: { tensor: c } });
      matmul(device, {
        ...{ m: n, n: m, k },
        a: { tensor: b, transposed: true },
        b: { tensor: a, transposed: true },
        c: { tensor: mirrored },
      });
      const expected = transpose(await numbers(device, c), m, n);
      assertClose(await numbers(device, mirrored), expected, { relative: 0, absolute: 1e-12 });
    }),
    { numRuns: 40 },
  );
});
