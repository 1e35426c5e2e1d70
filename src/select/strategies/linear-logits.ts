/**
 * The logits of a linear head from its weights.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { addBias } from "../../kernels/head/add-bias.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { Segment } from "../../pool/pool.ts";
import { type SelectionRequest, weightsOf } from "../request.ts";

/** A linear head on the device and here. Frees its weights when disposed. */
export class LinearLogits implements Disposable {
  readonly #device: Device;
  readonly #weights: Tensor;
  readonly #bias: Tensor;

  private constructor(
    { pool }: SelectionRequest,
    /** `[K, d]`. */
    readonly weight: ArrayLike<number>,
    bias: ArrayLike<number>,
  ) {
    const { columns: d, stride } = pool;
    const device = this.#device = pool.device;
    this.classes = bias.length;
    const padded = new Float64Array(this.classes * stride);
    for (let e = 0; e < weight.length; e++) {
      padded[Math.floor(e / d) * stride + e % d] = weight[e]!;
    }
    using undo = new DisposableStack();
    this.#weights = undo.use(device.tensor("weights", [this.classes, stride], "real", padded));
    this.#bias = undo.use(device.tensor("bias", [this.classes], "real", bias));
    undo.move();
  }

  /** K. */
  readonly classes: number;

  /** That of a request that needs `weights`. */
  static async from(request: SelectionRequest): Promise<LinearLogits> {
    const { weight, bias } = await weightsOf(request);
    return new LinearLogits(request, weight, bias);
  }

  /** Records the logits of a stretch of the pool, `[rows, K]`. */
  record({ features, offset, rows, stride }: Segment, logits: Tensor): void {
    const { classes } = this;
    matmul(this.#device, {
      m: rows,
      n: classes,
      k: stride,
      a: { tensor: features, offset: offset * stride },
      b: { tensor: this.#weights, transposed: true },
      c: { tensor: logits },
    });
    const tensors = { parameters: this.#bias, z: logits };
    this.#device.run(addBias, tensors, { rows, width: classes, biasOffset: 0, offset: 0 });
  }

  /** Frees the weights. */
  [Symbol.dispose](): void {
    this.#weights[Symbol.dispose]();
    this.#bias[Symbol.dispose]();
  }
}
