/**
 * The forms of kernels that run on a BLAS, against the twins. The BLAS is a plain one, so that this
 * runs where there is none.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Gemm } from "../../src/kernels/blas/gemm.ts";
import { blasOf } from "../../src/kernels/blas/open-blas.ts";
import { CpuDevice } from "../../src/device/cpu.ts";
import type { Kernel } from "../../src/device/kernel.ts";
import type { DType } from "../../src/device/tensor.ts";
import { MASKED, PICKED, pickLayout } from "../../src/kernels/bait/pick.ts";
import { projectPick } from "../../src/kernels/bait/project-pick.ts";
import { updateScores } from "../../src/kernels/bait/update-scores.ts";
import { spreadClasses } from "../../src/kernels/classes/spread-classes.ts";
import { updateClasses } from "../../src/kernels/classes/update-classes.ts";
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
    vector(shape, a, x, y) {
      this.run({ ...shape, n: 1, transB: false }, a, x, y);
    },
    square({ n, k, beta }, a, c) {
      const whole = new Float64Array(n * n);
      const shape = { m: n, n, k, transA: true, transB: false, lda: n, ldb: n, ldc: n };
      this.run({ ...shape, alpha: 1, beta: 0 }, a, a, whole);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          c[i * n + j] = whole[i * n + j]! + (beta === 0 ? 0 : beta * c[i * n + j]!);
        }
      }
    },
    scratch: (_slot, length) => new Float64Array(length).fill(NaN),
  };
}

/** A tensor of a kernel's call: its type, and its length or what it holds. */
type Spec = readonly [DType, number | readonly number[]];

/** Runs a kernel with and without a BLAS, compares what it writes, and returns the calls. */
async function compare<Binding extends string, Param extends string, Constant extends string>(
  kernel: Kernel<Binding, Param, Constant>,
  specs: Record<Binding, Spec>,
  params: Record<Param, number>,
  constants: Partial<Record<Constant, number>> = {},
  defined: (element: number) => boolean = () => true,
  memoryBudget = 1e9,
): Promise<number> {
  const gemm = plainGemm();
  const results: number[][] = [];
  for (
    const device of [
      new CpuDevice(memoryBudget, undefined),
      new CpuDevice(memoryBudget, undefined, "", blasOf("plain", gemm)),
    ]
  ) {
    const random = new Random(7);
    const names = Object.keys(kernel.bindings) as Binding[];
    const tensors = Object.fromEntries(names.map((name) => {
      const [dtype, held] = specs[name];
      const data = typeof held === "number" ? random.normals(held) : held;
      return [name, device.tensor(name, [data.length], dtype, data)];
    })) as Record<Binding, ReturnType<CpuDevice["tensor"]>>;
    device.run(kernel, tensors, params, constants);
    const written = names.filter((name) => kernel.bindings[name] === "write");
    const values = await device.readAll(written.map((name) => ({ tensor: tensors[name] })));
    results.push(values.flatMap((one) => Array.from(one).filter((_, e) => defined(e))));
  }
  assertClose(results[1]!, results[0]!, { relative: 1e-11, absolute: 1e-10 }, kernel.name);
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
      const specs: Record<"a" | "b" | "c", Spec> = {
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
        undefined,
        // With more memory the device would hold them as float64.
        5e6,
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
    lowest: fc.constantFrom(0, -1),
  });
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(inputs, async ({ rows, wide, slice, dtype, lowest }) => {
      const k = 8 * wide;
      const weights = Array.from({ length: 2 + rows }, (_, i) => Math.max(lowest, Math.sin(i)));
      const slices = Math.ceil(rows / slice);
      calls += await compare(
        weightedGram,
        { x: [dtype, 8 + rows * k], w: ["real", weights], s: ["real", slices * k * k] },
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

Deno.test("blas: the update after a pick of rank 1, for candidates, members and what is masked", async () => {
  const inputs = fc.record({
    rows: fc.integer({ min: 1, max: 40 }),
    classes: fc.integer({ min: 1, max: 4 }),
    samples: fc.constantFrom(4, 16),
    pick: fc.integer({ min: -3, max: 45 }),
    sigma: fc.constantFrom(1, -1),
    scoreOnly: fc.constantFrom(0, 1),
    states: fc.array(fc.constantFrom(0.5, 2, MASKED, PICKED), { minLength: 40, maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(inputs, async ({ rows, classes, samples, pick, sigma, scoreOnly, states }) => {
      const [base, count, d] = [16, 64, 3];
      const random = new Random(rows + 50 * classes);
      const scores = [...random.uniforms(count, 0, 1), ...new Array(20).fill(0)];
      for (let i = 0; i < rows; i++) scores[base + i] = states[i]!;
      // Forms of members are those of I - G, between 0 and 1.
      const forms = Array.from(random.uniforms(2 * rows, 0.1, 0.9));
      await compare(
        updateScores,
        {
          y: ["real", Array.from(random.normals(2 * rows * classes, 0.2))],
          probabilities: ["real", Array.from(random.probabilities(rows, classes))],
          columns: ["u32", Array.from({ length: rows }, () => random.integer(classes))],
          weights: ["real", Array.from(random.uniforms(rows, 0, 1))],
          picks: ["u32", [0, Math.max(0, base + pick)]],
          forms: ["real", forms],
          scores: ["real", scores],
          pick: ["real", Array.from(random.uniforms(8 + d + classes + 2 + 8, 0.1, 1))],
        },
        { rows, base, count, step: 1, d, classes, sigma },
        { rank: 1, lanes: 1, samples, scoreOnly },
      );
    }),
    { numRuns: 150 },
  );
});

Deno.test("blas: the projection of a pick of rank 1, and of a higher one by the twin", async () => {
  let calls = 0;
  for (const [d, classes, rank] of [[5, 1, 1], [4, 3, 1], [4, 3, 2]] as const) {
    const D = d * classes;
    const layout = pickLayout(d, classes, rank);
    calls += await compare(
      projectPick,
      {
        inverse: ["real", D * D],
        middle: ["real", D * D],
        pick: ["real", layout.scores + 4],
        wz: ["real", 2 * rank * D],
      },
      { D, d, sigma: -1 },
      { rank, classes, lanes: 1 },
    );
  }
  assert.equal(calls, 2 * (1 + 3));
});

Deno.test("blas: class blocks where all classes have the same samples, else by the twin", async () => {
  const [top, d, n] = [3, 8, 41];
  for (const dtype of ["f32", "f16"] as const) {
    for (
      const [base, rows, calls] of [[0, n, true], [7, 20, true], [30, 60, true], [
        0,
        n,
        false,
      ]] as const
    ) {
      // The entries of three classes of n samples; in the last case one class has a gap.
      const samples = Array.from({ length: top * n }, (_, e) => e % n + 5);
      const touched = [0, 1, 2].flatMap((j) => [j, j * n, j * n, (j + 1) * n, 0, 0]);
      if (!calls) samples[2 * n - 1]!++;
      const shared = { top, d, base, rows, most: n };
      const x: Spec = [dtype, rows * d];
      const state: Spec = ["real", 2 * top];
      const index = {
        touched: ["u32", touched],
        samples: ["u32", samples],
        scales: ["real", top * n],
        x,
        y: ["real", top * n],
      } as const;
      const spread = await compare(
        spreadClasses,
        { ...index, v: ["real", top * d], parts: ["real", top * 2 * d] },
        { ...shared, sliceRows: 64, firstSlice: 1, slices: 2 },
        { half: dtype === "f16" ? 1 : 0 },
      );
      const update = await compare(
        updateClasses,
        { ...index, z: ["real", top * d], state, forms: ["real", 2 * top * n] },
        shared,
        { half: dtype === "f16" ? 1 : 0 },
      );
      assert.deepEqual([spread > 0, update > 0], [calls, calls]);
    }
  }
});
