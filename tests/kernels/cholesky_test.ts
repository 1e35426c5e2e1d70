/** The kernels behind factorization, inverse and ridge against their twins. */

import { CHOLESKY_BLOCK, choleskyBlock } from "../../src/kernels/linalg/cholesky-block.ts";
import { ridge } from "../../src/kernels/bait/ridge.ts";
import { setDiagonal } from "../../src/kernels/linalg/set-diagonal.ts";
import { assertClose, compareKernel, gpuTest, Random } from "../fixture.ts";
import { positiveDefinite } from "../linalg/plain.ts";

gpuTest("cholesky-block: a block anywhere in the matrix, down to one row", async () => {
  const random = new Random(1);
  for (
    const [D, at, size, block] of [
      [1, 0, 1, 0],
      [5, 0, 5, 0],
      [32, 0, 32, 0],
      [71, 32, 32, 1],
      [71, 64, 7, 2],
      [33, 32, 1, 1],
    ] as const
  ) {
    const blocks = block + 1;
    const inverses = blocks * CHOLESKY_BLOCK ** 2;
    await compareKernel(choleskyBlock, {
      tensors: {
        matrix: { shape: [D, D], data: positiveDefinite(random, D, 0.1) },
        factor: { shape: [D, D], data: random.normals(D * D) },
        inverses: {
          shape: [blocks, CHOLESKY_BLOCK, CHOLESKY_BLOCK],
          data: random.normals(inverses),
        },
      },
      params: { D, at, size, block },
    }, { relative: 1e-4, absolute: 1e-4 });
  }
});

gpuTest("cholesky-block: a pivot that rounding pushed below zero does not give NaN", async () => {
  const { factor } = await compareKernel(choleskyBlock, {
    tensors: {
      matrix: { shape: [2, 2], data: [1, 1, 1, 1 - 2 ** -20] },
      factor: { shape: [2, 2] },
      inverses: { shape: [1, CHOLESKY_BLOCK, CHOLESKY_BLOCK] },
    },
    params: { D: 2, at: 0, size: 2, block: 0 },
  }, { relative: 1e-3 });
  assertClose(factor, [1, 0, 1, 1e-15]);
});

gpuTest("set-diagonal: a multiple of the identity", async () => {
  const random = new Random(2);
  for (const D of [1, 17, 70]) {
    await compareKernel(setDiagonal, {
      tensors: {
        s: { shape: [1], data: [0.3] },
        matrix: { shape: [D, D], data: random.normals(D * D) },
      },
      params: { D },
    });
  }
});

gpuTest("ridge: the given number, or a share of the trace, or 1", async () => {
  const random = new Random(3);
  for (const D of [1, 37, 300]) {
    const spread = positiveDefinite(random, D, 1);
    for (const [lambda, data] of [[0, spread], [0.25, spread], [0, undefined]] as const) {
      await compareKernel(ridge, {
        tensors: {
          matrix: data ? { shape: [D, D], data } : { shape: [D, D] },
          lambda: { shape: [1], data: [7] },
        },
        params: { D, lambda, share: 0.3 / D },
      });
    }
  }
});
