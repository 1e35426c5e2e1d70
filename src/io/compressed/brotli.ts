/**
 * Decompression of Brotli, which few parquet files use.
 *
 * Deno, Node and Bun have a decoder with a limit of its output. Browsers have none that works in
 * all of them; there the decoder of hyparquet-compressors is loaded, which does not bound its
 * output, so that a hostile file can fill the memory of a page.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/** The part of `node:zlib` that is used. */
interface Zlib {
  brotliDecompressSync(
    input: Uint8Array,
    options: { maxOutputLength: number; info: true },
  ): { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
}

/** Returns a function that decompresses data to a known size. */
export async function loadBrotli(): Promise<(input: Uint8Array, size: number) => Uint8Array> {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => Zlib | undefined };
  };
  const zlib = process?.getBuiltinModule?.("zlib");
  if (zlib?.brotliDecompressSync === undefined) {
    return (await import("hyparquet-compressors")).decompressBrotli;
  }
  const damaged = (cause?: unknown) =>
    new InputError("Cannot decompress: the Brotli data is damaged", { cause });
  return (input, size) => {
    let result: ReturnType<Zlib["brotliDecompressSync"]>;
    try {
      const options = { maxOutputLength: Math.max(1, size), info: true } as const;
      result = zlib.brotliDecompressSync(input, options);
    } catch (error) {
      throw damaged(error);
    }
    // The number of compressed bytes that were used: without this, others behind them pass.
    if (result.engine.bytesWritten !== input.length) throw damaged();
    const { buffer, byteOffset, length } = result.buffer;
    return new Uint8Array(buffer, byteOffset, length);
  };
}
