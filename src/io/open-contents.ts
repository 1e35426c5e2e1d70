/**
 * Opens files of any format.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { matrixRows, readVector, type StoredArray } from "./array.ts";
import { type ByteSource, readBytes } from "./bytes.ts";
import { readCsv } from "./csv/csv.ts";
import type { Contents, DatasetOptions } from "./contents.ts";
import { csvContents } from "./csv/csv-contents.ts";
import { formatOf, HEAD_BYTES } from "./format.ts";
import { gunzip } from "./compressed/gzip.ts";
import { openIdx } from "./idx.ts";
import { openNpy } from "./numpy/npy.ts";
import { openNpz } from "./numpy/npz.ts";
import { openParquet } from "./parquet/parquet.ts";
import { parquetContents } from "./parquet/parquet-contents.ts";
import { openSafetensors, type Safetensors } from "./safetensors.ts";

/**
 * Opens a file of any format.
 *
 * @param source the file
 * @param options the names of the arrays or columns
 * @param fileName the file name, whose extension determines the format. Default: that of the source
 * @returns the contents of the file
 * @throws {InputError} if the format is unknown, or the file is malformed
 */
export async function openContents(
  source: ByteSource,
  options: DatasetOptions = {},
  fileName: string = source.name,
): Promise<Contents> {
  const head = await readBytes(source, 0, Math.min(HEAD_BYTES, source.size));
  switch (formatOf(fileName, head)) {
    case "npy":
      return single(await openNpy(source), options);
    case "npz": {
      const { names, open } = await openNpz(source, options);
      return named(names, open, options);
    }
    case "csv":
      return csvContents(await readCsv(source, options), options);
    case "idx":
      return single(await openIdx(source), options);
    case "safetensors":
      return tensors(await openSafetensors(source), options);
    case "parquet":
      return parquetContents(await openParquet([source], source.name, options), options);
    case "gzip":
      return await openContents(
        await gunzip(source, options),
        options,
        fileName.replace(/\.gz$/i, ""),
      );
  }
}

/** The contents of a file with one array, which is returned for any name. */
function single(array: StoredArray, options: DatasetOptions): Contents {
  const wanted = options.features ?? options.labels;
  if (wanted !== undefined) {
    throw new InputError(
      `Cannot find ${wanted} in ${array.name}: the file holds one array without a name`,
    );
  }
  return {
    has: () => false,
    // Async, so that an error is a rejection, as it is from the other formats.
    // deno-lint-ignore require-await
    matrix: async (name, expected) => matrixRows(array, `${name} in ${array.name}`, expected),
    isWide: () => Promise.resolve(isWide(array)),
    vector: (name) => readVector(array, `${name} in ${array.name}`),
  };
}

/** The contents of a file with named arrays. */
function named(
  names: readonly string[],
  open: (name: string) => Promise<StoredArray>,
  options: DatasetOptions,
): Contents {
  const { features, labels } = options;
  const nameOf = (name: string) =>
    (name === "features" ? features : name === "labels" ? labels : undefined) ?? name;
  return {
    has: (name) => nameOf(name) !== name || names.includes(name),
    matrix: async (name, expected) => matrixRows(await open(nameOf(name)), undefined, expected),
    isWide: async (name) => isWide(await open(nameOf(name))),
    vector: async (name) => await readVector(await open(nameOf(name))),
  };
}

/** The contents of a safetensors file; if it has no tensor of a name, its only matrix is used. */
function tensors(file: Safetensors, options: DatasetOptions): Contents {
  const names = [...file.tensors.keys()];
  const matrices = names.filter((name) => file.tensors.get(name)?.shape.length === 2);
  const only = matrices.length === 1 ? matrices[0] : undefined;
  // Async, so that an error is a rejection, as it is from the other formats.
  // deno-lint-ignore require-await
  const open = async (name: string) => file.open(name);
  const contents = named(names, open, options);
  return {
    ...contents,
    matrix: async (name, expected) =>
      contents.has(name) || only === undefined
        ? await contents.matrix(name, expected)
        : matrixRows(file.open(only), undefined, expected),
    isWide: async (name) =>
      contents.has(name) || only === undefined
        ? await contents.isWide(name)
        : isWide(file.open(only)),
  };
}

function isWide({ shape }: StoredArray): boolean {
  return shape.length === 2 && shape[1]! > 1;
}
