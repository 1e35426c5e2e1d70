import assert from "node:assert/strict";
import fc from "fast-check";
import { matrixRows, readVector } from "../../src/io/array.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { readAll } from "../../src/io/rows.ts";
import { encodeSafetensors, openSafetensors } from "../../src/io/safetensors.ts";
import { counted, refuses } from "./fixtures.ts";

/** A file with any header. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const open = (bytes: Uint8Array) => openSafetensors(bytesOf("head.safetensors", bytes));

Deno.test("safetensors: what is written reads back, on any shapes, with its metadata", async () => {
  const tensors = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 9 }).filter((name) => name !== "__metadata__"),
    fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
    { maxKeys: 5, noNullPrototype: true },
  );
  const metadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 4, noNullPrototype: true });
  await fc.assert(fc.asyncProperty(tensors, metadata, async (shapes, metadata) => {
    const entries = Object.entries(shapes).map(([name, shape], k) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length }, (_, i) => Math.cos(i + k));
      return [name, { shape, data }] as const;
    });
    const bytes = encodeSafetensors(Object.fromEntries(entries), metadata);
    const found = await open(bytes);
    assert.deepEqual(found.metadata, metadata);
    assert.deepEqual([...found.tensors.keys()].sort(), Object.keys(shapes).sort());
    for (const [name, { shape, data }] of entries) {
      const stored = found.open(name);
      assert.deepEqual([stored.shape, stored.dtype], [shape, "f32"]);
      const flat = await readVector({ ...stored, shape: [data.length] });
      assert.deepEqual([...flat.values as Float64Array], [...data]);
    }
  }));
});

Deno.test("safetensors: the layout is the format's own", () => {
  const bytes = encodeSafetensors({ w: { shape: [1, 2], data: Float32Array.of(1, 2) } }, {
    a: "b",
  });
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  assert.equal((8 + length) % 8, 0);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + length))), {
    __metadata__: { a: "b" },
    w: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] },
  });
  assert.deepEqual([view.getFloat32(8 + length, true), view.getFloat32(12 + length, true)], [1, 2]);
  assert.equal(bytes.length, 8 + length + 8);
});

Deno.test("safetensors: every type of number is read", async () => {
  const cases: [string, number, (view: DataView, at: number, value: number) => void][] = [
    ["F16", 2, (view, at, value) => view.setFloat16(at, value, true)],
    // The upper half of a float32 is its bfloat16.
    ["BF16", 2, (view, at, value) => {
      const word = new DataView(new ArrayBuffer(4));
      word.setFloat32(0, value);
      view.setUint16(at, word.getUint16(0), true);
    }],
    ["F32", 4, (view, at, value) => view.setFloat32(at, value, true)],
    ["F64", 8, (view, at, value) => view.setFloat64(at, value, true)],
    ["I8", 1, (view, at, value) => view.setInt8(at, value)],
    ["I16", 2, (view, at, value) => view.setInt16(at, value, true)],
    ["I32", 4, (view, at, value) => view.setInt32(at, value, true)],
    ["I64", 8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
  ];
  const values = [1, -2, 3, 64, -5, 96];
  for (const [dtype, size, set] of cases) {
    const data = new Uint8Array(6 * size);
    values.forEach((value, i) => set(new DataView(data.buffer), i * size, value));
    // An odd header length, so that nothing is aligned by accident.
    for (const name of ["x", "xy"]) {
      const header = { [name]: { dtype, shape: [3, 2], data_offsets: [0, 6 * size] } };
      const rows = matrixRows((await open(file(header, data))).open(name));
      assert.deepEqual([...await readAll(rows)], values, dtype);
    }
  }
});

Deno.test("safetensors: only the requested rows are read", async () => {
  const data = new Float32Array(10_000);
  const source = counted(bytesOf("x", encodeSafetensors({ x: { shape: [1000, 10], data } })));
  const rows = matrixRows((await openSafetensors(source)).open("x"));
  const opening = source.bytesRead;
  assert.ok(opening < 200);
  await rows.read(990, new Float32Array(100));
  assert.equal(source.bytesRead - opening, 400);
});

Deno.test("safetensors: a file cut off anywhere is refused", async () => {
  const whole = encodeSafetensors({ w: { shape: [2, 2], data: new Float32Array(4) } });
  const start = whole.length - 16;
  const bad = (length: number, message: string) =>
    refuses(() => open(whole.slice(0, length)), message);
  const truncated = (found: number, needed: number) =>
    `Cannot read head.safetensors: truncated, ${found} bytes found and ${needed} needed`;
  await bad(0, truncated(0, 8));
  await bad(7, truncated(7, 8));
  await bad(8, truncated(8, start));
  await bad(start - 1, truncated(start - 1, start));
  const inside = "Cannot read w in head.safetensors: it lies at bytes 0 to 16, and the file has";
  await bad(start, `${inside} 0 bytes of data`);
  await bad(whole.length - 1, `${inside} 15 bytes of data`);
});

Deno.test("safetensors: a header that lies is refused", async () => {
  const entry = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({
    w: { dtype, shape, data_offsets },
  });
  const bad = (header: unknown, message: string) =>
    refuses(() => open(file(header, new Uint8Array(16))), message);
  const json = "Cannot read head.safetensors: its safetensors header is not a JSON object";
  for (const header of ["", "{", "[]", "3", "null", "\xff"]) await bad(header, json);
  const malformed = "Cannot read w in head.safetensors: its entry in the header is malformed";
  await bad({ w: 3 }, malformed);
  await bad(entry(32, [4], [0, 16]), malformed);
  await bad(entry("F32", [-4], [0, 16]), malformed);
  await bad(entry("F32", ["4"], [0, 16]), malformed);
  await bad(entry("F32", [4], [0]), malformed);
  await bad(entry("F32", [4], [0, 8, 16]), malformed);
  await bad(entry("F32", [4], [0.5, 16.5]), malformed);
  const needs = "Cannot read w in head.safetensors: it has";
  await bad(entry("F32", [3], [0, 16]), `${needs} 16 bytes, and shape [3] of F32 needs 12`);
  await bad(entry("F64", [2, 2], [0, 16]), `${needs} 16 bytes, and shape [2, 2] of F64 needs 32`);
  const lies = "Cannot read w in head.safetensors: it lies at bytes";
  await bad(entry("F32", [4], [8, 24]), `${lies} 8 to 24, and the file has 16 bytes of data`);
  await bad(entry("F32", [0], [16, 8]), `${lies} 16 to 8, and the file has 16 bytes of data`);
  await bad(
    { a: entry("F32", [3], [0, 12]).w, b: entry("F32", [2], [8, 16]).w },
    "Cannot read head.safetensors: its tensors a and b overlap",
  );
  await bad(
    { __metadata__: { a: 1 } },
    "Cannot read head.safetensors: its __metadata__ is not a map of strings",
  );
  const long = file("{}");
  long[7] = 1;
  await refuses(
    () => open(long),
    `Cannot read head.safetensors: it is not a safetensors file, its header would be ${
      2 ** 56 + 2
    } bytes long`,
  );
});

Deno.test("safetensors: tensors that are not there, or of unknown type, are named", async () => {
  const found = await open(file({
    a: { dtype: "F8_E4M3", shape: [4], data_offsets: [0, 4] },
    b: { dtype: "U8", shape: [2], data_offsets: [4, 6] },
  }, new Uint8Array(6)));
  assert.deepEqual([...(await readVector(found.open("b"))).values as Float64Array], [0, 0]);
  await refuses(
    () => found.open("c"),
    "Cannot find c in head.safetensors: its tensors are a, b",
  );
  await refuses(
    () => found.open("a"),
    "Cannot read a in head.safetensors: its type is F8_E4M3, and only BOOL, I8, I16, I32, I64, U8, " +
      "U16, U32, U64, F16, BF16, F32, F64 can be read",
  );
});

Deno.test("safetensors: what cannot be written is refused", async () => {
  await refuses(
    () => encodeSafetensors({ w: { shape: [2, 2], data: new Float32Array(3) } }),
    "Cannot write w with shape [2, 2]: it has 3 elements",
  );
  await refuses(
    () => encodeSafetensors({ __metadata__: { shape: [1], data: new Float32Array(1) } }),
    "Cannot write a tensor called __metadata__: the format reserves the name",
  );
});
