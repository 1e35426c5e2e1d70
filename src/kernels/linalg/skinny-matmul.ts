/**
 * `Y = X B^T` for at most sixteen rows of B, the kernel for tall-skinny and matrix-vector products.
 * It reads X once.
 *
 * @module
 */

import { defineKernel, linearGrid } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/linalg/skinny-matmul.gen.ts";

/** The largest number of columns of one dispatch, which are kept in registers. */
export const SKINNY_COLUMNS = 16;

/**
 * `Y = X B^T`, X `[rows, k]` (k a multiple of 8), B `[columns <= 16, k]`, Y `[rows, columns]` with
 * its rows `ldy` apart. The workgroup memory is `16 threads columns` bytes.
 */
export const skinnyMatmul = /* @__PURE__ */ defineKernel({
  name: "skinny-matmul",
  wgsl,
  bindings: { x: "read", b: "read", y: "write" },
  params: { rows: "u32", k: "u32", xOffset: "u32", bOffset: "u32", yOffset: "u32", ldy: "u32" },
  constants: { lanes: 8, threads: 64, columns: 2, half: 0 },
  grid: ({ rows }, { lanes, threads }) => linearGrid(Math.ceil(rows / (4 * threads / lanes))),
  cpu({ x, b, y }, { rows, k, xOffset, bOffset, yOffset, ldy }, { columns }) {
    for (let i = 0; i < rows; i++) {
      const x0 = xOffset + i * k;
      for (let c = 0; c < columns; c++) {
        const b0 = bOffset + c * k;
        // Four sums, which do not wait for one another.
        let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
        for (let f = 0; f < k; f += 4) {
          sum0 += x[x0 + f]! * b[b0 + f]!;
          sum1 += x[x0 + f + 1]! * b[b0 + f + 1]!;
          sum2 += x[x0 + f + 2]! * b[b0 + f + 2]!;
          sum3 += x[x0 + f + 3]! * b[b0 + f + 3]!;
        }
        y[yOffset + i * ldy + c] = sum0 + sum1 + (sum2 + sum3);
      }
    }
  },
});
