/**
 * Reads files as bytes, also in browsers: .npy, .npz, .csv, .safetensors, .parquet and .idx as
 * matrices.
 *
 * @module
 */

export { blobSource, bytesOf, type ByteSource } from "../io/bytes.ts";
export type { DatasetOptions } from "../io/contents.ts";
export type { FileLabels, StoredLabels } from "../io/labels.ts";
export { type Dataset, readDataset } from "../io/read-dataset.ts";
export { type NumberArray, readAll } from "../io/rows.ts";
