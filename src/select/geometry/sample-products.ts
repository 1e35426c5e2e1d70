/**
 * The dot products of all samples of a pool with one batch of samples at a time, for strategies
 * that compare all pairs of samples without an `[n, n]` matrix.
 *
 * @module
 */

import { allocate, type Tensors } from "../../device/allocate.ts";
import type { Tensor } from "../../device/tensor.ts";
import { dispose, Resource } from "../../disposal.ts";
import { matmul } from "../../linalg/matmul.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import type { Pool, Segment } from "../../pool/pool.ts";

/** The largest size of the products, in bytes. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/** The products with `width` samples at a time. */
export class SampleProducts extends Resource {
  /** The segments of the pool. */
  readonly segments: readonly Segment[];
  /** The largest number of rows of a segment. */
  readonly rows: number;
  readonly #tensors: Tensors<"samples" | "products">;

  /** Allocates the tensors for a pool. */
  constructor(private readonly pool: Pool, readonly width: number) {
    super();
    const { device, stride } = pool;
    const bytes = Math.min(SCRATCH_BYTES, device.limits.bindingBytes);
    this.segments = pool.segments(Math.floor(bytes / (4 * width)));
    this.rows = Math.max(...this.segments.map(({ rows }) => rows));
    this.#tensors = allocate(device, {
      samples: ["samples of a batch", [width, stride]],
      products: ["products with a batch", [this.rows, width]],
    });
  }

  /**
   * Records the products with the samples `order[first]` to `order[first + count - 1]`, and for
   * each segment the use of these products. The product always has `width` columns, of which those
   * beyond `count` are arbitrary: how `matmul` splits its sums depends on the shape, and so the
   * product of two samples is the same number in every batch.
   *
   * @param order indices into the pool, u32
   * @param first the start of the batch in `order`
   * @param count the number of samples in the batch
   * @param use receives the products `[segment.rows, width]`, the segment and its position
   */
  record(
    order: Tensor,
    first: number,
    count: number,
    use: (products: Tensor, segment: Segment, place: number) => void,
  ): void {
    const { width, segments, pool: { device, blocks, stride } } = this;
    const { samples, products } = this.#tensors;
    gatherNumbers(device, blocks, order, samples, { first, count, width: stride });
    segments.forEach((segment, place) => {
      const { features, offset, rows: m } = segment;
      matmul(device, {
        m,
        n: width,
        k: stride,
        a: { tensor: features, offset: offset * stride },
        b: { tensor: samples, transposed: true },
        c: { tensor: products },
      });
      use(products, segment, place);
    });
  }

  /** Frees the tensors. */
  dispose(): void {
    this.#tensors[dispose]();
  }
}
