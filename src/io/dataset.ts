/**
 * Datasets and matrices in files on disk, for programs in Deno and Node.
 *
 * @module
 */

import { join } from "node:path";
import { asyncDispose } from "../disposal.ts";
import type { Contents, DatasetOptions } from "./contents.ts";
import { type FileSource, listFolder, openFile } from "./file.ts";
import { readIndices, readIntegers } from "./integers.ts";
import { type FileLabels, readLabels } from "./labels.ts";
import { openContents } from "./open-contents.ts";
import { openParquet } from "./parquet/parquet.ts";
import { parquetContents } from "./parquet/parquet-contents.ts";
import { type Dataset, datasetOf } from "./read-dataset.ts";
import type { RowSource } from "./rows.ts";
import { poolShards } from "./parquet/shards.ts";

export type { Dataset } from "./read-dataset.ts";
export type { DatasetOptions } from "./contents.ts";

/**
 * Opens a dataset. The format is determined by the extension, or else by the first bytes:
 *
 * - .npy and .idx: the array contains the features.
 * - .npz: the arrays `features`, `logits`, `probs`, `labels`, `labeled` and `targets`; `labels` may
 *   be a matrix of zeros and ones, for several labels a row.
 * - .safetensors: tensors of these names; features may also be the only tensor of two axes.
 * - .csv and .tsv: the columns `labels` or `label`, `labeled` (0 or 1), and `targets` or `target`;
 *   all others are features.
 * - .parquet, or a folder of such files: columns of these names; features are the column
 *   `features`, or the only column of lists, or all other numeric columns.
 *
 * Files (but not folders) may be compressed with gzip, as .gz.
 *
 * @param path the path of the file or folder
 * @param options the names of the arrays or columns
 * @returns the dataset, the caller's to close
 * @throws {InputError} if the file is missing or malformed, has no features, or its arrays differ
 * in the number of rows
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

/** How far the compressed data of a file may expand. */
export type ExpandOptions = Pick<DatasetOptions, "maxExpandBytes">;

/** A matrix in an open file. */
export interface OpenMatrix extends RowSource, AsyncDisposable {
  /** Closes the file; rows cannot be read afterwards. */
  close(): Promise<void>;
}

/**
 * Opens a file that contains one matrix, such as the logits of a pool.
 *
 * @param path the file, of any format that {@link openDataset} reads
 * @param name the name in error messages, and of the array in formats with names
 * @param options how far compressed data may expand
 * @throws {InputError} if the file is missing or malformed, or has no such matrix
 */
export async function openMatrix(
  path: string,
  name = "features",
  options: ExpandOptions = {},
): Promise<OpenMatrix> {
  const { contents, close } = await open(path, options);
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
 * Reads a file that contains a vector of integers, such as the labels of a pool.
 *
 * @param path the file, of any format that {@link openDataset} reads
 * @param name the name in error messages, and of the array in formats with names
 * @param options how far compressed data may expand
 * @returns the integers, `[n]`
 * @throws {InputError} if the file is missing or malformed, or contains other numbers
 */
export async function openIntegers(
  path: string,
  name = "labels",
  options: ExpandOptions = {},
): Promise<Int32Array> {
  const { contents, close } = await open(path, options);
  try {
    return readIntegers(await contents.vector(name));
  } finally {
    await close();
  }
}

/**
 * Reads a file that contains labels: a class for each row, or a matrix for several labels a row.
 *
 * @param path the file, of any format that {@link openDataset} reads
 * @param options how far compressed data may expand
 * @throws {InputError} if the file is missing or malformed, or contains no labels
 */
export async function openLabels(path: string, options: ExpandOptions = {}): Promise<FileLabels> {
  const { contents, close } = await open(path, options);
  try {
    return await readLabels(contents);
  } finally {
    await close();
  }
}

/**
 * Reads a file that contains the indices of labeled rows, or a mask of them.
 *
 * @param path the file, of any format that {@link openDataset} reads
 * @param rows the number of rows of the pool, if known
 * @param name the name in error messages, and of the array in formats with names
 * @param options how far compressed data may expand
 * @returns the indices, from 0, each once
 * @throws {InputError} if the file is missing or malformed, an index is outside the pool or occurs
 * twice, or a mask does not have one value per row
 */
export async function openIndices(
  path: string,
  rows?: number,
  name = "labeled",
  options: ExpandOptions = {},
): Promise<Int32Array> {
  const { contents, close } = await open(path, options);
  try {
    return readIndices(await contents.vector(name), rows);
  } finally {
    await close();
  }
}

/** Opens a file or folder. */
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
    const table = await openParquet(files as [FileSource, ...FileSource[]], path, options);
    return { contents: parquetContents(table, options), close };
  } catch (error) {
    await close();
    throw error;
  }
}
