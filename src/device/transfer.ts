/**
 * The conversion between numbers on the host and the bytes of a tensor on a GPU.
 *
 * @module
 */

import { decodeHalves, encodeHalves, nativeHalfArray } from "../half-floats.ts";
import type { DType, Values } from "./tensor.ts";

/** The size in bytes from which uploads are submitted at once: their copies wait on the host. */
export const LARGE_UPLOAD = 2 ** 20;

/** Returns the size of an element in a GPU buffer, in bytes. */
export function gpuBytesPerElement(dtype: DType): number {
  return dtype === "f16" ? 2 : 4;
}

/** Converts numbers to the bytes to upload, padded with zeros to a multiple of 4 if necessary. */
export function uploadOf(dtype: DType, data: ArrayLike<number>): ArrayBufferView<ArrayBuffer> {
  if (dtype === "f16" && !nativeHalfArray()) return encodeHalves(padded(Float64Array, data, 2));
  const Typed = typedArray(dtype);
  if (data instanceof Typed && data.byteLength % 4 === 0) return data as Values;
  return padded(Typed, data, dtype === "f16" ? 2 : 1);
}

/** Converts bytes that were read from a tensor to numbers. */
export function valuesIn(dtype: DType, bytes: ArrayBuffer, offset: number, count: number): Values {
  if (dtype === "f16" && !nativeHalfArray()) {
    return decodeHalves(new Uint16Array(bytes, offset, count));
  }
  return new (typedArray(dtype))(bytes, offset, count);
}

function typedArray(dtype: DType) {
  if (dtype === "u32") return Uint32Array;
  return dtype === "f16" ? nativeHalfArray()! : Float32Array;
}

/** Pads numbers with zeros to a multiple of `unit`. */
function padded(
  Typed: new (length: number) => Values,
  data: ArrayLike<number>,
  unit: number,
): Values {
  const values = new Typed(Math.ceil(data.length / unit) * unit);
  values.set(data);
  return values;
}
