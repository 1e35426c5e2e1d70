import assert from "node:assert/strict";
import fc from "fast-check";
import { matrixRows, readVector } from "../../src/io/array.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { decode } from "../../src/io/dtype.ts";
import { encodeNpy, openNpy } from "../../src/io/numpy/npy.ts";
import { readAll } from "../../src/io/rows.ts";
import {
  counted,
  inBlocks,
  npyBytes,
  type NpyType,
  npyTypes,
  type NpyVariant,
  rawNpy,
  refuses,
  same,
} from "./fixtures.ts";
import { type NumpyFile, numpyFile } from "./numpy_files.ts";

const types = Object.keys(npyTypes) as NpyType[];

/** A matrix in any variant of the format, with whole values that its type holds. */
const anyFile = fc.record({
  variant: fc.record({
    type: fc.constantFrom(...types),
    littleEndian: fc.boolean(),
    fortranOrder: fc.boolean(),
    version: fc.constantFrom<1 | 2 | 3>(1, 2, 3),
  }),
  rows: fc.integer({ min: 1, max: 19 }),
  columns: fc.integer({ min: 1, max: 9 }),
  block: fc.integer({ min: 1, max: 20 }),
}).chain((shape) => {
  const [min, max] = npyTypes[shape.variant.type].range;
  const value = fc.maxSafeInteger().map((x) => Math.max(min, Math.min(max, x % (max + 1))));
  const length = shape.rows * shape.columns;
  return fc.tuple(
    fc.constant(shape),
    fc.array(value, { minLength: length, maxLength: length }),
  );
});

Deno.test("npy: every type, byte order, memory order and version reads back, in blocks of any size", async () => {
  await fc.assert(
    fc.asyncProperty(anyFile, async ([{ variant, rows, columns, block }, values]) => {
      const file = bytesOf("pool.npy", npyBytes(variant, [rows, columns], values));
      const source = matrixRows(await openNpy(file));
      assert.deepEqual([source.rows, source.columns], [rows, columns]);
      const expected = values.map((value) => Math.fround(value) + 0);
      assert.deepEqual((await inBlocks(source, block)).map((value) => value + 0), expected);
    }),
    { numRuns: 300 },
  );
});

Deno.test("npy: a Fortran file longer than one chunk reads back whole and in part", async () => {
  // A chunk holds 131,072 float64: less than one column, or two of five columns.
  for (const [rows, columns] of [[150_001, 3], [50_001, 5]] as const) {
    const values = Float32Array.from({ length: rows * columns }, (_, i) => i % 9973);
    const variant: NpyVariant = { type: "f8", littleEndian: true, fortranOrder: true, version: 1 };
    const file = bytesOf("pool.npy", npyBytes(variant, [rows, columns], values));
    const source = matrixRows(await openNpy(file));
    same(await readAll(source), values);
    const part = new Float32Array((rows - 20) * columns);
    await source.read(7, part);
    same(part, values.subarray(7 * columns, (rows - 13) * columns));
  }
});

Deno.test("npy: encodeNpy writes what openNpy reads, for every typed array", async () => {
  const arrays = [
    Float32Array.of(1.5, -2, 0.1),
    Float64Array.of(1.5, -2, 3),
    Int8Array.of(-1, 2, 3),
    Int16Array.of(-1, 2, 3),
    Int32Array.of(-1, 2, 3),
    Uint8Array.of(1, 2, 255),
    Uint16Array.of(1, 2, 65535),
    Uint32Array.of(1, 2, 2 ** 32 - 1),
    BigInt64Array.of(-1n, 2n, 3n),
    BigUint64Array.of(1n, 2n, 3n),
  ];
  const seen = new Set<string>();
  for (const array of arrays) {
    const bytes = encodeNpy(array, [3]);
    assert.equal((bytes.length - array.byteLength) % 64, 0);
    const { dtype, values } = await readVector(await openNpy(bytesOf("x.npy", bytes)));
    assert.deepEqual([...values as Float64Array], [...array].map(Number));
    seen.add(dtype);
  }
  assert.equal(seen.size, arrays.length);
  await refuses(
    () => encodeNpy(new Float32Array(5), [2, 3]),
    "Cannot write an array of shape [2, 3]: it has 5 elements",
  );
});

Deno.test("npy: all 65,536 half floats decode as the platform's own", () => {
  const bytes = new Uint8Array(2 * 65536);
  const view = new DataView(bytes.buffer);
  for (let half = 0; half < 65536; half++) view.setUint16(2 * half, half, true);
  const decoded = new Float32Array(65536);
  decode("f16", true, bytes, decoded);
  for (let half = 0; half < 65536; half++) {
    assert.ok(Object.is(decoded[half], view.getFloat16(2 * half, true)), `half ${half}`);
  }
});

Deno.test("npy: 64-bit integers round once to float64, and to float32", () => {
  const integers = BigInt64Array.of(-1n, -(2n ** 40n) - 1n, 2n ** 53n + 1n, -(2n ** 63n));
  const decoded = new Float64Array(4);
  decode("i64", true, new Uint8Array(integers.buffer), decoded);
  assert.deepEqual([...decoded], [...integers].map(Number));
});

Deno.test("npy: files made by NumPy", async () => {
  const rows = async (
    file: NumpyFile,
  ) => [...await readAll(matrixRows(await openNpy(numpyFile(file))))];
  assert.deepEqual(
    await rows("f16_big_endian"),
    [1.5, -2, 65504, 5.960464477539063e-8, 0.0999755859375, -0],
  );
  assert.deepEqual(await rows("i64_fortran"), [1, 2, 3, -4, 2 ** 40, -(2 ** 53)]);
  assert.deepEqual(await rows("f32_version2"), [1, 2, 3, 4.5, 5, 6]);
  assert.deepEqual(await rows("u16_version3"), [1, 65535]);
  const { dtype, values } = await readVector(await openNpy(numpyFile("bool_mask")));
  assert.deepEqual([dtype, ...values as Float64Array], ["bool", 1, 0, 1]);
});

Deno.test("npy: only the requested rows are read", async () => {
  const values = new Float32Array(1000 * 8);
  const file = counted(bytesOf("pool.npy", encodeNpy(values, [1000, 8])));
  const source = matrixRows(await openNpy(file));
  const header = file.bytesRead;
  assert.ok(header <= 140);
  await source.read(500, new Float32Array(10 * 8));
  assert.equal(file.bytesRead - header, 10 * 8 * 4);
});

Deno.test("npy: rows are read into a part of a larger buffer, and nothing beside it is touched", async () => {
  const file = bytesOf("pool.npy", encodeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]));
  const source = matrixRows(await openNpy(file));
  const buffer = new Float32Array(6).fill(9);
  await source.read(1, buffer.subarray(3, 5));
  assert.deepEqual([...buffer], [9, 9, 9, 3, 4, 9]);
});

Deno.test("npy: a file cut off anywhere says how much is missing", async () => {
  const whole = encodeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
  assert.equal(whole.length, 152);
  const cut = (length: number) => () => openNpy(bytesOf("pool.npy", whole.slice(0, length)));
  const wrong = "Cannot read pool.npy: it is not an .npy file, its first bytes are wrong";
  await refuses(cut(0), wrong);
  await refuses(cut(5), wrong);
  const truncated = (found: number, needed: number) =>
    `Cannot read pool.npy: truncated, ${found} bytes found and ${needed} needed`;
  await refuses(cut(6), truncated(6, 10));
  await refuses(cut(9), truncated(9, 10));
  await refuses(cut(10), truncated(10, 128));
  await refuses(cut(127), truncated(127, 128));
  await refuses(cut(128), truncated(128, 152));
  await refuses(cut(151), truncated(151, 152));
  const second = npyBytes(
    { type: "f4", littleEndian: true, fortranOrder: false, version: 2 },
    [1, 1],
    [1],
  );
  await refuses(() => openNpy(bytesOf("pool.npy", second.slice(0, 11))), truncated(11, 12));
});

Deno.test("npy: what cannot be read is named", async () => {
  const open = (file: NumpyFile) => () => openNpy(numpyFile(file));
  const only = "only bool, integers of 8 to 64 bits and floats of 16 to 64 bits can be read";
  await refuses(
    open("object"),
    "Cannot read object: it holds pickled Python objects, and only plain numbers can be read",
  );
  await refuses(
    open("structured"),
    "Cannot read structured: it is a structured array, and only plain numbers can be read",
  );
  await refuses(open("strings"), `Cannot read strings: its type is '<U3', and ${only}`);
  await refuses(open("complex"), `Cannot read complex: its type is '<c16', and ${only}`);
  await refuses(open("datetime"), `Cannot read datetime: its type is '<M8[D]', and ${only}`);
  const version4 = rawNpy("{}");
  version4[6] = 4;
  await refuses(
    () => openNpy(bytesOf("new.npy", version4)),
    "Cannot read new.npy: .npy version 4.0, and 1.0 to 3.0 can be read",
  );
});

Deno.test("npy: a malformed header is refused, whatever is wrong with it", async () => {
  const headers = [
    "",
    "hello",
    "{",
    "}",
    "()",
    "{'descr': '<f4'}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } trailing",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2.5, 3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ('2', 3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 6, }",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3), }",
    "{'descr': 4, 'fortran_order': False, 'shape': (2, 3), }",
    "{'descr': '', 'fortran_order': False, 'shape': (2, 3), }",
    "{'descr': '<f4', 'fortran_order': exec('x'), 'shape': (2, 3), }",
  ];
  for (const header of headers) {
    await refuses(
      () => openNpy(bytesOf("pool.npy", rawNpy(header, undefined, 24))),
      "Cannot read pool.npy: its .npy header is malformed",
    );
  }
});

Deno.test("npy: header spellings that other writers use are read", async () => {
  for (
    const header of [
      `{"descr": "<f4", "fortran_order": False, "shape": (2L, 3L)}`,
      `  {'shape':(2,3),'fortran_order':False,'descr':'=f4'}   \n`,
      `{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3,),}`,
    ]
  ) {
    const file = rawNpy(header, (view) => view.setFloat32(20, 7, true), 24);
    const values = await readAll(matrixRows(await openNpy(bytesOf("pool.npy", file))));
    assert.deepEqual([...values], [0, 0, 0, 0, 0, 7]);
  }
});

Deno.test("npy: a matrix needs two axes, rows and columns", async () => {
  const matrix = (shape: number[]) => async () => {
    const length = shape.reduce((a, b) => a * b, 1);
    const file = bytesOf("pool.npy", encodeNpy(new Float32Array(length), shape));
    matrixRows(await openNpy(file), "features in pool.npy");
  };
  const must = "and it must be [n, d]";
  await refuses(matrix([6]), `Cannot use features in pool.npy: its shape is [6], ${must}`);
  await refuses(matrix([]), `Cannot use features in pool.npy: its shape is [], ${must}`);
  await refuses(
    matrix([2, 3, 4]),
    `Cannot use features in pool.npy: its shape is [2, 3, 4], ${must}`,
  );
  await refuses(matrix([0, 4]), "Cannot use features in pool.npy: it has no rows");
  await refuses(matrix([4, 0]), "Cannot use features in pool.npy: it has no columns");
});

Deno.test("npy: NaN and infinity are named by row and column, in C and in Fortran order", async () => {
  for (const type of ["f2", "f4", "f8"] as const) {
    for (const fortranOrder of [false, true]) {
      const values = new Float64Array(40 * 7);
      values[12 * 7 + 3] = NaN;
      values[20 * 7] = -Infinity;
      const bytes = npyBytes(
        { type, littleEndian: true, fortranOrder, version: 1 },
        [40, 7],
        values,
      );
      const source = matrixRows(await openNpy(bytesOf("pool.npy", bytes)), "features in pool.npy");
      await refuses(
        () => readAll(source),
        "Cannot use features in pool.npy: NaN at row 12, column 3",
      );
      await refuses(
        () => source.read(15, new Float32Array(10 * 7)),
        "Cannot use features in pool.npy: -infinity at row 20, column 0",
      );
      await source.read(21, new Float32Array(19 * 7));
    }
  }
});

Deno.test("npy: a float64 too large for float32 is not called an infinity", async () => {
  const file = bytesOf("pool.npy", encodeNpy(Float64Array.of(1, 2, 3, -1e300), [2, 2]));
  const source = matrixRows(await openNpy(file), "features in pool.npy");
  await refuses(
    () => readAll(source),
    "Cannot use features in pool.npy: -1e+300, too large for float32, at row 1, column 1",
  );
});

Deno.test("npy: rows that are not there, and half rows, are refused", async () => {
  const source = matrixRows(
    await openNpy(bytesOf("pool.npy", encodeNpy(new Float32Array(6), [3, 2]))),
  );
  await refuses(
    () => source.read(2, new Float32Array(4)),
    "Cannot read rows 2 to 3 of pool.npy: its rows are 0 to 2",
  );
  await refuses(
    () => source.read(-1, new Float32Array(2)),
    "Cannot read rows -1 to -1 of pool.npy: its rows are 0 to 2",
  );
  await refuses(
    () => source.read(0, new Float32Array(3)),
    "Cannot read pool.npy: room for 3 values is not whole rows of 2 columns",
  );
});
