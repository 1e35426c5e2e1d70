/**
 * The kernels of matrix products against their twins: every constant, ragged shapes and strides.
 */

import { tiledMatmul } from "../../src/kernels/linalg/matmul.ts";
import { skinnyMatmul } from "../../src/kernels/linalg/skinny-matmul.ts";
import { skinnyTransposed } from "../../src/kernels/linalg/skinny-transposed.ts";
import { sumSlices } from "../../src/kernels/linalg/sum-slices.ts";
import { compareKernel, gpuTest, Random } from "../fixture.ts";

const close = { relative: 1e-5, absolute: 2e-5 };

/** A call of `matmul` with rows further apart than they need to be, and everything at an offset. */
function matmulCall(
  random: Random,
  [m, n, k]: readonly [number, number, number],
  constants: Partial<typeof tiledMatmul.constants> = {},
  params: { kSlice?: number; lower?: number; alpha?: number; beta?: number } = {},
) {
  const { transA, transB, halfA } = { ...tiledMatmul.constants, ...constants };
  const { kSlice = Math.max(k, 1), lower = 0, alpha = 1, beta = 0 } = params;
  const [lda, ldb, ldc] = [(transA ? m : k) + 3, (transB ? k : n) + 1, n + 2];
  const [aOffset, bOffset, cOffset] = [5, 7, 3];
  const slices = Math.max(1, Math.ceil(k / kSlice));
  const sliceStride = m * ldc + 1;
  const a = random.normals(aOffset + (transA ? k : m) * lda);
  const b = random.normals(bOffset + (transB ? n : k) * ldb);
  const c = random.normals(cOffset + slices * sliceStride);
  const above = (e: number) => {
    const at = (e - cOffset) % sliceStride;
    return e >= cOffset && at % ldc < n && at % ldc > Math.floor(at / ldc);
  };
  return {
    tensors: {
      a: { shape: [a.length], dtype: halfA ? "f16" : "real", data: a },
      b: { shape: [b.length], data: b },
      c: { shape: [c.length], data: c },
    },
    params: {
      ...{ m, n, k, lda, ldb, ldc, aOffset, bOffset, cOffset },
      ...{ kSlice, sliceStride, lower, alpha, beta },
    },
    constants,
    defined: { c: (e: number) => !lower || !above(e) },
  } as const;
}

const rungs = { square: {}, tall: { TX: 4, TY: 16, RX: 1 } };

for (const [name, tile] of Object.entries(rungs)) {
  gpuTest(`matmul: the ${name} tile with every transpose and both storages`, async () => {
    const random = new Random(1);
    const shapes = [[37, 29, 45], [70, 67, 19], [131, 5, 33], [3, 65, 17]] as const;
    for (let variant = 0; variant < 8; variant++) {
      const constants = { transA: variant & 1, transB: variant >> 1 & 1, halfA: variant >> 2 };
      for (const shape of [shapes[variant % 4]!, shapes[(variant + 3) % 4]!]) {
        const call = matmulCall(random, shape, { ...tile, ...constants });
        await compareKernel(tiledMatmul, call, close);
      }
    }
  });

  gpuTest(`matmul: the ${name} tile with alpha, beta, slices and the lower triangle`, async () => {
    const random = new Random(2);
    const calls = [
      matmulCall(random, [33, 21, 50], tile, { alpha: -0.5 }),
      matmulCall(random, [33, 21, 50], tile, { alpha: 2, beta: -1.5 }),
      matmulCall(random, [33, 21, 50], tile, { kSlice: 13, alpha: 1.5 }),
      matmulCall(random, [70, 21, 50], { ...tile, transB: 1 }, { kSlice: 49 }),
      matmulCall(random, [139, 139, 11], { ...tile, transB: 1 }, { lower: 1 }),
      matmulCall(random, [139, 139, 11], tile, { lower: 1, alpha: -1, beta: 1 }),
      matmulCall(random, [1, 1, 1], tile),
      matmulCall(random, [1, 130, 1], tile, { beta: 1 }),
      matmulCall(random, [130, 1, 130], { ...tile, transA: 1 }),
    ];
    for (const call of calls) await compareKernel(tiledMatmul, call, close);
  });
}

gpuTest("matmul: other depths of the tiles, other numbers of blocks a thread", async () => {
  const random = new Random(3);
  for (
    const constants of [
      { TX: 8, TY: 8, RX: 1, RY: 1, BK: 8 },
      { TX: 16, TY: 4, RX: 2, RY: 1, BK: 32, transA: 1 },
    ]
  ) {
    await compareKernel(tiledMatmul, matmulCall(random, [41, 67, 53], constants), close);
  }
});

gpuTest("matmul: a sum of nothing is 0, and no rows are no work", async () => {
  const random = new Random(4);
  const empty = matmulCall(random, [5, 7, 0], {}, { beta: 0.5 });
  const { c } = await compareKernel(tiledMatmul, empty, close);
  if (c[3] !== 0.5 * empty.tensors.c.data[3]!) throw new Error("C must become beta C");
  await compareKernel(tiledMatmul, matmulCall(random, [0, 7, 3]), close);
});

gpuTest("skinny-matmul: one to sixteen columns, both storages, any number of lanes", async () => {
  const random = new Random(5);
  const shapes = [[1, 8], [37, 24], [301, 72], [67, 136], [35, 8]] as const;
  let variant = 0;
  for (const columns of [1, 2, 3, 4, 5, 7, 8, 10, 12, 13, 16]) {
    for (const half of [0, 1]) {
      for (const lanes of [1, 2, 8, 64]) {
        const [rows, k] = shapes[variant++ % shapes.length]!;
        const [xOffset, bOffset, yOffset, ldy] = [16, 8, 3, columns + variant % 3];
        const x = random.normals(xOffset + rows * k);
        const b = random.normals(bOffset + columns * k);
        const y = random.normals(yOffset + rows * ldy);
        await compareKernel(skinnyMatmul, {
          tensors: {
            x: { shape: [x.length], dtype: half ? "f16" : "f32", data: x },
            b: { shape: [b.length], data: b },
            y: { shape: [y.length], data: y },
          },
          params: { rows, k, xOffset, bOffset, yOffset, ldy },
          constants: { columns, half, lanes, threads: lanes === 2 ? 32 : 64 },
        }, close);
      }
    }
  }
});

gpuTest("skinny-transposed: one to sixteen columns, both storages, ragged slices", async () => {
  const random = new Random(7);
  const shapes = [[1, 8, 64], [37, 24, 10], [301, 72, 64], [67, 136, 66], [35, 8, 7]] as const;
  let variant = 0;
  for (const columns of [1, 2, 3, 4, 5, 7, 8, 10, 12, 13, 16]) {
    for (const half of [0, 1]) {
      const [rows, k, slice] = shapes[variant++ % shapes.length]!;
      const slices = Math.ceil(rows / slice);
      const [xOffset, bOffset] = [16, 8];
      const ldb = 4 * Math.ceil(columns / 4) + 4 * (variant % 2);
      const x = random.normals(xOffset + rows * k);
      const b = random.normals(bOffset + rows * ldb);
      await compareKernel(skinnyTransposed, {
        tensors: {
          x: { shape: [x.length], dtype: half ? "f16" : "f32", data: x },
          b: { shape: [b.length], data: b },
          s: { shape: [slices, k, columns], data: random.normals(slices * k * columns) },
        },
        params: { rows, k, ldb, xOffset, bOffset, slice, slices },
        constants: { columns, half, threads: variant % 3 === 0 ? 32 : 64 },
      }, close);
    }
  }
});

gpuTest("sum-slices: folds slices into a matrix with a stride and an offset", async () => {
  const random = new Random(6);
  for (
    const [m, n, slices, alpha, beta] of [
      [37, 11, 3, 1, 0],
      [1, 1, 1, -2, 0.5],
      [19, 23, 7, 0.25, 1],
      [5, 3, 0, 1, 2],
    ] as const
  ) {
    const [ldc, cOffset] = [n + 3, 2];
    await compareKernel(sumSlices, {
      tensors: {
        s: { shape: [slices, m, n], data: random.normals(slices * m * n) },
        c: { shape: [cOffset + m * ldc], data: random.normals(cOffset + m * ldc) },
      },
      params: { m, n, slices, ldc, cOffset, alpha, beta },
    }, close);
  }
});
