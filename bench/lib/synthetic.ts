/**
 * Synthetic pools: clusters with a decaying spectrum, similar to the features of a backbone, and
 * logits that depend on the cluster. Every number is a function of the seed, its row and its
 * column, so that rows can be computed in any order.
 *
 * @module
 */

import { arrayRows, readAll, type RowSource } from "../../src/io/rows.ts";
import { logitsPredictor, type Predictor } from "../../src/pool/predictions.ts";

/** A synthetic pool. */
export interface Synthetic {
  /** The features, `[n, d]`. */
  readonly features: RowSource;
  /** The logits, `[n, K]`. */
  readonly logits: RowSource;
  /** Returns the cluster of a sample, 0 to K - 1. */
  readonly classOf: (row: number) => number;
}

/** The size of a synthetic pool. */
export interface SyntheticSize {
  /** n, the number of samples. */
  readonly rows: number;
  /** d, the number of features. */
  readonly columns: number;
  /** K, the number of classes. */
  readonly classes: number;
  /** The seed. Default: 1. */
  readonly seed?: number;
}

/** Makes a pool; rows are computed when they are read. */
export function synthetic({ rows, columns, classes, seed = 1 }: SyntheticSize): Synthetic {
  const scales = Float32Array.from({ length: columns }, (_, f) => 1 / Math.sqrt(1 + f / 16));
  const centers = new Float32Array(classes * columns);
  const centerRng = generator(seed, 0xffffffff);
  for (let e = 0; e < centers.length; e++) centers[e] = normal(centerRng) * scales[e % columns]!;
  const classOf = (row: number) => Math.floor(generator(seed, row)() * classes);
  return {
    classOf,
    features: source("synthetic features", rows, columns, (row, target) => {
      const rng = generator(seed, row);
      const center = Math.floor(rng() * classes) * columns;
      for (let f = 0; f < columns; f++) {
        target[f] = 0.7 * centers[center + f]! + scales[f]! * normal(rng);
      }
    }),
    logits: source("synthetic logits", rows, classes, (row, target) => {
      const rng = generator(seed + 1, row);
      for (let k = 0; k < classes; k++) target[k] = normal(rng);
      target[classOf(row)]! += 3 * rng();
    }),
  };
}

/**
 * The class probabilities of the logits of a pool, computed in advance so that they are not part of
 * a measurement.
 */
export async function predictorOf({ logits }: Synthetic): Promise<Predictor> {
  return logitsPredictor(arrayRows(logits.name, await readAll(logits), logits.columns));
}

function source(
  name: string,
  rows: number,
  columns: number,
  fill: (row: number, target: Float32Array) => void,
): RowSource {
  return {
    name,
    rows,
    columns,
    dtype: "f32",
    read(start, target) {
      for (let i = 0; i * columns < target.length; i++) {
        fill(start + i, target.subarray(i * columns, (i + 1) * columns));
      }
      return Promise.resolve();
    },
  };
}

/**
 * Uniform numbers from 0 to 1 for one row (mulberry32 by Tommy Ettinger, with a mixed seed). A
 * generator of pure-rand for each of a million rows would take longer than the measured work.
 */
function generator(seed: number, row: number): () => number {
  let state = Math.imul(row ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b) ^ (row >>> 13);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * An approximately normal number with mean 0 and standard deviation 1: a scaled sum of two uniform
 * numbers.
 */
function normal(rng: () => number): number {
  return (rng() + rng() - 1) * 2.4494897;
}
