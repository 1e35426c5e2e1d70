/**
 * Datasets and matrices by path, for the command line and for programs in Deno and Node. Browsers
 * use `read-dataset.ts`.
 *
 * @module
 */

import { join } from "node:path";
import { asyncDispose } from "../disposal.ts";
import type { Contents, DatasetOptions } from "./contents.ts";
import { type FileSource, listFolder, openFile } from "./file.ts";
import { readIndices, readIntegers } from "./integers.ts";
import { openContents } from "./open-contents.ts";
import { openParquet } from "./parquet/parquet.ts";
import { parquetContents } from "./parquet/parquet-contents.ts";
import { type Dataset, datasetOf } from "./read-dataset.ts";
import type { RowSource } from "./rows.ts";
import { poolShards } from "./parquet/shards.ts";

export type { Dataset } from "./read-dataset.ts";
export type { DatasetOptions } from "./contents.ts";

/**
 * Opens a pool. The format is told by the extension, or by the first bytes where that is unknown.
 *
 * | format                   | features                                   | beside them |
 * | ------------------------ | ------------------------------------------ | ----------- |
 * | .npy, .idx               | the array                                  | nothing |
 * | .npz                     | `features`                                 | `logits`, `probs`, `labels`, `labeled`, `targets` |
 * | .safetensors             | `features`, or the only tensor of two axes | the same |
 * | .csv, .tsv               | all other columns                          | the columns `labels` or `label`, `labeled` (0 or 1), `targets` or `target` |
 * | .parquet, a folder of it | `features`, or the only column of lists, or all other numeric columns | the same |
 *
 * Each may be compressed with gzip, as .gz, except a folder.
 *
 * @param path The file or the folder.
 * @param options How to find things in it.
 * @throws {InputError} The file is missing or malformed, has no features, or its parts do not fit
 * together.
 */
export async function openDataset(path: string, options: DatasetOptions = {}): Promise<Dataset> {
  const { contents, close } = await open(path, options);
  try {
    return await datasetOf(contents, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** A matrix in an open file. */
export interface OpenMatrix extends RowSource, AsyncDisposable {
  /** Closes the file; rows cannot be read afterwards. */
  close(): Promise<void>;
}

/**
 * Opens one matrix, such as the logits of a pool kept in a file of their own.
 *
 * @param path The file, of any format that {@link openDataset} reads.
 * @param name What it is: what messages call it, and the array that is taken where names exist.
 * @throws {InputError} The file is missing or malformed, or has no such matrix.
 */
export async function openMatrix(path: string, name = "features"): Promise<OpenMatrix> {
  const { contents, close } = await open(path, {});
  try {
    const expected = name === "features" ? "[n, d]" : "[n, K]";
    const rows = await contents.matrix(name, expected);
    return { ...rows, close, [asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Reads a vector of whole numbers, such as the labels of a pool kept in a file of their own.
 *
 * @param path The file, of any format that {@link openDataset} reads.
 * @param name What it is: what messages call it, and the array that is taken where names exist.
 * @returns `[n]`.
 * @throws {InputError} The file is missing or malformed, or does not hold whole numbers.
 */
export async function openIntegers(path: string, name = "labels"): Promise<Int32Array> {
  const { contents, close } = await open(path, {});
  try {
    return readIntegers(await contents.vector(name));
  } finally {
    await close();
  }
}

/**
 * Reads the indices of labeled rows, or a mask of them, from a file of their own.
 *
 * @param path The file, of any format that {@link openDataset} reads.
 * @param rows Number of rows in the pool, if known.
 * @param name What it is: what messages call it, and the array that is taken where names exist.
 * @returns Indices from 0, each once.
 * @throws {InputError} The file is missing or malformed, an index is outside the pool or occurs
 * twice, or a mask does not have one value per row.
 */
export async function openIndices(
  path: string,
  rows?: number,
  name = "labeled",
): Promise<Int32Array> {
  const { contents, close } = await open(path, {});
  try {
    return readIndices(await contents.vector(name), rows);
  } finally {
    await close();
  }
}

/** An open file or folder and what it offers. */
async function open(
  path: string,
  options: DatasetOptions,
): Promise<{ contents: Contents; close: () => Promise<void> }> {
  const files: FileSource[] = [];
  const close = async () => {
    for (const file of files) await file.close();
  };
  try {
    const folder = await listFolder(path);
    if (folder === undefined) {
      const file = await openFile(path);
      files.push(file);
      return { contents: await openContents(file, options), close };
    }
    for (const shard of poolShards(path, folder, options.split)) {
      files.push(await openFile(join(path, shard)));
    }
    const table = await openParquet(files as [FileSource, ...FileSource[]], path);
    return { contents: parquetContents(table, options), close };
  } catch (error) {
    await close();
    throw error;
  }
}
