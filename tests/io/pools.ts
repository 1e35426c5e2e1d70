/** One small pool, written in every format that can be read. */

import assert from "node:assert/strict";
import { gzipSync } from "fflate";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Dataset } from "../../src/io/dataset.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz, type NpzEntry } from "../../src/io/numpy/npz.ts";
import { readAll } from "../../src/io/rows.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { idxBytes } from "./fixtures.ts";

/** The pool: 3 rows of 2. */
export const values = Float32Array.of(1, 2.5, -3, 4, 5, 6);
/** Its features, to write into an .npz. */
export const features: NpzEntry = { data: values, shape: [3, 2] };
const schema: SchemaElement[] = [
  { name: "root", num_children: 2 },
  { name: "emb", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
  { name: "label", type: "INT64", repetition_type: "OPTIONAL" },
];
/** A parquet file of embeddings and labels. */
export const parquet = (emb: number[][], label: bigint[]) =>
  new Uint8Array(parquetWriteBuffer({
    schema,
    columnData: [{ name: "emb", data: emb }, { name: "label", data: label }],
  }));
/** Text as bytes. */
export const text = (content: string) => new TextEncoder().encode(content);

/** The pool in every format, and which labels come with it. */
export const pools: Record<string, Uint8Array> = {
  "pool.npy": encodeNpy(values, [3, 2]),
  "pool.npz": encodeNpz({ features, labels: { data: Int32Array.of(7, 8, 9), shape: [3] } }),
  "pool.NPZ": encodeNpz({ features }),
  "pool.safetensors": encodeSafetensors({ features: { shape: [3, 2], data: values } }),
  "only.safetensors": encodeSafetensors({
    embeddings: { shape: [3, 2], data: values },
    mean: { shape: [2], data: new Float32Array(2) },
  }),
  "pool.csv": text("a,b,label\n1,2.5,7\n-3,4,8\n5,6,9\n"),
  "pool.tsv": text("1\t2.5\n-3\t4\n5\t6\n"),
  "pool.csv.gz": gzipSync(text("1;2.5\n-3;4\n5;6\n")),
  "pool.npy.gz": gzipSync(encodeNpy(values, [3, 2])),
  "pool.parquet": parquet([[1, 2.5], [-3, 4], [5, 6]], [7n, 8n, 9n]),
  "pool.idx": idxBytes("f32", [3, 2, 1], [...values]),
  "pool-idx3-ubyte.gz": gzipSync(idxBytes("f32", [3, 1, 2], [...values])),
};

/** Asserts that a dataset is the pool. */
export async function checkPool(dataset: Dataset, name: string): Promise<void> {
  assert.deepEqual([dataset.features.rows, dataset.features.columns], [3, 2], name);
  assert.deepEqual(await readAll(dataset.features), values, name);
  assert.match(dataset.features.name, /^(features|x|embeddings) in /);
  if (dataset.labels !== undefined) assert.deepEqual([...dataset.labels], [7, 8, 9], name);
}
