/**
 * What a pool is known by: a few sums over its features, taken where they lie. Labels are indices into a
 * pool, and on any other pool they would be wrong without anyone noticing.
 *
 * A hash would be too strict: the same file has features that differ in the last digits on another
 * device, and in more on one that stores half floats. So rows are projected on fixed random directions,
 * and the projections are summed in groups of rows, each weighted by where its row stands. Two pools are
 * the same if all sums agree within the rounding of their storage. Other features, another order of
 * rows or columns, and another scaling change the sums by far more.
 *
 * @module
 */

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Device } from "../../device/device.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { FeatureStorage, Pool } from "../../pool/pool.ts";

/** What a pool is known by. */
export interface Fingerprint {
  /** n. */
  readonly rows: number;
  /** d. */
  readonly columns: number;
  /** How the features are stored, which decides how exactly the sums must agree. */
  readonly storage: FeatureStorage;
  /** `[groups, 4]`: the weighted sums of each group of rows. */
  readonly sums: readonly number[];
  /** `[groups]`: the length of the vector of all projections of a group. */
  readonly sizes: readonly number[];
}

/** Directions: one may miss a difference that is orthogonal to it. */
const DIRECTIONS = 4;
/** The most groups. */
const GROUPS = 64;
/** Rows that are projected at a time. */
const SEGMENT_ROWS = 65536;
/**
 * How far sums may differ, relative to the group's size. Rounding to half floats moves them by about 1e-4
 * of it, sums in float32 by about 1e-6.
 */
const TOLERANCE: Readonly<Record<FeatureStorage, number>> = { f32: 1e-5, f16: 2e-3 };

/**
 * Takes the fingerprint of a pool: one pass over the features, on the device.
 *
 * @param pool the features as they lie on the device, so after scaling
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
 * How two fingerprints differ.
 *
 * @param saved of the pool that something was saved with
 * @param given of the pool at hand
 * @returns the first difference in words, such as "it has 10 samples, this one 12"; undefined if they
 * are of the same pool
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
    // Not `>`, which would take NaN for equal.
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

/** How many sums and sizes a fingerprint of a pool with so many rows has. */
export function fingerprintLengths(rows: number): { sums: number; sizes: number } {
  const sizes = Math.min(GROUPS, rows);
  return { sums: sizes * DIRECTIONS, sizes };
}

function boundOf(device: Device): number {
  return Math.min(SEGMENT_ROWS, Math.floor(device.limits.bindingBytes / (4 * DIRECTIONS)));
}

/** Numbers in -1 .. 1 with the pool's padding; part of the format of saves, so never to be changed. */
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
