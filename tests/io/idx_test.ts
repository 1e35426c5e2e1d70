import assert from "node:assert/strict";
import { matrixRows, readVector } from "../../src/io/array.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { openIdx } from "../../src/io/idx.ts";
import { readIntegers } from "../../src/io/integers.ts";
import { readAll } from "../../src/io/rows.ts";
import { idxBytes, refuses } from "./fixtures.ts";

const open = (bytes: Uint8Array) => openIdx(bytesOf("train-images.idx", bytes));

Deno.test("idx: images are flattened to rows, labels are a vector", async () => {
  const pixels = Array.from({ length: 2 * 3 * 4 }, (_, i) => 10 * i);
  const images = matrixRows(await open(idxBytes("u8", [2, 3, 4], pixels)));
  assert.deepEqual([images.rows, images.columns, images.dtype], [2, 12, "u8"]);
  assert.deepEqual([...await readAll(images)], pixels);
  const labels = await readVector(await open(idxBytes("u8", [3], [7, 0, 9])));
  assert.deepEqual([...readIntegers(labels)], [7, 0, 9]);
});

Deno.test("idx: every type is read, big-endian", async () => {
  const values = [1, -2, 3, -4, 100, -128];
  for (const dtype of ["i8", "i16", "i32", "f32", "f64"] as const) {
    const rows = matrixRows(await open(idxBytes(dtype, [3, 2], values)));
    assert.deepEqual([rows.dtype, ...await readAll(rows)], [dtype, ...values]);
  }
});

Deno.test("idx: a file cut off anywhere is refused", async () => {
  const whole = idxBytes("u8", [2, 3, 4], new Array(24).fill(1));
  const name = "Cannot read train-images.idx:";
  const wrong = `${name} it is not an IDX file, its first bytes are wrong`;
  await refuses(() => open(whole.slice(0, 0)), wrong);
  await refuses(() => open(whole.slice(0, 3)), wrong);
  await refuses(() => open(whole.slice(0, 4)), `${name} truncated, 4 bytes found and 16 needed`);
  await refuses(() => open(whole.slice(0, 15)), `${name} truncated, 15 bytes found and 16 needed`);
  await refuses(() => open(whole.slice(0, 39)), `${name} truncated, 39 bytes found and 40 needed`);
  await refuses(() => open(Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 0)), wrong);
  await refuses(() => open(Uint8Array.of(1, 0, 8, 1, 0, 0, 0, 0)), wrong);
});
