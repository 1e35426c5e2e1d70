/**
 * Safetensors, the format of Hugging Face's models: 8 bytes of header length, a JSON header, and
 * the bytes of the tensors, little-endian in C order. Creel reads features and saves heads in it.
 *
 * The format is described at https://github.com/huggingface/safetensors.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { listed, shortened } from "../shortened.ts";
import { elementCount, shapeText, type StoredArray } from "./array.ts";
import { type ByteSource, readBytes } from "./bytes.ts";
import { BYTES_PER_ELEMENT, type Dtype } from "./dtype.ts";

/** The names of element types in safetensors files, of those that can be read. */
const DTYPES: Readonly<Record<string, Dtype>> = {
  BOOL: "bool",
  I8: "i8",
  I16: "i16",
  I32: "i32",
  I64: "i64",
  U8: "u8",
  U16: "u16",
  U32: "u32",
  U64: "u64",
  F16: "f16",
  BF16: "bf16",
  F32: "f32",
  F64: "f64",
};

/** The largest header that the reference implementation accepts, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

/** The entry of a tensor in the header. */
export interface TensorEntry {
  /** The name of the element type in the file, such as "F32". */
  readonly dtype: string;
  /** The lengths of the axes. */
  readonly shape: readonly number[];
}

/** The tensors of a safetensors file. */
export interface Safetensors {
  /** The entries of the tensors by name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** The strings in the entry `__metadata__` of the header. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Opens a tensor, whose elements are read later, when they are needed.
   *
   * @throws {InputError} if there is no such tensor, or its type cannot be read
   */
  open(name: string): StoredArray;
}

/** The entry of a tensor with its position in the file. */
interface Placed extends TensorEntry {
  readonly begin: number;
  readonly end: number;
  /** The position of the data of all tensors. */
  readonly start: number;
}

/**
 * Reads the header of a safetensors file.
 *
 * @param source the file; the elements are read later, when they are needed
 * @throws {InputError} if the header is malformed or longer than the file, or a tensor lies outside
 * the file, overlaps another, or does not have as many bytes as its shape and type need
 */
export async function openSafetensors(source: ByteSource): Promise<Safetensors> {
  const { name } = source;
  const { header, text, start } = await readHeader(source);
  let metadata: Record<string, string> = {};
  const tensors = new Map<string, Placed>();
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") {
      if (!isStrings(value)) {
        throw new InputError(`Cannot read ${name}: its __metadata__ is not a map of strings`);
      }
      metadata = value;
    } else tensors.set(key, placed(key, value, source, start));
  }
  if (!isStrict(text, header)) {
    throw new InputError(
      `Cannot read ${name}: its header has a key twice, or a number that is not whole`,
    );
  }
  checkCovered(tensors, name, source.size - start);
  return {
    tensors,
    metadata,
    open(key) {
      const tensor = tensors.get(key);
      if (tensor === undefined) {
        const names = listed([...tensors.keys()]) || "none";
        throw new InputError(`Cannot find ${shortened(key)} in ${name}: its tensors are ${names}`);
      }
      const dtype = DTYPES[tensor.dtype];
      if (dtype === undefined) {
        throw new InputError(
          `Cannot read ${shortened(key)} in ${name}: its type is ${
            shortened(tensor.dtype)
          }, and only ` +
            `${Object.keys(DTYPES).join(", ")} can be read`,
        );
      }
      return {
        name: `${shortened(key)} in ${name}`,
        shape: tensor.shape,
        dtype,
        littleEndian: true,
        fortranOrder: false,
        bytes: source,
        offset: tensor.begin,
      };
    },
  };
}

async function readHeader(
  source: ByteSource,
): Promise<{ header: Record<string, unknown>; text: string; start: number }> {
  const { name, size } = source;
  const view = new DataView((await readBytes(source, 0, 8)).buffer);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new InputError(
      `Cannot read ${name}: it is not a safetensors file, its header would be ${length} bytes long`,
    );
  }
  if (8 + length > size) {
    throw new InputError(
      `Cannot read ${name}: truncated, ${size} bytes found and ${8 + length} needed`,
    );
  }
  const malformed = `Cannot read ${name}: its safetensors header is not a JSON object`;
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(
      await readBytes(source, 8, length),
    );
    header = JSON.parse(text);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(malformed, { cause: error });
  }
  if (!isObject(header)) throw new InputError(malformed);
  return { header, text, start: 8 + length };
}

/**
 * Returns whether JSON has neither fractions, exponents and signs, nor a key twice in an object,
 * which the reference implementation refuses and `JSON.parse` accepts.
 */
function isStrict(text: string, parsed: unknown): boolean {
  let keys = 0;
  const bare = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g, (_, colon) => {
    if (colon !== undefined) keys++;
    return "";
  });
  return !/\d[.eE]|-/.test(bare) && keys === keyCount(parsed) && text.startsWith("{");
}

/** Returns the number of keys of an object and of those in it, to a depth of 3. */
function keyCount(value: unknown, depth = 0): number {
  if (typeof value !== "object" || value === null || depth > 3) return 0;
  const values = Object.values(value);
  const own = Array.isArray(value) ? 0 : values.length;
  return values.reduce((sum: number, item) => sum + keyCount(item, depth + 1), own);
}

function placed(key: string, value: unknown, source: ByteSource, start: number): Placed {
  const what = `${shortened(key)} in ${source.name}`;
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  if (
    typeof dtype !== "string" || !isLengths(shape) || !isLengths(offsets) || offsets.length !== 2
  ) {
    throw new InputError(`Cannot read ${what}: its entry in the header is malformed`);
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin || start + end > source.size) {
    throw new InputError(
      `Cannot read ${what}: it lies at bytes ${begin} to ${end}, ` +
        `and the file has ${source.size - start} bytes of data`,
    );
  }
  const known = DTYPES[dtype];
  const needed = known && elementCount(shape) * BYTES_PER_ELEMENT[known];
  if (needed !== undefined && needed !== end - begin) {
    throw new InputError(
      `Cannot read ${what}: it has ${end - begin} bytes, and shape ${shapeText(shape)} ` +
        `of ${dtype} needs ${needed}`,
    );
  }
  return { dtype, shape, begin: start + begin, end: start + end, start };
}

/** Checks that the tensors lie one after the other, and that no byte belongs to none. */
function checkCovered(tensors: ReadonlyMap<string, Placed>, name: string, size: number): void {
  const order = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  const first = order[0]?.[1].start ?? 0;
  let at = first;
  let before = "";
  for (const [key, { begin, end }] of order) {
    if (begin < at) {
      throw new InputError(
        `Cannot read ${name}: its tensors ${shortened(before)} and ${shortened(key)} overlap`,
      );
    }
    if (begin > at) {
      throw new InputError(`Cannot read ${name}: a gap lies before ${shortened(key)}`);
    }
    at = end;
    before = key;
  }
  if (at - first !== size) {
    throw new InputError(
      `Cannot read ${name}: its tensors have ${at - first} bytes, and its data has ${size}`,
    );
  }
}

/** A tensor to encode. */
export interface TensorData {
  /** The lengths of the axes. */
  readonly shape: readonly number[];
  /** The elements in C order. */
  readonly data: Float32Array;
}

/**
 * Encodes tensors as a safetensors file of type F32.
 *
 * @param tensors the tensors by name
 * @param metadata the strings of the entry `__metadata__`
 * @throws {InputError} if a shape does not match its data, or a tensor is called `__metadata__`
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorData>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (name === "__metadata__") {
      throw new InputError(
        "Cannot write a tensor called __metadata__: the format reserves the name",
      );
    }
    if (elementCount(shape) !== data.length) {
      throw new InputError(
        `Cannot write ${name} with shape ${shapeText(shape)}: it has ${data.length} elements`,
      );
    }
    const begin = end;
    end += data.byteLength;
    header.push([name, { dtype: "F32", shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // The header is padded with spaces so that the data is aligned to 8 bytes.
  const start = Math.ceil((8 + json.length) / 8) * 8;
  const file = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(file.buffer).setUint32(0, start - 8, true);
  file.set(json, 8);
  let at = start;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((text) => typeof text === "string");
}

function isLengths(value: unknown): value is number[] {
  return Array.isArray(value) &&
    value.every((length) => Number.isSafeInteger(length) && length >= 0);
}
