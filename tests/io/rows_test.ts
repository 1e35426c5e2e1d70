import assert from "node:assert/strict";
import { readIndices, readIntegers } from "../../src/io/integers.ts";
import { arrayRows, readAll } from "../../src/io/rows.ts";
import { inBlocks, refuses } from "./fixtures.ts";

Deno.test("rows: arrays in memory are rows, whatever their type", async () => {
  const values = [1, 2, 3, 4, 5, 6];
  const arrays = {
    f32: Float32Array.from(values),
    f64: Float64Array.from(values),
    i8: Int8Array.from(values),
    i16: Int16Array.from(values),
    i32: Int32Array.from(values),
    u8: Uint8Array.from(values),
    u16: Uint16Array.from(values),
    u32: Uint32Array.from(values),
  };
  for (const [dtype, array] of Object.entries(arrays)) {
    const source = arrayRows("features", array, 2);
    assert.deepEqual([source.rows, source.columns, source.dtype], [3, 2, dtype]);
    for (const block of [1, 2, 3]) assert.deepEqual(await inBlocks(source, block), values);
  }
  const nested = arrayRows("features", [[1, 2], [3, 4], [5, 6]]);
  assert.deepEqual([...await readAll(nested)], values);
});

Deno.test("rows: a typed array is not copied, so its later values are read", async () => {
  const data = Float32Array.of(1, 2);
  const source = arrayRows("features", data, 2);
  data[1] = 5;
  assert.deepEqual([...await readAll(source)], [1, 5]);
});

Deno.test("rows: arrays of the wrong shape are refused", async () => {
  await refuses(
    () => arrayRows("features", new Float32Array(5), 2),
    "Cannot use features: 5 values are not whole rows of 2 columns",
  );
  await refuses(
    () => arrayRows("features", new Float32Array(4), 0),
    "Cannot use features: 0 columns, and at least 1 is needed",
  );
  await refuses(
    () => arrayRows("features", new Float32Array(0), 3),
    "Cannot use features: it has no rows",
  );
  await refuses(() => arrayRows("features", []), "Cannot use features: it has no rows");
  await refuses(() => arrayRows("features", [[], []]), "Cannot use features: it has no columns");
  await refuses(
    () => arrayRows("features", [[1, 2], [3]]),
    "Cannot use features: row 1 has 1 columns, row 0 has 2",
  );
});

Deno.test("rows: NaN, infinities and numbers beyond float32 are named by row and column", async () => {
  const with_ = (value: number) => () => {
    const data = new Float64Array(50 * 6);
    data[41 * 6 + 5] = value;
    return readAll(arrayRows("features", data, 6));
  };
  const where = "at row 41, column 5";
  await refuses(with_(NaN), `Cannot use features: NaN ${where}`);
  await refuses(with_(Infinity), `Cannot use features: infinity ${where}`);
  await refuses(with_(-Infinity), `Cannot use features: -infinity ${where}`);
  await refuses(with_(1e39), `Cannot use features: 1e+39, too large for float32, ${where}`);
  await with_(3.4e38)();
});

Deno.test("rows: labels are whole numbers of 32 bits", async () => {
  const labels = (dtype: string, values: number[]) =>
    readIntegers({ name: "labels", dtype, values });
  assert.deepEqual([...labels("f64", [-1, 0, 2 ** 31 - 1])], [-1, 0, 2 ** 31 - 1]);
  assert.equal(labels("i64", []).length, 0);
  const whole = "is not a whole 32-bit number";
  await refuses(() => labels("f32", [1, 2.5]), `Cannot use labels: 2.5 at row 1 ${whole}`);
  await refuses(() => labels("f32", [NaN]), `Cannot use labels: NaN at row 0 ${whole}`);
  await refuses(() => labels("i64", [2 ** 31]), `Cannot use labels: 2147483648 at row 0 ${whole}`);
  await refuses(
    () => labels("bool", [0, 1]),
    "Cannot use labels: its type is bool, and whole numbers are needed",
  );
});

Deno.test("rows: labeled rows are indices or a mask", async () => {
  const labeled = (dtype: string, values: number[], rows?: number) =>
    readIndices({ name: "labeled", dtype, values }, rows);
  assert.deepEqual([...labeled("i64", [4, 0, 2], 5)], [4, 0, 2]);
  assert.deepEqual([...labeled("bool", [0, 1, 1, 0], 4)], [1, 2]);
  assert.deepEqual([...labeled("bool", [1, 1])], [0, 1]);
  assert.equal(labeled("i32", [], 5).length, 0);
  assert.deepEqual([...labeled("i32", [1000])], [1000]);
  await refuses(
    () => labeled("i64", [1, 5], 5),
    "Cannot use labeled: index 5, and 0 to 4 is allowed",
  );
  await refuses(
    () => labeled("i64", [-1]),
    "Cannot use labeled: index -1, and at least 0 is allowed",
  );
  await refuses(() => labeled("i64", [3, 1, 3], 5), "Cannot use labeled: index 3 occurs twice");
  await refuses(
    () => labeled("bool", [1, 0], 5),
    "Cannot use labeled: the mask has 2 values, and the pool has 5 rows",
  );
});
