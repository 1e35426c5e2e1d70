/**
 * Seeded synthetic pools, so that every number can be repeated.
 *
 * @module
 */

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { arrayRows, type RowSource } from "../src/io/rows.ts";

/** A synthetic pool: normal features, and logits of a random linear head. */
export interface Synthetic {
  /** `[n, d]`. */
  readonly features: RowSource;
  /** `[n, K]`. */
  readonly logits: RowSource;
  /** `[n]`, the class with the largest logit. */
  readonly labels: number[];
}

/** Makes a pool. The same arguments give the same pool. */
export function synthetic(n: number, d: number, classes: number, seed = 0): Synthetic {
  const normal = normals(seed);
  const features = Float32Array.from({ length: n * d }, normal);
  const head = Float32Array.from({ length: classes * d }, () => normal() / Math.sqrt(d));
  const logits = new Float32Array(n * classes);
  const labels: number[] = [];
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let k = 0; k < classes; k++) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += features[i * d + f]! * head[k * d + f]!;
      logits[i * classes + k] = 2 * sum;
      if (logits[i * classes + k]! > logits[i * classes + best]!) best = k;
    }
    labels.push(best);
  }
  return {
    features: arrayRows("features", features, d),
    logits: arrayRows("logits", logits, classes),
    labels,
  };
}

/** Standard normal numbers by Box and Muller's method. */
function normals(seed: number): () => number {
  const rng = xoroshiro128plus(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(rng)));
    const angle = 2 * Math.PI * uniformFloat64(rng);
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
