import assert from "node:assert/strict";
import fc from "fast-check";
import { ColumnMoments } from "../../src/pool/moments.ts";
import { assertClose, Random } from "../fixture.ts";

/** Mean and deviation of each column in two passes. */
function twoPass(
  values: ArrayLike<number>,
  columns: number,
): { mean: number[]; deviation: number[] } {
  const rows = values.length / columns;
  const mean: number[] = [];
  const deviation: number[] = [];
  for (let f = 0; f < columns; f++) {
    const column = Array.from({ length: rows }, (_, i) => values[i * columns + f]!);
    const m = column.reduce((a, b) => a + b) / rows;
    mean.push(m);
    deviation.push(Math.sqrt(column.reduce((sum, value) => sum + (value - m) ** 2, 0) / rows));
  }
  return { mean, deviation };
}

/** The scale of a matrix that is seen a few rows at a time. */
function scaleOf(values: Float32Array, columns: number, chunkRows: number) {
  const moments = new ColumnMoments(columns);
  for (let at = 0; at < values.length; at += chunkRows * columns) {
    moments.add(values.subarray(at, at + chunkRows * columns));
  }
  return moments.scale();
}

Deno.test("moments: the same as in two passes, however the rows arrive", () => {
  const random = new Random(1);
  for (const [rows, columns] of [[2, 1], [37, 5], [1003, 13]] as const) {
    const values = random.normals(rows * columns, 3).map((value, e) => value + e % columns);
    const { mean, deviation } = twoPass(values, columns);
    for (const chunkRows of [1, 7, rows]) {
      const { shift, factor } = scaleOf(values, columns, chunkRows);
      assertClose(shift, mean, { relative: 1e-7, absolute: 1e-7 });
      assertClose(factor, deviation.map((value) => 1 / value), { relative: 1e-6 });
    }
  }
});

Deno.test("moments: columns far from 0 keep their digits", () => {
  const random = new Random(2);
  const values = random.normals(501).map((value) => 1e6 + Math.fround(value));
  const { mean, deviation } = twoPass(values, 1);
  const { shift, factor } = scaleOf(values, 1, 100);
  assertClose(shift, mean, { relative: 1e-7 });
  assertClose(factor, [1 / deviation[0]!], { relative: 1e-6 });
});

Deno.test("moments: a constant column has factor 1, one row is all constant", () => {
  for (const value of [0, 0.1, -1e6, 1e-20]) {
    const { shift, factor } = scaleOf(new Float32Array(33).fill(value), 1, 10);
    assertClose(shift, [value], { relative: 1e-7, absolute: 0 });
    assert.deepEqual(factor, Float32Array.of(1));
  }
  assert.deepEqual(scaleOf(Float32Array.of(3, -4), 2, 1), {
    shift: Float32Array.of(3, -4),
    factor: Float32Array.of(1, 1),
  });
});

Deno.test("moments: the order of the rows does not matter, a first row far away included", () => {
  const column = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 50 });
  fc.assert(
    fc.property(column, fc.integer({ min: -1e6, max: 1e6 }), (rest, outlier) => {
      const there = scaleOf(Float32Array.from([outlier, ...rest]), 1, 4);
      const back = scaleOf(Float32Array.from([...rest, outlier]), 1, 4);
      assertClose(there.shift, back.shift, { relative: 1e-6, absolute: 1e-3 });
      assertClose(there.factor, back.factor, { relative: 1e-4, absolute: 1e-12 });
    }),
  );
});
