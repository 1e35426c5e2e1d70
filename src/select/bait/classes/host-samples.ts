/**
 * The features of some samples on the host, by class: those of labeled samples and of picks.
 *
 * @module
 */

import type { Pool } from "../../../pool/pool.ts";
import { gatherNumbers } from "../../../pool/gather-numbers.ts";
import type { ClassIndex } from "./class-index.ts";

/** The largest size of the features that are read at a time, in bytes. */
const PIECE_BYTES = 32 * 2 ** 20;

/** Samples with their features, in a given order. */
export class HostSamples {
  readonly #ofClass: Map<number, { place: number; entry: number }[]> = new Map();

  private constructor(
    /** The indices of the samples in the pool. */
    readonly indices: readonly number[],
    private readonly features: Float32Array,
    private readonly d: number,
    private readonly index: ClassIndex,
  ) {
    const { slots, top } = index;
    indices.forEach((i, place) => {
      for (let j = i * top; j < (i + 1) * top; j++) {
        const [k, entry] = [slots[2 * j]!, slots[2 * j + 1]!];
        const members = this.#ofClass.get(k);
        if (members) members.push({ place, entry });
        else this.#ofClass.set(k, [{ place, entry }]);
      }
    });
  }

  /** Reads the features of samples from their pool, which has half or full floats. */
  static async read(
    pool: Pool,
    indices: readonly number[],
    index: ClassIndex,
  ): Promise<HostSamples> {
    const { device, stride: d } = pool;
    const features = new Float32Array(indices.length * d);
    const piece = Math.max(1, Math.floor(PIECE_BYTES / (4 * d)));
    for (let first = 0; first < indices.length; first += piece) {
      const some = indices.slice(first, first + piece);
      using order = device.tensor("some samples", [some.length], "u32", some);
      using out = device.tensor("their features", [some.length, d]);
      gatherNumbers(device, pool.blocks, order, out, { count: some.length, width: d });
      features.set(await device.read(out), first * d);
    }
    return new HostSamples(indices, features, d, index);
  }

  /** The classes that the samples have among theirs. */
  get classes(): Iterable<number> {
    return this.#ofClass.keys();
  }

  /** The places, in the order of the samples, of those that have a class. */
  placesOf(k: number): number[] {
    return (this.#ofClass.get(k) ?? []).map(({ place }) => place);
  }

  /**
   * The features of those samples that have a class, each times the scale of its entry.
   *
   * @param k the class
   * @param factor another factor of all features
   * @param before rows that come before them
   * @returns `[m, d]`
   */
  rowsOf(k: number, factor: number, before: Float64Array = new Float64Array()): Float64Array {
    const { d, features, index: { scales } } = this;
    const members = this.#ofClass.get(k) ?? [];
    const rows = new Float64Array(before.length + members.length * d);
    rows.set(before);
    members.forEach(({ place, entry }, at) => {
      const scale = factor * scales[entry]!;
      const start = before.length + at * d;
      for (let f = 0; f < d; f++) rows[start + f] = scale * features[place * d + f]!;
    });
    return rows;
  }
}
