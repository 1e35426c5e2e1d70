/**
 * The fingerprint of a pool: sums over its features, computed on the device. Labels refer to
 * samples by their indices, and would be silently wrong for any other pool.
 *
 * A hash would be too strict, because the features of the same file differ in the last digits
 * between devices, and by more if one of them stores half floats. Instead rows are projected on
 * fixed random directions, and the projections are summed in groups of rows, weighted by the index
 * of the row. Two pools are the same if all sums agree within the rounding of their storage. Other
 * features, another order of rows or columns, and another scaling change the sums by far more.
 *
 * @module
 */

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Device } from "../../device/device.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { FeatureStorage, Pool } from "../../pool/pool.ts";

/** The fingerprint of a pool, by which a saved learner recognizes it. */
export interface Fingerprint {
  /** n, the number of samples. */
  readonly rows: number;
  /** d, the number of features. */
  readonly columns: number;
  /** The number type of the stored features, which decides how exactly the sums must agree. */
  readonly storage: FeatureStorage;
  /** The weighted sums of the projections of each group of rows, `[groups, 4]`. */
  readonly sums: readonly number[];
  /** The Euclidean norm of all projections of each group, `[groups]`. */
  readonly sizes: readonly number[];
}

/** The number of random directions, several because one may miss a difference orthogonal to it. */
const DIRECTIONS = 4;
/** The largest number of groups of rows. */
const GROUPS = 64;
/** The number of rows that are projected at a time. */
const SEGMENT_ROWS = 65536;
/**
 * How far sums may differ, relative to the norm of the group. Rounding to half floats moves them by
 * about 1e-4 of it, sums in float32 by about 1e-6.
 */
const TOLERANCE: Readonly<Record<FeatureStorage, number>> = { f32: 1e-5, f16: 2e-3 };

/**
 * Computes the fingerprint of a pool in one pass over its features.
 *
 * @param pool the features as they are stored on the device, after scaling
 */
export async function fingerprintOf(pool: Pool): Promise<Fingerprint> {
  const { device, rows, columns } = pool;
  const groups = Math.min(GROUPS, rows);
  const sums = new Float64Array(groups * DIRECTIONS);
  const squares = new Float64Array(groups);
  using directions = device.tensor(
    "directions",
    [DIRECTIONS, pool.stride],
    "real",
    directionsOf(columns, pool.stride),
  );
  for (const segment of pool.segments(boundOf(device))) {
    using projections = device.tensor("projections", [segment.rows, DIRECTIONS]);
    matmul(device, {
      m: segment.rows,
      n: DIRECTIONS,
      k: pool.stride,
      a: { tensor: segment.features, offset: segment.offset * pool.stride },
      b: { tensor: directions, transposed: true },
      c: { tensor: projections },
    });
    const values = await device.read(projections);
    for (let i = 0; i < segment.rows; i++) {
      const row = segment.base + i;
      const weight = 0.5 + counterHash(row, 1) / 2 ** 32;
      const group = Math.floor(row * groups / rows);
      for (let k = 0; k < DIRECTIONS; k++) {
        const value = weight * values[i * DIRECTIONS + k]!;
        sums[group * DIRECTIONS + k]! += value;
        squares[group]! += value * value;
      }
    }
  }
  return {
    rows,
    columns,
    storage: pool.blocks[0]!.features.dtype === "f16" ? "f16" : "f32",
    sums: Array.from(sums),
    sizes: Array.from(squares, Math.sqrt),
  };
}

/**
 * Compares two fingerprints.
 *
 * @param saved the fingerprint of the pool that something was saved with
 * @param given the fingerprint of the current pool
 * @returns the first difference in words, such as "it has 10 samples, this one 12"; undefined if
 * the pools are the same
 */
export function fingerprintDifference(saved: Fingerprint, given: Fingerprint): string | undefined {
  for (const [what, name] of [["rows", "samples"], ["columns", "features"]] as const) {
    if (saved[what] !== given[what]) {
      return `it has ${saved[what]} ${name}, this one ${given[what]}`;
    }
  }
  const tolerance = Math.max(TOLERANCE[saved.storage], TOLERANCE[given.storage]);
  const { rows, sums } = given;
  const at = sums.findIndex((sum, place) => {
    const group = Math.floor(place / DIRECTIONS);
    const size = Math.max(saved.sizes[group]!, given.sizes[group]!);
    // Not `>`, which would treat NaN as equal.
    return !(Math.abs(sum - saved.sums[place]!) <= tolerance * size);
  });
  if (at < 0) return undefined;
  const groups = sums.length / DIRECTIONS;
  const group = Math.floor(at / DIRECTIONS);
  const first = Math.ceil(group * rows / groups);
  const last = Math.ceil((group + 1) * rows / groups) - 1;
  const where = first === last ? `sample ${first}` : `one of samples ${first} to ${last}`;
  return `its features, or how they were scaled, differ in ${where}`;
}

/** The number of sums and of sizes in the fingerprint of a pool with some number of rows. */
export function fingerprintLengths(rows: number): { sums: number; sizes: number } {
  const sizes = Math.min(GROUPS, rows);
  return { sums: sizes * DIRECTIONS, sizes };
}

function boundOf(device: Device): number {
  return Math.min(SEGMENT_ROWS, Math.floor(device.limits.bindingBytes / (4 * DIRECTIONS)));
}

/**
 * Random numbers from -1 to 1, and 0 in the padding. They are part of the format of saved learners
 * and must never change.
 */
function directionsOf(columns: number, stride: number): Float32Array {
  const random = xoroshiro128plus(0x43726565);
  const directions = new Float32Array(DIRECTIONS * stride);
  for (let k = 0; k < DIRECTIONS; k++) {
    for (let f = 0; f < columns; f++) {
      directions[k * stride + f] = 2 * uniformFloat64(random) - 1;
    }
  }
  return directions;
}
