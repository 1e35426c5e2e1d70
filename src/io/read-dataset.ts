/**
 * What a selection reads from one file: the pool's features, and what is known about its rows.
 *
 * @module
 */

import { asyncDispose } from "../disposal.ts";
import { InputError } from "../errors.ts";
import type { ByteSource } from "./bytes.ts";
import type { Contents, DatasetOptions } from "./contents.ts";
import { readIndices, readIntegers, type Vector } from "./integers.ts";
import { openContents } from "./open-contents.ts";
import { firstNonFinite, nonFinite, type RowSource } from "./rows.ts";

/** A pool of samples and what is known about them. */
export interface Dataset extends AsyncDisposable {
  /** `[n, d]`. */
  readonly features: RowSource;
  /** `[n, K]`, of the current head. */
  readonly logits?: RowSource;
  /** `[n, K]`, class probabilities of the current head. */
  readonly probs?: RowSource;
  /** `[n]`, one class per row. */
  readonly labels?: Int32Array;
  /** Indices of the labeled rows, from 0, each once; may be empty. */
  readonly labeled?: Int32Array;
  /** `[n]`, for regression. */
  readonly targets?: Float32Array;
  /** Closes the file; rows cannot be read afterwards. */
  close(): Promise<void>;
}

/**
 * Reads a dataset from bytes, such as a file picked in a browser.
 *
 * @param source The file; its format is told by its name, or by its first bytes.
 * @param options How to find things in it.
 * @throws {InputError} The file is malformed, has no features, or its parts do not fit together.
 */
export async function readDataset(
  source: ByteSource,
  options: DatasetOptions = {},
): Promise<Dataset> {
  return await datasetOf(await openContents(source, options), () => Promise.resolve());
}

/**
 * Puts a dataset together.
 *
 * @param contents What the file offers.
 * @param close What closing the dataset does.
 * @throws {InputError} There are no features, or the parts do not fit together.
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
    ...contents.has("labels") && { labels: readIntegers(await vector("labels")) },
    ...contents.has("labeled") && {
      labeled: readIndices(await contents.vector("labeled"), rows),
    },
    ...contents.has("targets") && { targets: readTargets(await vector("targets")) },
    close,
    [asyncDispose]: close,
  };
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
