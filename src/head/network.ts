/**
 * The forward and backward pass of a head: linear layers with an activation and dropout between
 * them. Without hidden layers it is a linear head.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { Resource, ResourceStack } from "../disposal.ts";
import { activate, Activations } from "../kernels/head/activate.ts";
import { activationSlope } from "../kernels/head/activation-slope.ts";
import { addBias } from "../kernels/head/add-bias.ts";
import { matmul, type Operand } from "../linalg/matmul.ts";
import type { Layer, Layout } from "./layout.ts";
import { NO_DROPOUT, type StepDropout } from "./dropout.ts";

/** A batch of features, `[rows, stride]`: consecutive rows in a tensor. */
export interface Batch {
  /** The tensor; its dtype may be `f16` for forward passes only. */
  readonly tensor: Tensor;
  /** The index of the first element. Default 0. */
  readonly offset?: number;
  /** The number of rows. */
  readonly rows: number;
}

/** A tensor to write to, and the index of the first element. */
export type Target = Pick<Operand, "tensor" | "offset">;

/** The activation between the layers of a head. */
export type HiddenActivation = "relu" | "gelu";

/** The state of a hidden layer for a batch. */
interface HiddenState {
  /** The values before the activation, `[capacity, pitch]`. */
  readonly z: Tensor;
  /** The values after the activation, `[capacity, pitch]`. */
  readonly a: Tensor;
  /** The derivative by `z`, `[capacity, pitch]`; only for backward passes. */
  readonly slope: Tensor | undefined;
  /** The number of elements from one row to the next; the padding stays 0. */
  readonly pitch: number;
}

/** The options of {@linkcode Network}. */
export interface NetworkOptions {
  /** The activation between the layers. */
  readonly activation: HiddenActivation;
  /**
   * The largest number of rows of a batch; it has no meaning for forward passes of linear heads.
   */
  readonly capacity: number;
  /** Whether to allocate memory for backward passes. */
  readonly backward: boolean;
}

/**
 * Records the products `Z = X W^T` of a layer, without its bias.
 *
 * @param device the device of all tensors
 * @param layer the layer
 * @param parameters the parameters of all layers
 * @param x the inputs of the layer, `[rows, stride]`
 * @param z receives the products, `[rows, outputs]`
 * @param rows the number of rows
 */
export function multiplyLayer(
  device: Device,
  { stride, outputs, weight }: Pick<Layer, "stride" | "outputs" | "weight">,
  parameters: Tensor,
  x: Operand,
  z: Operand,
  rows: number,
): void {
  const b = { tensor: parameters, offset: weight, transposed: true };
  matmul(device, { m: rows, n: outputs, k: stride, a: x, b, c: z });
}

/** The forward and backward pass of a head over batches, and the memory for them. */
export class Network extends Resource {
  readonly #hidden: HiddenState[] = [];
  readonly #held = new ResourceStack();
  readonly #ones: Tensor | undefined;
  readonly #activation: number;

  /**
   * Allocates the memory for passes over batches.
   *
   * @param device the device of all tensors
   * @param layout the layout of the head's parameters
   * @param options the activation, the size of batches, and whether there are backward passes
   * @throws {DeviceError} if memory does not suffice
   */
  constructor(
    private readonly device: Device,
    private readonly layout: Layout,
    { activation, capacity, backward }: NetworkOptions,
  ) {
    super();
    this.#activation = Activations[activation];
    const { layers } = layout;
    try {
      for (let l = 0; l + 1 < layers.length; l++) {
        // The rows of activations are as long as the rows of the next layer's weights.
        const pitch = layers[l + 1]!.stride;
        const hold = (name: string) =>
          this.#held.use(device.tensor(`${name} ${l}`, [capacity, pitch]));
        this.#hidden.push({
          pitch,
          z: hold("layer"),
          a: hold("activations"),
          slope: backward ? hold("derivatives") : undefined,
        });
      }
      if (backward) {
        const ones = new Float32Array(capacity).fill(1);
        this.#ones = this.#held.use(device.tensor("ones", [capacity], "real", ones));
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * Records a forward pass.
   *
   * @param parameters the parameters, `[layout.size]`
   * @param batch the features
   * @param out receives the outputs `[rows, K]`: logits or values
   * @param dropout the dropout. Default: none
   */
  forward(
    parameters: Tensor,
    batch: Batch,
    out: Target,
    dropout: StepDropout = NO_DROPOUT,
  ): void {
    const { device } = this;
    const { layers } = this.layout;
    const { rows } = batch;
    let input: Operand = { tensor: batch.tensor, offset: batch.offset ?? 0 };
    for (const [l, { z, a, pitch: stride }] of this.#hidden.entries()) {
      const layer = layers[l]!;
      multiplyLayer(device, layer, parameters, input, { tensor: z, ld: stride }, rows);
      device.run(activate, { parameters, z, a }, {
        rows,
        width: layer.outputs,
        stride,
        biasOffset: layer.bias,
        outOffset: 0,
        ...dropout.layer(l),
      }, { activation: this.#activation });
      input = { tensor: a };
    }
    const last = layers.at(-1)!;
    const { tensor: z, offset = 0 } = out;
    multiplyLayer(device, last, parameters, input, out, rows);
    const size = { rows, width: last.outputs };
    device.run(addBias, { parameters, z }, { ...size, biasOffset: last.bias, offset });
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
      const below = this.#hidden[l - 1];
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
        b: { tensor: this.#ones! },
        c: { tensor: gradient, offset: bias },
      });
      if (!below) break;
      const g = below.slope!;
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
      }, { activation: this.#activation });
      above = { tensor: g, ld: below.pitch };
    }
  }

  /** Frees the memory. */
  dispose(): void {
    this.#held.dispose();
  }
}
