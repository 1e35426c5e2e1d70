import type { Device } from "../../src/device/device.ts";
import type { DType, Tensor } from "../../src/device/tensor.ts";
import { addWeightedGram } from "../../src/linalg/gram.ts";
import { assertClose, matrixTest, numbers, Random } from "../fixture.ts";

/** Adds `scale w x x^T` to the class blocks (k, l) and (l, k) of a matrix, sample by sample. */
function addPlainly(
  matrix: Float64Array,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  d: number,
  { k, l, scale }: { k: number; l: number; scale: number },
): void {
  const D = Math.sqrt(matrix.length);
  for (let row = 0; row < w.length; row++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const value = scale * w[row]! * x[row * d + i]! * x[row * d + j]!;
        matrix[(k * d + i) * D + l * d + j]! += value;
        if (k !== l) matrix[(l * d + i) * D + k * d + j]! += value;
      }
    }
  }
}

/** Features in blocks of so many rows, as a pool holds them. */
function blocksOf(
  device: Device,
  x: ArrayLike<number>,
  d: number,
  blockRows: number,
  dtype: DType,
): { tensor: Tensor; first: number; rows: number }[] {
  const blocks = [];
  for (let first = 0; first * d < x.length; first += blockRows) {
    const values = Array.from(x).slice(first * d, (first + blockRows) * d);
    const rows = values.length / d;
    blocks.push({ tensor: device.tensor("block", [rows, d], dtype, values), first, rows });
  }
  return blocks;
}

for (const dtype of ["f32", "f16"] as const) {
  matrixTest(`gram: accumulates over blocks of ${dtype} into class blocks`, async (device) => {
    const random = new Random(1);
    for (
      const [rows, d, classes, blockRows] of [
        [1, 8, 1, 1],
        [331, 24, 1, 100],
        [197, 72, 2, 196],
        [1003, 8, 3, 257],
      ] as const
    ) {
      const D = classes * d;
      const values = random.normals(rows * d);
      const x = dtype === "f16" ? Float16Array.from(values) : values;
      const expected = new Float64Array(D * D);
      using matrix = device.tensor("matrix", [D, D]);
      const blocks = blocksOf(device, x, d, blockRows, dtype);
      for (let k = 0; k < classes; k++) {
        for (let l = 0; l <= k; l++) {
          const w = random.uniforms(rows);
          const block = { k, l, scale: 0.5 - k };
          addPlainly(expected, x, w, d, block);
          for (const { tensor, first, rows } of blocks) {
            const part = w.slice(first, first + rows);
            using weights = device.tensor("weights", [rows], "real", part);
            const where = { features: tensor, offset: 0, rows, stride: d };
            addWeightedGram(device, where, weights, matrix, block);
          }
        }
      }
      for (const { tensor } of blocks) tensor[Symbol.dispose]();
      const absolute = device.kind === "cpu" ? 1e-10 : 2e-4;
      assertClose(await numbers(device, matrix), expected, { absolute }, "matrix", [D, D]);
    }
  });
}

matrixTest("gram: rows in the middle of a block", async (device) => {
  const random = new Random(2);
  const d = 16;
  const x = random.normals(90 * d);
  const w = random.uniforms(31);
  using features = device.tensor("features", [90, d], "f32", x);
  using weights = device.tensor("weights", [31], "real", w);
  using matrix = device.tensor("matrix", [d, d]);
  const block = { k: 0, l: 0, scale: 1 };
  addWeightedGram(device, { features, offset: 43, rows: 31, stride: d }, weights, matrix, block);
  const expected = new Float64Array(d * d);
  addPlainly(expected, x.subarray(43 * d), w, d, block);
  assertClose(await numbers(device, matrix), expected, { absolute: 2e-5 }, "matrix", [d, d]);
});
