/**
 * Datasets: the features of a pool, and the labels, predictions and targets of its rows.
 *
 * @module
 */

import { asyncDispose } from "../disposal.ts";
import { InputError } from "../errors.ts";
import type { ByteSource } from "./bytes.ts";
import type { Contents, DatasetOptions } from "./contents.ts";
import { readIndices, type Vector } from "./integers.ts";
import { type FileLabels, readLabels, type StoredLabels } from "./labels.ts";
import { openContents } from "./open-contents.ts";
import { firstNonFinite, nonFinite, type RowSource } from "./rows.ts";

/** The contents of a dataset file: features, and optional labels, predictions and targets. */
export interface Dataset extends AsyncDisposable {
  /** The features, `[n, d]`. */
  readonly features: RowSource;
  /** The logits of a head, `[n, K]`, if the file has them. */
  readonly logits?: RowSource;
  /** The class probabilities of a head, `[n, K]`, if the file has them. */
  readonly probs?: RowSource;
  /** The class of each row, `[n]`, if the file has them. */
  readonly labels?: Int32Array;
  /** The labels of each row, `[n, K]`, if the file has several for a row. */
  readonly labelMatrix?: StoredLabels;
  /** The indices of the labeled rows, from 0, each once, if the file has them; may be empty. */
  readonly labeled?: Int32Array;
  /** The regression target of each row, `[n]`, if the file has them. */
  readonly targets?: Float32Array;
  /** Closes the file; rows cannot be read afterwards. */
  close(): Promise<void>;
}

/**
 * Reads a dataset from the bytes of a file, such as one picked in a browser. Features, logits and
 * probabilities are read later, when they are needed. The function `openDataset` of
 * `@creel/creel/files` reads files by their paths.
 *
 * @example
 * ```ts
 * import { bytesOf, readAll, readDataset } from "@creel/creel/datasets";
 * import assert from "node:assert/strict";
 *
 * const csv = new TextEncoder().encode("x,y,label\n1,2,0\n3,4,1\n");
 * await using dataset = await readDataset(bytesOf("pool.csv", csv));
 * assert.deepEqual([...await readAll(dataset.features)], [1, 2, 3, 4]);
 * assert.deepEqual([...dataset.labels!], [0, 1]);
 * ```
 *
 * @param source the file; its format is determined by its extension, or else by its first bytes
 * @param options the names of the arrays or columns
 * @returns the dataset
 * @throws {InputError} if the file is malformed, has no features, or its parts do not fit together
 */
export async function readDataset(
  source: ByteSource,
  options: DatasetOptions = {},
): Promise<Dataset> {
  return await datasetOf(await openContents(source, options), () => Promise.resolve());
}

/**
 * Creates a dataset from the contents of a file.
 *
 * @param contents the contents of the file
 * @param close closes the file
 * @throws {InputError} if there are no features, or the parts do not fit together
 */
export async function datasetOf(contents: Contents, close: () => Promise<void>): Promise<Dataset> {
  const features = await contents.matrix("features", "[n, d]");
  const { rows } = features;
  const matrix = async (name: string) => {
    const found = await contents.matrix(name, "[n, K]");
    checkLength(found.name, found.rows, rows);
    return found;
  };
  const vector = async (name: string) => {
    const found = await contents.vector(name);
    checkLength(found.name, found.values.length, rows);
    return found;
  };
  return {
    features,
    ...contents.has("logits") && { logits: await matrix("logits") },
    ...contents.has("probs") && { probs: await matrix("probs") },
    ...contents.has("labels") && labelsOf(await readLabels(contents), rows),
    ...contents.has("labeled") && {
      labeled: readIndices(await contents.vector("labeled"), rows),
    },
    ...contents.has("targets") && { targets: readTargets(await vector("targets")) },
    close,
    [asyncDispose]: close,
  };
}

function labelsOf(found: FileLabels, rows: number): Pick<Dataset, "labels" | "labelMatrix"> {
  if ("matrix" in found) {
    const { matrix, name } = found;
    checkLength(name, matrix.data.length / matrix.columns, rows);
    return { labelMatrix: matrix };
  }
  checkLength(found.name, found.classes.length, rows);
  return { labels: found.classes };
}

function checkLength(name: string, found: number, rows: number): void {
  if (found !== rows) {
    throw new InputError(`Cannot use ${name}: it has ${found} rows, and the features have ${rows}`);
  }
}

function readTargets({ name, values }: Vector): Float32Array {
  const targets = Float32Array.from(values);
  const bad = firstNonFinite(targets);
  if (bad >= 0) throw nonFinite({ name, columns: 1 }, 0, bad, values[bad]!);
  return targets;
}
