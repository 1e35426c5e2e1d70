/**
 * The objective of softmax regression and its gradient, over all labeled samples:
 * `1/n sum_i CE_i + 1/(2 C n) |W|^2`, which is scikit-learn's `C sum_i CE_i + 1/2 |W|^2` divided by
 * C n. The bias is not penalized. With several labels a sample, `CE_i` is the sum of the binary
 * cross-entropies of the classes, and the minimum is that of one logistic regression a class.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { dispose, Resource } from "../disposal.ts";
import { linearGradient, objectiveTerms } from "../kernels/head/linear-gradient.ts";
import { RESIDUAL_ROWS, softmaxResidual } from "../kernels/head/softmax-residual.ts";
import { matmul } from "../linalg/matmul.ts";
import type { Pool, Segment } from "../pool/pool.ts";
import { predictableSegments } from "../pool/probabilities.ts";
import { allocate, type Tensors } from "../device/allocate.ts";
import { type Layer, Layout } from "./layout.ts";
import { multiplyLayer } from "./network.ts";

/**
 * The objective for labeled samples. Its parameters are `[W | b]` with W `[K, stride]`, in the
 * {@linkcode Layout} of a linear head without the padding at the end.
 */
export class SoftmaxObjective extends Resource {
  /** The number of parameters. */
  readonly size: number;
  /** The number of terms whose sum is the objective. */
  readonly terms: number;
  readonly #device: Device;
  readonly #layer: Layer;
  readonly #segments: Segment[];
  readonly #groups: number;
  readonly #pitch: number;
  readonly #tensors: Tensors<"labels" | "logits" | "products" | "partials">;

  /**
   * Uploads the labels and allocates what an evaluation needs.
   *
   * @param pool the labeled samples; the pool must not be disposed of before the objective
   * @param labels the labels of the samples as the kernel reads them, such as classes `[n]`
   * @param classes the number of classes, K
   * @param C the inverse strength of the L2 penalty
   * @param residual the kernel of the loss. Default: `softmaxResidual`
   * @throws {DeviceError} if memory does not suffice
   */
  constructor(
    private readonly pool: Pool,
    labels: ArrayLike<number>,
    private readonly classes: number,
    private readonly C: number,
    private readonly residual: typeof softmaxResidual = softmaxResidual,
  ) {
    super();
    const { device, stride, columns } = pool;
    this.#device = device;
    const layer = this.#layer = new Layout([columns, classes]).layers[0]!;
    this.size = layer.bias + classes;
    this.terms = objectiveTerms(classes, stride);
    // Rows of a multiple of 16 bytes, which the gradient's matrix product needs; padding stays 0.
    this.#pitch = 4 * Math.ceil(classes / 4);
    this.#segments = predictableSegments(pool, this.#pitch);
    const groupsOf = (segment: Segment) => Math.ceil(segment.rows / RESIDUAL_ROWS);
    this.#groups = this.#segments.reduce((sum, segment) => sum + groupsOf(segment), 0);
    const most = Math.max(...this.#segments.map(({ rows }) => rows));
    this.#tensors = allocate(device, {
      labels: ["labels", [labels.length], "u32", labels],
      logits: ["logits", [most, this.#pitch]],
      products: ["products of features and residuals", [stride, classes]],
      partials: ["sums of residuals", [this.#groups, classes + 1]],
    });
  }

  /**
   * Records one evaluation of the objective and its gradient.
   *
   * @param parameters the parameters, `[size]`
   * @param gradient receives the gradient, `[size]`
   * @param terms receives the terms of the objective, `[terms]`
   */
  evaluate(parameters: Tensor, gradient: Tensor, terms: Tensor): void {
    const { classes, C } = this;
    const { rows: n, stride } = this.pool;
    const { labels, logits, products, partials } = this.#tensors;
    const device = this.#device;
    const pitch = this.#pitch;
    let firstGroup = 0;
    for (const { features, offset, base, rows } of this.#segments) {
      const x = { tensor: features, offset: offset * stride };
      multiplyLayer(device, this.#layer, parameters, x, { tensor: logits, ld: pitch }, rows);
      device.run(this.residual, { labels, parameters, logits, partials }, {
        rows,
        classes,
        pitch,
        biasOffset: this.#layer.bias,
        first: base,
        firstGroup,
      });
      // X^T (P - Y) and not its transpose: only the left factor of a product may be half floats.
      matmul(device, {
        m: stride,
        n: classes,
        k: rows,
        a: { ...x, transposed: true },
        b: { tensor: logits, ld: pitch },
        c: { tensor: products },
        beta: base === 0 ? 0 : 1,
      });
      firstGroup += Math.ceil(rows / RESIDUAL_ROWS);
    }
    device.run(linearGradient, { parameters, products, partials, gradient, terms }, {
      classes,
      stride,
      groups: this.#groups,
      scale: 1 / n,
      penalty: 1 / (C * n),
    });
  }

  /** Frees all tensors. */
  dispose(): void {
    this.#tensors[dispose]();
  }
}
