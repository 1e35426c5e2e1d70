/**
 * The forms of kernels that run on a BLAS, against the twins. The BLAS is a plain one, so that this
 * runs where there is none.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Gemm } from "../../src/device/blas/gemm.ts";
import { blasOf } from "../../src/device/blas/open-blas.ts";
import { CpuDevice } from "../../src/device/cpu.ts";
import type { Kernel } from "../../src/device/kernel.ts";
import type { DType } from "../../src/device/tensor.ts";
import { tiledMatmul } from "../../src/kernels/linalg/matmul.ts";
import { weightedGram } from "../../src/kernels/linalg/weighted-gram.ts";
import { assertClose, Random } from "../fixture.ts";

/** A product in JavaScript that counts its calls; what is in its scratch memory is no number. */
function plainGemm(): Gemm & { calls: number } {
  return {
    calls: 0,
    run({ m, n, k, transA, transB, lda, ldb, ldc, alpha, beta }, a, b, c) {
      this.calls++;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let e = 0; e < k; e++) {
            sum += a[transA ? e * lda + i : i * lda + e]! * b[transB ? j * ldb + e : e * ldb + j]!;
          }
          c[i * ldc + j] = alpha * sum + (beta === 0 ? 0 : beta * c[i * ldc + j]!);
        }
      }
    },
    scratch: (_slot, length) => new Float64Array(length).fill(NaN),
  };
}

/** A tensor of a kernel's call: its type and its length; written ones keep what they hold. */
type Specs<Binding extends string> = Record<Binding, readonly [DType, number]>;

/** Runs a kernel with and without a BLAS, compares what it writes, and returns the calls. */
async function compare<Binding extends string, Param extends string, Constant extends string>(
  kernel: Kernel<Binding, Param, Constant>,
  specs: Specs<Binding>,
  params: Record<Param, number>,
  constants: Partial<Record<Constant, number>> = {},
  defined: (element: number) => boolean = () => true,
): Promise<number> {
  const gemm = plainGemm();
  const results: number[][] = [];
  for (
    const device of [
      new CpuDevice(1e9, undefined),
      new CpuDevice(1e9, undefined, "", blasOf("plain", gemm)),
    ]
  ) {
    const random = new Random(7);
    const names = Object.keys(kernel.bindings) as Binding[];
    const tensors = Object.fromEntries(names.map((name) => {
      const [dtype, length] = specs[name];
      return [name, device.tensor(name, [length], dtype, random.normals(length))];
    })) as Record<Binding, ReturnType<CpuDevice["tensor"]>>;
    device.run(kernel, tensors, params, constants);
    const written = names.find((name) => kernel.bindings[name] === "write")!;
    results.push(Array.from(await device.read(tensors[written])).filter((_, e) => defined(e)));
  }
  assertClose(results[1]!, results[0]!, { relative: 1e-12, absolute: 1e-11 }, kernel.name);
  return gemm.calls;
}

const DTYPES = ["real", "f32", "f16"] as const;
const size = fc.integer({ min: 1, max: 21 });

Deno.test("blas: matmul with any transposes, offsets, gaps, factors, slices and number types", async () => {
  let calls = 0;
  const inputs = fc.record({
    ...{ m: size, n: size, k: fc.integer({ min: 0, max: 40 }), kSlice: size },
    ...{ gapA: fc.nat(3), gapB: fc.nat(3), gapC: fc.nat(3) },
    ...{ aOffset: fc.nat(5), bOffset: fc.nat(5), cOffset: fc.nat(5) },
    ...{ transA: fc.nat(1), transB: fc.nat(1), beta: fc.constantFrom(0, 1, -0.5) },
    ...{ left: fc.constantFrom(...DTYPES), right: fc.constantFrom(...DTYPES) },
  });
  await fc.assert(
    fc.asyncProperty(inputs, async ({ m, n, k, left, right, ...at }) => {
      const lda = (at.transA ? m : k) + at.gapA;
      const ldb = (at.transB ? k : n) + at.gapB;
      const ldc = n + at.gapC;
      const sliceStride = m * ldc;
      const slices = Math.max(1, Math.ceil(k / at.kSlice));
      const { aOffset, bOffset, cOffset, transA, transB, beta, kSlice } = at;
      const specs: Specs<"a" | "b" | "c"> = {
        a: [left, aOffset + (at.transA ? k : m) * lda + 1],
        b: [right, bOffset + (at.transB ? n : k) * ldb + 1],
        c: ["real", cOffset + slices * sliceStride],
      };
      const params = { m, n, k, lda, ldb, ldc, aOffset, bOffset, cOffset, kSlice, sliceStride };
      calls += await compare(
        tiledMatmul,
        specs,
        { ...params, lower: 0, alpha: 1.5, beta },
        { transA, transB },
      );
    }),
    { numRuns: 150 },
  );
  assert.ok(calls > 50, `${calls} calls`);
});

Deno.test("blas: factors that are converted in several blocks", async () => {
  // 3,000 x 72 numbers are more than one block.
  const [rows, d] = [3000, 72];
  for (const transA of [0, 1]) {
    for (const transB of [0, 1]) {
      const [m, n, k] = transA ? [d, 5, rows] : transB ? [7, rows, d] : [rows, 5, d];
      const calls = await compare(
        tiledMatmul,
        { a: ["f32", m * k], b: [transA ? "f16" : "f32", k * n], c: ["real", m * n] },
        {
          ...{ m, n, k, lda: transA ? m : k, ldb: transB ? k : n, ldc: n },
          ...{ aOffset: 0, bOffset: 0, cOffset: 0, kSlice: k, sliceStride: 0 },
          ...{ lower: 0, alpha: 1, beta: 0.5 },
        },
        { transA, transB },
      );
      assert.ok(calls > 1, `${transA} ${transB}: ${calls} calls`);
    }
  }
});

Deno.test("blas: weighted Gram matrices, in slices and from any storage", async () => {
  const inputs = fc.record({
    rows: fc.integer({ min: 1, max: 90 }),
    wide: fc.integer({ min: 1, max: 4 }),
    slice: fc.integer({ min: 16, max: 90 }),
    dtype: fc.constantFrom(...DTYPES),
  });
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(inputs, async ({ rows, wide, slice, dtype }) => {
      const k = 8 * wide;
      const slices = Math.ceil(rows / slice);
      calls += await compare(
        weightedGram,
        { x: [dtype, 8 + rows * k], w: ["real", 2 + rows], s: ["real", slices * k * k] },
        { rows, d: k, xOffset: 8, wOffset: 2, rowsPerSlice: slice },
        {},
        // Only the lower triangle is defined.
        (e) => e % k <= Math.floor(e / k) % k,
      );
    }),
    { numRuns: 60 },
  );
  assert.ok(calls > 60, `${calls} calls`);
});
