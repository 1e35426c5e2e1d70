/**
 * The header of an .npy file: a Python dictionary literal such as
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (500, 24), }`. The parser knows the literals
 * that NumPy writes: strings, numbers, True, False, tuples, lists and dictionaries.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { shortened } from "../../shortened.ts";
import type { Dtype } from "../dtype.ts";

/** The contents of an .npy header. */
export interface NpyHeader {
  /** The element type. */
  readonly dtype: Dtype;
  /** The byte order. */
  readonly littleEndian: boolean;
  /** Whether the order is column-major. */
  readonly fortranOrder: boolean;
  /** The lengths of the axes. */
  readonly shape: readonly number[];
}

/** The type codes of NumPy for the types that can be read. */
const DTYPES: Readonly<Record<string, Dtype>> = {
  b1: "bool",
  i1: "i8",
  i2: "i16",
  i4: "i32",
  i8: "i64",
  u1: "u8",
  u2: "u16",
  u4: "u32",
  u8: "u64",
  f2: "f16",
  f4: "f32",
  f8: "f64",
};

/**
 * Parses the text of an .npy header.
 *
 * @param text the text between the length field and the data
 * @param name the name of the file in error messages
 * @throws {InputError} if the text is malformed, or describes an array that cannot be read
 */
export function parseNpyHeader(text: string, name: string): NpyHeader {
  const malformed = new InputError(`Cannot read ${name}: its .npy header is malformed`);
  const header = parseLiteral(text);
  if (!(header instanceof Map)) throw malformed;
  const shape = header.get("shape");
  const fortranOrder = header.get("fortran_order");
  if (header.size !== 3 || !header.has("descr")) throw malformed;
  if (!isShape(shape) || typeof fortranOrder !== "boolean") throw malformed;
  return { ...parseDescr(header.get("descr"), name), fortranOrder, shape: shape.items };
}

/** Shapes are tuples of numbers; NumPy refuses lists. */
function isShape(value: Literal | undefined): value is Tuple & { readonly items: number[] } {
  return value instanceof Tuple &&
    value.items.every((length) => Number.isSafeInteger(length) && (length as number) >= 0);
}

function parseDescr(descr: unknown, name: string): Pick<NpyHeader, "dtype" | "littleEndian"> {
  if (Array.isArray(descr)) {
    throw new InputError(
      `Cannot read ${name}: it is a structured array, and only plain numbers can be read`,
    );
  }
  const parts = typeof descr === "string" ? /^([<>|=]?)(.+)$/.exec(descr) : null;
  if (parts === null) {
    throw new InputError(`Cannot read ${name}: its .npy header is malformed`);
  }
  const [, order, code] = parts as unknown as [string, string, string];
  if (code.startsWith("O")) {
    throw new InputError(
      `Cannot read ${name}: it holds pickled Python objects, and only plain numbers can be read`,
    );
  }
  const dtype = DTYPES[code];
  if (dtype === undefined) {
    throw new InputError(
      `Cannot read ${name}: its type is '${
        shortened(descr as string)
      }', and only bool, integers of 8 to 64 bits and ` +
        `floats of 16 to 64 bits can be read`,
    );
  }
  return { dtype, littleEndian: order !== ">" };
}

/** A tuple of Python. */
class Tuple {
  constructor(readonly items: readonly Literal[]) {}
}

/** A Python literal as JavaScript: dictionaries become maps, lists become arrays. */
type Literal = string | number | boolean | null | Tuple | Literal[] | Map<string, Literal>;

/** The largest depth of brackets; those of numbers have two. */
const MAX_DEPTH = 16;

/**
 * A token of a Python literal: punctuation, a string in single or double quotes, a number, a word.
 */
const TOKEN =
  /[ \t\n]*(?:([{}()[\],:])|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?(?:0|[1-9]\d*))L?|([A-Za-z_]\w*))/y;

/** The values of Python's constants. */
const WORDS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

/** The closing bracket of each opening one. */
const CLOSING: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };

/** Parses a Python literal; returns undefined if it is malformed. */
function parseLiteral(text: string): Literal | undefined {
  const tokens: (string | { value: Literal })[] = [];
  const end = text.replace(/[ \t\n]+$/, "").length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, mark, single, double, digits, word] = match;
    if (mark !== undefined) tokens.push(mark);
    else if (digits !== undefined) tokens.push({ value: Number(digits) });
    else if (word !== undefined) {
      const value = WORDS[word];
      if (value === undefined) return undefined;
      tokens.push({ value });
    } else tokens.push({ value: single ?? double ?? "" });
  }
  let at = 0;
  const value = parse(0);
  return at === tokens.length ? value : undefined;

  function parse(depth: number): Literal | undefined {
    const open = tokens[at++];
    if (typeof open === "object") return open.value;
    const close = open === undefined ? undefined : CLOSING[open];
    if (close === undefined || depth > MAX_DEPTH) return undefined;
    const items: Literal[] = [];
    const entries = new Map<string, Literal>();
    while (tokens[at] !== close) {
      const item = parse(depth + 1);
      if (item === undefined) return undefined;
      if (close === "}") {
        if (tokens[at++] !== ":") return undefined;
        const entry = parse(depth + 1);
        if (entry === undefined || typeof item !== "string") return undefined;
        entries.set(item, entry);
      } else items.push(item);
      if (tokens[at] === ",") at++;
      else if (tokens[at] !== close) return undefined;
    }
    at++;
    // (5) is a number in Python, (5,) a tuple.
    if (close === ")" && items.length === 1 && tokens[at - 2] !== ",") return items[0];
    return close === "}" ? entries : close === ")" ? new Tuple(items) : items;
  }
}
