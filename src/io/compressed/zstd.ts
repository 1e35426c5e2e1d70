/**
 * Decompression of Zstandard, which parquet files use, into a buffer of known size. Every copy is
 * checked against that size: packages such as fzstd 0.1 write beyond it without an error, so that
 * ten bytes keep them busy for seconds.
 *
 * The format is RFC 8878; sections are named where they are decoded.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { BackwardBits, buildTable, fixedTables, type FseTable, readTable } from "./fse.ts";
import { type HuffmanTable, readHuffmanTable, unpackHuffman } from "./huffman.ts";

/** The most bytes that a block may expand to (section 3.1.1.2.4). */
const MAX_BLOCK_BYTES = 1 << 17;

/** The state that the blocks of a frame share. */
interface FrameState {
  huffman: HuffmanTable | undefined;
  readonly tables: (FseTable | undefined)[];
  readonly offsets: [number, number, number];
}

/**
 * Decompresses Zstandard frames.
 *
 * @param input the compressed bytes
 * @param target receives the content, as many bytes as it is long
 * @throws {InputError} if a frame is damaged, or the content has another number of bytes
 */
export function unpackZstd(input: Uint8Array, target: Uint8Array): void {
  let at = 0;
  let done = 0;
  while (at < input.length) {
    const magic = number(input, at, 4);
    if (magic >>> 4 === 0x184d2a5) at += 8 + number(input, at + 4, 4);
    else if (magic === 0xfd2fb528) ({ at, done } = unpackFrame(input, at + 4, target, done));
    else throw damagedZstd();
  }
  if (at !== input.length || done !== target.length) throw damagedZstd();
}

/** Decompresses a frame (section 3.1.1). */
function unpackFrame(input: Uint8Array, start: number, target: Uint8Array, first: number) {
  const flags = number(input, start, 1);
  const single = (flags & 32) !== 0;
  if ((flags & 8) !== 0) throw damagedZstd();
  let at = start + 1 + (single ? 0 : 1);
  const dictionary = [0, 1, 2, 4][flags & 3]!;
  if (number(input, at, dictionary) !== 0) throw damagedZstd();
  at += dictionary;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const size = number(input, at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  at += sizeBytes;
  // The frame cannot copy from earlier ones, so that it gets the rest of the target alone.
  const rest = target.subarray(first);
  const state: FrameState = { huffman: undefined, tables: [], offsets: [1, 4, 8] };
  let done = 0;
  for (let last = false; !last;) {
    const header = number(input, at, 3);
    at += 3;
    last = (header & 1) !== 0;
    const kind = (header >> 1) & 3;
    const length = header >> 3;
    if (length > MAX_BLOCK_BYTES) throw damagedZstd();
    const body = input.subarray(at, at + (kind === 1 ? 1 : length));
    if (body.length < (kind === 1 ? 1 : length)) throw damagedZstd();
    at += body.length;
    if (kind === 2) done = unpackBlock(body, rest, done, state);
    else if (kind === 3 || done + length > rest.length) throw damagedZstd();
    else {
      if (kind === 0) rest.set(body, done);
      else rest.fill(body[0]!, done, done + length);
      done += length;
    }
  }
  if (sizeBytes > 0 && size !== done) throw damagedZstd();
  if (flags & 4) at += 4;
  return { at, done: first + done };
}

/** Decompresses a block (section 3.1.1.2.3): literals, and sequences of copies between them. */
function unpackBlock(
  input: Uint8Array,
  target: Uint8Array,
  start: number,
  state: FrameState,
): number {
  const { literals, end } = readLiterals(input, state);
  const count = number(input, end, 1);
  let at = end + 1;
  let sequences = count;
  if (count === 255) {
    sequences = number(input, at, 2) + 0x7f00;
    at += 2;
  } else if (count > 127) sequences = ((count - 128) << 8) + number(input, at++, 1);
  let done = start;
  let used = 0;
  const literal = (length: number) => {
    const part = literals.subarray(used, used + length);
    if (part.length < length || done + length > target.length) throw damagedZstd();
    target.set(part, done);
    done += length;
    used += length;
  };
  if (sequences > 0) {
    const modes = number(input, at++, 1);
    if (modes & 3) throw damagedZstd();
    for (let i = 0; i < 3; i++) {
      at = setTable(input, at, (modes >> (6 - 2 * i)) & 3, i, state);
    }
    const most = Math.min(target.length, start + MAX_BLOCK_BYTES);
    for (const { skip, offset, length } of readSequences(input.subarray(at), sequences, state)) {
      literal(skip);
      if (offset > done || done + length > most) throw damagedZstd();
      if (offset >= length) target.copyWithin(done, done - offset, done - offset + length);
      else for (let i = 0; i < length; i++) target[done + i] = target[done + i - offset]!;
      done += length;
    }
  } else if (at !== input.length) throw damagedZstd();
  literal(literals.length - used);
  return done;
}

/** Decodes the literals of a block (section 3.1.1.3.1). */
function readLiterals(input: Uint8Array, state: FrameState): { literals: Uint8Array; end: number } {
  const first = number(input, 0, 1);
  const kind = first & 3;
  const format = (first >> 2) & 3;
  if (kind < 2) {
    const header = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = number(input, 0, header) >> (header === 1 ? 3 : 4);
    const stored = kind === 0 ? size : 1;
    if (size > MAX_BLOCK_BYTES || header + stored > input.length) throw damagedZstd();
    const literals = kind === 0
      ? input.subarray(header, header + size)
      : new Uint8Array(size).fill(input[header]!);
    return { literals, end: header + stored };
  }
  const header = [3, 3, 4, 5][format]!;
  const bits = [10, 10, 14, 18][format]!;
  const sizes = Math.floor(number(input, 0, header) / 16);
  const size = sizes % 2 ** bits;
  const end = header + Math.floor(sizes / 2 ** bits);
  if (size > MAX_BLOCK_BYTES || end > input.length) throw damagedZstd();
  let body = input.subarray(header, end);
  if (kind === 2) {
    const { table, length } = readHuffmanTable(body);
    state.huffman = table;
    body = body.subarray(length);
  }
  if (state.huffman === undefined) throw damagedZstd();
  const literals = new Uint8Array(size);
  if (format === 0) unpackHuffman(body, literals, state.huffman);
  else {
    const part = Math.floor((size + 3) / 4);
    let from = 6;
    for (let i = 0; i < 4; i++) {
      const to = i === 3 ? body.length : from + number(body, 2 * i, 2);
      if (to > body.length || 3 * part > size) throw damagedZstd();
      const piece = literals.subarray(i * part, i === 3 ? size : (i + 1) * part);
      unpackHuffman(body.subarray(from, to), piece, state.huffman);
      from = to;
    }
  }
  return { literals, end };
}

/** Sets the table of literal lengths (0), offsets (1) or match lengths (2); returns its end. */
function setTable(
  input: Uint8Array,
  at: number,
  mode: number,
  kind: number,
  state: FrameState,
): number {
  if (mode === 0) state.tables[kind] = fixedTables()[kind]!;
  else if (mode === 1) {
    const symbol = number(input, at, 1);
    if (symbol > MAX_CODES[kind]!) throw damagedZstd();
    state.tables[kind] = buildTable([...new Array<number>(symbol).fill(0), 1], 0);
    return at + 1;
  } else if (mode === 2) {
    const { counts, accuracy, length } = readTable(
      input.subarray(at),
      [9, 8, 9][kind]!,
      MAX_CODES[kind]!,
    );
    state.tables[kind] = buildTable(counts, accuracy);
    return at + length;
  } else if (state.tables[kind] === undefined) throw damagedZstd();
  return at;
}

/** The largest codes of literal lengths, offsets and match lengths. */
const MAX_CODES = [35, 31, 52];

/** Numbers of extra bits of the codes from 16 on (section 3.1.1.3.2.1.1). */
const LITERAL_BITS = [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/** Numbers of extra bits of the codes from 32 on. */
const MATCH_BITS = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/** Smallest lengths and extra bits of each code; below `direct` a code is the length itself. */
function codes(direct: number, least: number, bits: readonly number[], first: number) {
  const all = Array.from({ length: direct }, (_, i) => ({ base: i + least, bits: 0 }));
  let base = first;
  for (const extra of bits) {
    all.push({ base, bits: extra });
    base += 2 ** extra;
  }
  return all;
}

/** The codes of literal lengths and of match lengths, made when they are needed first. */
let lengths: { literals: ReturnType<typeof codes>; matches: ReturnType<typeof codes> } | undefined;

function lengthCodes() {
  return lengths ??= {
    literals: codes(16, 0, LITERAL_BITS.slice(0, 9), 16).concat(
      codes(0, 0, LITERAL_BITS.slice(9), 64),
    ),
    matches: codes(32, 3, MATCH_BITS.slice(0, 11), 35).concat(
      codes(0, 0, MATCH_BITS.slice(11), 131),
    ),
  };
}

/** Decodes sequences (section 3.1.1.3.2) and the offsets that repeat earlier ones. */
function* readSequences(input: Uint8Array, count: number, { tables, offsets }: FrameState) {
  const bits = new BackwardBits(input);
  const known = lengthCodes();
  const [literals, places, matches] = tables as [FseTable, FseTable, FseTable];
  let a = bits.read(literals.accuracy);
  let b = bits.read(places.accuracy);
  let c = bits.read(matches.accuracy);
  for (let i = 0; i < count; i++) {
    const code = places.symbols[b]!;
    const value = 2 ** code + bits.read(code);
    const match = known.matches[matches.symbols[c]!]!;
    const length = match.base + bits.read(match.bits);
    const before = known.literals[literals.symbols[a]!]!;
    const skip = before.base + bits.read(before.bits);
    const offset = offsetOf(value, skip, offsets);
    if (i + 1 < count) {
      a = literals.bases[a]! + bits.read(literals.bits[a]!);
      c = matches.bases[c]! + bits.read(matches.bits[c]!);
      b = places.bases[b]! + bits.read(places.bits[b]!);
    }
    if (bits.left < 0) throw damagedZstd();
    yield { skip, offset, length };
  }
  if (bits.left !== 0) throw damagedZstd();
}

/** Resolves an offset, of which the values 1 to 3 are earlier ones (section 3.1.1.5). */
function offsetOf(value: number, skip: number, offsets: [number, number, number]): number {
  const index = value > 3 ? 3 : value - (skip === 0 ? 0 : 1);
  const offset = value > 3 ? value - 3 : index === 3 ? offsets[0] - 1 : offsets[index]!;
  if (offset < 1) throw damagedZstd();
  if (index > 1) offsets[2] = offsets[1];
  if (index > 0) offsets[1] = offsets[0];
  offsets[0] = offset;
  return offset;
}

/** Reads a little-endian number. */
function number(input: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > input.length) throw damagedZstd();
  let value = 0;
  for (let i = 0; i < bytes; i++) value += input[at + i]! * 2 ** (8 * i);
  return value;
}

/** Creates the error for data that is not as the format asks. */
function damagedZstd(): InputError {
  return new InputError("Cannot decompress: the Zstandard data is damaged");
}
