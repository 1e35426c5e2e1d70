/** What the tests of src/io share: files written in every variant, and errors compared exactly. */

import assert from "node:assert/strict";
import type { ByteSource } from "../../src/io/bytes.ts";
import type { RowSource } from "../../src/io/rows.ts";

/** Asserts that the input is refused with exactly this sentence. */
export async function refuses(attempt: () => unknown, message: string): Promise<void> {
  // deno-lint-ignore require-await
  await assert.rejects(async () => attempt(), { name: "InputError", message });
}

/**
 * Asserts that long arrays are equal; `deepEqual` would take minutes to print where they are not.
 */
export function same(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) {
      assert.fail(`${actual[i]} at ${i}, expected ${expected[i]}`);
    }
  }
}

/** Runs a test in a folder of its own, which is removed afterwards. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "creel-io-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A source that counts the bytes read from it. */
export function counted(source: ByteSource): ByteSource & { bytesRead: number } {
  return {
    name: source.name,
    size: source.size,
    bytesRead: 0,
    async read(offset, target) {
      this.bytesRead += target.length;
      await source.read(offset, target);
    },
  };
}

/** Reads all rows of a matrix in blocks of `block` rows. */
export async function inBlocks(source: RowSource, block: number): Promise<number[]> {
  const all: number[] = [];
  for (let start = 0; start < source.rows; start += block) {
    const rows = Math.min(block, source.rows - start);
    const target = new Float32Array(rows * source.columns);
    await source.read(start, target);
    all.push(...target);
  }
  return all;
}

/** How to write an element of each type that .npy has, and the range of whole values it takes. */
export const npyTypes = {
  "b1": { set: (v: DataView, at: number, x: number) => v.setUint8(at, x), range: [0, 1] },
  "i1": { set: (v: DataView, at: number, x: number) => v.setInt8(at, x), range: [-128, 127] },
  "u1": { set: (v: DataView, at: number, x: number) => v.setUint8(at, x), range: [0, 255] },
  "i2": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setInt16(at, x, le),
    range: [-32768, 32767],
  },
  "u2": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setUint16(at, x, le),
    range: [0, 65535],
  },
  "i4": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setInt32(at, x, le),
    range: [-(2 ** 31), 2 ** 31 - 1],
  },
  "u4": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setUint32(at, x, le),
    range: [0, 2 ** 32 - 1],
  },
  "i8": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setBigInt64(at, BigInt(x), le),
    range: [-(2 ** 53), 2 ** 53],
  },
  "u8": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setBigUint64(at, BigInt(x), le),
    range: [0, 2 ** 53],
  },
  "f2": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setFloat16(at, x, le),
    range: [-2048, 2048],
  },
  "f4": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setFloat32(at, x, le),
    range: [-(2 ** 24), 2 ** 24],
  },
  "f8": {
    set: (v: DataView, at: number, x: number, le: boolean) => v.setFloat64(at, x, le),
    range: [-(2 ** 53), 2 ** 53],
  },
} as const;

/** NumPy's code of an element type. */
export type NpyType = keyof typeof npyTypes;

/** A variant of the .npy format. */
export interface NpyVariant {
  readonly type: NpyType;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly version: 1 | 2 | 3;
}

/** Writes values, given in C order, as an .npy file of any variant. */
export function npyBytes(
  { type, littleEndian, fortranOrder, version }: NpyVariant,
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const size = Number(type[1]);
  const order = size === 1 ? "|" : littleEndian ? "<" : ">";
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const fortran = fortranOrder ? "True" : "False";
  return rawNpy(
    `{'descr': '${order}${type}', 'fortran_order': ${fortran}, 'shape': ${tuple}, }\n`,
    (view) => {
      const [rows = 1, columns = 1] = shape;
      for (let i = 0; i < values.length; i++) {
        const place = fortranOrder ? (i % columns) * rows + Math.floor(i / columns) : i;
        npyTypes[type].set(view, place * size, values[i]!, littleEndian);
      }
    },
    values.length * size,
    version,
  );
}

/** An .npy file with any header. */
export function rawNpy(
  header: string,
  fill: (view: DataView) => void = () => {},
  dataLength = 0,
  version = 1,
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const start = version === 1 ? 10 : 12;
  const file = new Uint8Array(start + text.length + dataLength);
  const view = new DataView(file.buffer);
  file.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  file.set(text, start);
  fill(new DataView(file.buffer, start + text.length));
  return file;
}

/** Writes an IDX file. */
export function idxBytes(
  dtype: "u8" | "i8" | "i16" | "i32" | "f32" | "f64",
  shape: readonly number[],
  values: readonly number[],
): Uint8Array<ArrayBuffer> {
  const code = { u8: 8, i8: 9, i16: 11, i32: 12, f32: 13, f64: 14 }[dtype];
  const type = ({ u8: "u1", i8: "i1", i16: "i2", i32: "i4", f32: "f4", f64: "f8" } as const)[dtype];
  const start = 4 + 4 * shape.length;
  const size = Number(type[1]);
  const file = new Uint8Array(start + values.length * size);
  const view = new DataView(file.buffer);
  file.set([0, 0, code, shape.length]);
  shape.forEach((length, axis) => view.setUint32(4 + 4 * axis, length));
  values.forEach((value, i) => npyTypes[type].set(view, start + i * size, value, false));
  return file;
}
