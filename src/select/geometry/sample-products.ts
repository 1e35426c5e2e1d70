/**
 * The dot products of a pool with some of its samples at a time: what every strategy that compares
 * all samples with all others is made of, without a matrix `[n, n]`.
 *
 * @module
 */

import { allocate, type Tensors } from "../../device/allocate.ts";
import type { Tensor } from "../../device/tensor.ts";
import { dispose, Resource } from "../../disposal.ts";
import { matmul } from "../../linalg/matmul.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import type { Pool, Segment } from "../../pool/pool.ts";

/** Bytes that the products may take. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/** Products with `width` samples at a time. Frees what it holds when disposed. */
export class SampleProducts extends Resource {
  /** The stretches of the pool. */
  readonly segments: readonly Segment[];
  /** The most rows that a segment has. */
  readonly rows: number;
  readonly #tensors: Tensors<"samples" | "products">;

  /** For the samples of a pool. */
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
   * each segment what is done with them. They always are products with `width` samples, those
   * beyond `count` being any: how `matmul` cuts its sums depends on the shape, and so every product
   * of two samples is the same number in every batch.
   *
   * @param order u32, indices into the pool
   * @param first where the batch starts in it
   * @param count how many samples it has
   * @param use gets the products `[segment.rows, width]`
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

  /** Frees what it holds. */
  dispose(): void {
    this.#tensors[dispose]();
  }
}
