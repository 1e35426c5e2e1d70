/**
 * The detection of a file's format by its extension, or else by its first bytes.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { isGzip } from "./compressed/gzip.ts";
import { isIdx } from "./idx.ts";
import { isNpy } from "./numpy/npy.ts";
import { isZip } from "./compressed/zip.ts";

/** The formats that can be read; `gzip` contains one of the others. */
export type Format = "npy" | "npz" | "safetensors" | "csv" | "parquet" | "idx" | "gzip";

/** The allowed formats, for error messages. */
const ALLOWED =
  ".npy, .npz, .safetensors, .csv, .tsv, .parquet and .idx (also with .gz) are allowed";

/** The number of first bytes that {@link formatOf} needs. */
export const HEAD_BYTES = 16;

/**
 * Detects the format of a file.
 *
 * @param name the name or path of the file
 * @param head the first {@link HEAD_BYTES} bytes of the file, or all if it is shorter
 * @throws {InputError} if neither the extension nor the first bytes are known
 */
export function formatOf(name: string, head: Uint8Array): Format {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const dot = base.lastIndexOf(".");
  const extension = dot > 0 ? base.slice(dot).toLowerCase() : "";
  const known = byExtension(extension) ?? byMagic(head);
  if (known !== undefined) return known;
  const found = extension === "" ? "it has no extension" : `its extension is ${extension}`;
  throw new InputError(`Cannot read ${name}: ${found}, and ${ALLOWED}`);
}

function byExtension(extension: string): Format | undefined {
  switch (extension) {
    case ".npy":
    case ".npz":
    case ".safetensors":
    case ".csv":
    case ".parquet":
    case ".idx":
      return extension.slice(1) as Format;
    case ".tsv":
      return "csv";
    case ".gz":
      return "gzip";
    default:
      return undefined;
  }
}

function byMagic(head: Uint8Array): Format | undefined {
  if (isNpy(head)) return "npy";
  if (isZip(head)) return "npz";
  if (isGzip(head)) return "gzip";
  if ([0x50, 0x41, 0x52, 0x31].every((byte, i) => head[i] === byte)) return "parquet";
  if (isIdx(head)) return "idx";
  // Safetensors: a header length below 16 MiB in 64 bits, then the header, which is JSON.
  const brace = 0x7b;
  if (head[8] === brace && head.subarray(3, 8).every((byte) => byte === 0)) return "safetensors";
  return undefined;
}
