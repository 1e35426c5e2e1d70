/**
 * The first three principal components of a pool, computed on its device.
 *
 * @module
 */

import { matmul, type Pool, type Tensor } from "../creel.ts";

/** The coordinates of all samples. */
export interface Projection {
  /** The coordinates on the device, `[n, 4]`; the last one is 0. The caller disposes it. */
  readonly points: Tensor;
  /** The coordinates of the mean of all samples. */
  readonly center: readonly number[];
}

/** The number of columns of the tensors: three components, padded. */
const WIDTH = 4;
const COMPONENTS = 3;

/** Rounds of orthogonal iteration; a map needs no exact directions. */
const ROUNDS = 24;

/** The share of its length below which a direction counts as spanned by the others. */
const SPANNED = 1e-4;

/** The number of rows of one product. */
const SEGMENT = 65536;

/**
 * Projects all samples on the principal components, by orthogonal iteration with `X^T X Q - n m m^T
 * Q` for the mean m: the features stay on the device, `[d, 4]` numbers come back each round.
 */
export async function project(pool: Pool): Promise<Projection> {
  const { device, rows, stride } = pool;
  const mean = (await columnSums(pool)).map((sum) => sum / rows);
  let axes = orthonormal(
    Float64Array.from({ length: stride * WIDTH }, (_, e) => {
      const [f, c] = [Math.floor(e / WIDTH), e % WIDTH];
      return c < COMPONENTS && f < pool.columns ? Math.sin((c + 1) * (f + 1)) : 0;
    }),
  );
  const points = device.tensor("map", [rows, WIDTH]);
  using directions = device.tensor("components", [stride, WIDTH]);
  using image = device.tensor("image of the components", [stride, WIDTH]);
  for (let round = 0; round < ROUNDS; round++) {
    device.write(directions, axes);
    projectOn(pool, directions, points);
    let beta = 0;
    for (const { features, base, offset, rows } of pool.segments(SEGMENT)) {
      matmul(device, {
        ...{ m: stride, n: WIDTH, k: rows, beta },
        a: { tensor: features, offset: offset * stride, transposed: true },
        b: { tensor: points, offset: base * WIDTH },
        c: { tensor: image },
      });
      beta = 1;
    }
    const next = Float64Array.from(await device.read(image));
    const along = centerOf(mean, axes);
    for (let f = 0; f < stride; f++) {
      for (let c = 0; c < WIDTH; c++) next[f * WIDTH + c]! -= rows * mean[f]! * along[c]!;
    }
    axes = orthonormal(next);
  }
  device.write(directions, axes);
  projectOn(pool, directions, points);
  return { points, center: centerOf(mean, axes) };
}

function projectOn(pool: Pool, directions: Tensor, points: Tensor): void {
  for (const { features, base, offset, rows, stride } of pool.segments(SEGMENT)) {
    matmul(pool.device, {
      ...{ m: rows, n: WIDTH, k: stride },
      a: { tensor: features, offset: offset * stride },
      b: { tensor: directions },
      c: { tensor: points, offset: base * WIDTH },
    });
  }
}

async function columnSums(pool: Pool): Promise<Float64Array> {
  const { device, rows, stride } = pool;
  const most = Math.min(rows, SEGMENT);
  using ones = device.tensor("ones", [most], "real", new Float32Array(most).fill(1));
  using sums = device.tensor("sums", [stride]);
  let beta = 0;
  for (const { features, offset, rows } of pool.segments(SEGMENT)) {
    matmul(device, {
      ...{ m: stride, n: 1, k: rows, beta },
      a: { tensor: features, offset: offset * stride, transposed: true },
      b: { tensor: ones },
      c: { tensor: sums },
    });
    beta = 1;
  }
  return Float64Array.from(await device.read(sums));
}

function centerOf(mean: Float64Array, axes: Float64Array): number[] {
  return Array.from(
    { length: WIDTH },
    (_, c) => mean.reduce((sum, value, f) => sum + value * axes[f * WIDTH + c]!, 0),
  );
}

/** Gram-Schmidt on the columns; the largest entry of each becomes positive. */
function orthonormal(axes: Float64Array): Float64Array {
  const rows = axes.length / WIDTH;
  const column = (c: number) => Array.from({ length: rows }, (_, f) => axes[f * WIDTH + c]!);
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, f) => sum + value * b[f]!, 0);
  const result = new Float64Array(axes.length);
  const done: number[][] = [];
  for (let c = 0; c < COMPONENTS; c++) {
    let own = column(c);
    const before = Math.sqrt(dot(own, own));
    for (const other of done) {
      const along = dot(own, other);
      own = own.map((value, f) => value - along * other[f]!);
    }
    const largest = own.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a, 0);
    const length = Math.sqrt(dot(own, own));
    // What is left of a direction that the others span is rounding.
    const factor = length > SPANNED * before ? Math.sign(largest) / length : 0;
    own = own.map((value) => value * factor);
    done.push(own);
    own.forEach((value, f) => result[f * WIDTH + c] = value);
  }
  return result;
}
