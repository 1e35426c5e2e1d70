/**
 * Half floats (IEEE 754 binary16) for runtimes without `Float16Array`: Node before 24, Safari
 * before 18.2, Chrome before 135. The numbers are those of `Float16Array`, bit for bit.
 *
 * @module
 */

/** A `Float16Array`; `never` for programs that are compiled without its type declaration. */
export type HalfArray = typeof globalThis extends
  { Float16Array: new (length: number) => infer Halves } ? Halves : never;

/** The constructor of a {@linkcode HalfArray}. */
export interface HalfArrayConstructor {
  /** The size of an element in bytes: 2. */
  readonly BYTES_PER_ELEMENT: number;
  /** Creates an array of zeros. */
  new (length: number): HalfArray;
  /** Creates a view of a buffer. */
  new (buffer: ArrayBuffer, byteOffset: number, length: number): HalfArray;
}

/** Returns the runtime's `Float16Array`, or undefined if it has none. */
export function nativeHalfArray(): HalfArrayConstructor | undefined {
  return (globalThis as { Float16Array?: HalfArrayConstructor }).Float16Array;
}

/** The smallest number that is rounded to infinity: halfway between 65504 and 65536. */
const OVERFLOW = 65520;

/** The exponent of the smallest normal number; below it the spacing is constant. */
const LEAST_EXPONENT = -14;

/** The exponent whose spacing of half floats, 2^(exponent - 10), holds at a number in 0..65520. */
function exponentAt(magnitude: number): number {
  const exponent = 31 + LEAST_EXPONENT - Math.clz32(magnitude * 2 ** -LEAST_EXPONENT);
  return Math.max(LEAST_EXPONENT, exponent);
}

/** A number in 0..65520 in units of 2^(exponent - 10), rounded to the nearest, ties to even. */
function roundedUnits(magnitude: number, exponent: number): number {
  // The spacing of float64 from 2^52 on is 1, and its addition rounds ties to even.
  return magnitude * 2 ** (10 - exponent) + 2 ** 52 - 2 ** 52;
}

/** Returns the 16 bits of the half float nearest to a number, ties to even. */
export function encodeHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(magnitude)) return 0x7e00;
  if (magnitude >= OVERFLOW) return sign | 0x7c00;
  const exponent = exponentAt(magnitude);
  // The units of a normal number include 1024 for its leading 1, which is not stored: the exponent
  // is one less than stored, and a carry into the next exponent comes out right.
  return sign | ((exponent - LEAST_EXPONENT) * 1024 + roundedUnits(magnitude, exponent));
}

/** Rounds a number to the nearest half float, ties to even, as `Math.f16round` does. */
export function roundToHalf(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < OVERFLOW)) return magnitude >= OVERFLOW ? Math.sign(value) * Infinity : NaN;
  const exponent = exponentAt(magnitude);
  const rounded = roundedUnits(magnitude, exponent) * 2 ** (exponent - 10);
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/** Rounds float64 numbers to half floats in place (via float32 they would be rounded twice). */
export function roundToHalves(values: Float64Array): void {
  for (let e = 0; e < values.length; e++) values[e] = roundToHalf(values[e]!);
}

/** Returns the bits of the half floats nearest to the given numbers, ties to even. */
export function encodeHalves(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, encodeHalf);
}

/** Returns the numbers that the bits of half floats represent. */
export function decodeHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const table = halfTable();
  return Float32Array.from(bits, (half) => table[half]!);
}

let table: Float32Array | undefined;

/** Returns the float32 value of each of the 65,536 half floats, computed at the first call. */
export function halfTable(): Float32Array {
  if (table !== undefined) return table;
  table = new Float32Array(65536);
  for (let half = 0; half < 65536; half++) {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) table[half] = fraction === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) table[half] = sign * fraction * 2 ** -24;
    else table[half] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}
