/**
 * NumPy's .npz files: zip files of .npy members.
 *
 * @module
 */

import { zipSync } from "fflate";
import { InputError } from "../../errors.ts";
import { listed, shortened } from "../../shortened.ts";
import { byteLength, type StoredArray } from "../array.ts";
import type { ByteSource } from "../bytes.ts";
import { encodeNpy, type NpyData, openNpy } from "./npy.ts";
import { zipContent, zipMembers, type ZipOptions } from "../compressed/zip.ts";

/** The arrays of an .npz file. */
export interface Npz {
  /** The names of the arrays, without ".npy", in the order of the file. */
  readonly names: readonly string[];
  /**
   * Reads the header of an array. The elements of uncompressed arrays are read later, when they are
   * needed; compressed arrays are inflated into memory.
   *
   * @throws {InputError} if there is no such array, or it cannot be read (see `openNpy`)
   */
  open(name: string): Promise<StoredArray>;
}

/**
 * Reads the directory of an .npz file.
 *
 * @param source the file
 * @param options how far compressed arrays may expand
 * @throws {InputError} if it is not a zip file, or truncated or damaged, or two members have the
 * same name
 */
export async function openNpz(source: ByteSource, options: ZipOptions = {}): Promise<Npz> {
  const members = new Map(
    (await zipMembers(source))
      .filter((member) => member.name.endsWith(".npy"))
      .map((member) => [member.name.slice(0, -4), member]),
  );
  const names = [...members.keys()];
  return {
    names,
    async open(name) {
      const member = members.get(name);
      if (member === undefined) {
        throw new InputError(
          `Cannot find ${shortened(name)} in ${source.name}: its arrays are ${
            listed(names) || "none"
          }`,
        );
      }
      const what = `${shortened(name)} in ${source.name}`;
      const content = await zipContent(source, member, what, options);
      const array = await openNpy(content);
      const end = array.offset + byteLength(array);
      // Bytes that no array has would not be read, so that the checksum would not be verified.
      if (end !== content.size) {
        throw new InputError(
          `Cannot read ${what}: its array ends at byte ${end} of ${content.size}`,
        );
      }
      return array;
    },
  };
}

/** An array to encode. */
export interface NpzEntry {
  /** The elements in C order. */
  readonly data: NpyData;
  /** The lengths of the axes. */
  readonly shape: readonly number[];
}

/**
 * Encodes arrays as a compressed .npz file.
 *
 * @param entries the arrays by name
 * @throws {InputError} if a shape does not fit its data
 */
export function encodeNpz(entries: Readonly<Record<string, NpzEntry>>): Uint8Array<ArrayBuffer> {
  const members = Object.entries(entries)
    .map(([name, { data, shape }]) => [`${name}.npy`, encodeNpy(data, shape)] as const);
  // A fixed date, so that the same arrays give the same bytes; zip files cannot have one before
  // 1980.
  return zipSync(Object.fromEntries(members), { mtime: "1980-01-01T00:00:00" });
}
