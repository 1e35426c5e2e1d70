/**
 * The backward pass of a head, for training with mini-batches.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { activationSlope } from "../kernels/head/activation-slope.ts";
import { matmul, type Operand } from "../linalg/matmul.ts";
import { NO_DROPOUT, type StepDropout } from "./dropout.ts";
import type { Layout } from "./layout.ts";
import { type Batch, Network, type NetworkOptions } from "./network.ts";

/** The forward and backward pass of a head over batches, and the memory for them. */
export class TrainableNetwork extends Network {
  /** The derivatives by the values before the activations, `[capacity, pitch]` a hidden layer. */
  readonly #slopes: Tensor[] = [];
  readonly #ones: Tensor;

  /**
   * Allocates the memory for forward and backward passes over batches.
   *
   * @param device the device of all tensors
   * @param layout the layout of the head's parameters
   * @param options the activation and the size of batches
   * @throws {DeviceError} if memory does not suffice
   */
  constructor(device: Device, layout: Layout, options: NetworkOptions) {
    super(device, layout, options);
    const { capacity } = options;
    try {
      for (const [l, { pitch }] of this.hidden.entries()) {
        this.#slopes.push(this.held.use(device.tensor(`derivatives ${l}`, [capacity, pitch])));
      }
      const ones = new Float32Array(capacity).fill(1);
      this.#ones = this.held.use(device.tensor("ones", [capacity], "real", ones));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * Records the backward pass that follows a forward pass.
   *
   * @param parameters the parameters of the forward pass
   * @param batch the features of the forward pass, not `f16`
   * @param slope the derivative of the loss by the outputs, `[rows, K]`
   * @param gradient receives the derivative by the parameters, `[layout.size]`, except the padding
   * @param dropout the dropout of the forward pass
   */
  backward(
    parameters: Tensor,
    batch: Batch,
    slope: Tensor,
    gradient: Tensor,
    dropout: StepDropout = NO_DROPOUT,
  ): void {
    const { device } = this;
    const { rows } = batch;
    let above: Operand = { tensor: slope, ld: this.layout.layers.at(-1)!.outputs };
    for (let l = this.layout.layers.length - 1; l >= 0; l--) {
      const { stride, inputs, outputs, weight, bias } = this.layout.layers[l]!;
      const below = this.hidden[l - 1];
      const input = below
        ? { tensor: below.a }
        : { tensor: batch.tensor, offset: batch.offset ?? 0 };
      const transposed = { ...above, transposed: true };
      matmul(device, {
        m: outputs,
        n: stride,
        k: rows,
        a: transposed,
        b: { ...input, ld: stride },
        c: { tensor: gradient, offset: weight },
      });
      matmul(device, {
        m: outputs,
        n: 1,
        k: rows,
        a: transposed,
        b: { tensor: this.#ones },
        c: { tensor: gradient, offset: bias },
      });
      if (!below) break;
      const g = this.#slopes[l - 1]!;
      matmul(device, {
        m: rows,
        n: inputs,
        k: outputs,
        a: above,
        b: { tensor: parameters, offset: weight, ld: stride },
        c: { tensor: g, ld: below.pitch },
      });
      device.run(activationSlope, { z: below.z, g }, {
        rows,
        width: inputs,
        stride: below.pitch,
        ...dropout.layer(l - 1),
      }, { activation: this.activation });
      above = { tensor: g, ld: below.pitch };
    }
  }
}
