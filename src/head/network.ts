/**
 * The forward pass of a head: linear layers with an activation and dropout between them. Without
 * hidden layers it is a linear head. `TrainableNetwork` adds the backward pass.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { Resource, ResourceStack } from "../disposal.ts";
import { activate, Activations } from "../kernels/head/activate.ts";
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
export interface HiddenState {
  /** The values before the activation, `[capacity, pitch]`. */
  readonly z: Tensor;
  /** The values after the activation, `[capacity, pitch]`. */
  readonly a: Tensor;
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

/** The forward pass of a head over batches, and the memory for it. */
export class Network extends Resource {
  /** The states of the hidden layers, from the first. */
  protected readonly hidden: HiddenState[] = [];
  /** The tensors of the network. */
  protected readonly held: ResourceStack = new ResourceStack();
  /** The number of the activation for the kernels. */
  protected readonly activation: number;

  /**
   * Allocates the memory for passes over batches.
   *
   * @param device the device of all tensors
   * @param layout the layout of the head's parameters
   * @param options the activation, the size of batches, and whether there are backward passes
   * @throws {DeviceError} if memory does not suffice
   */
  constructor(
    protected readonly device: Device,
    protected readonly layout: Layout,
    { activation, capacity }: NetworkOptions,
  ) {
    super();
    this.activation = Activations[activation];
    const { layers } = layout;
    try {
      for (let l = 0; l + 1 < layers.length; l++) {
        // The rows of activations are as long as the rows of the next layer's weights.
        const pitch = layers[l + 1]!.stride;
        const hold = (name: string) =>
          this.held.use(device.tensor(`${name} ${l}`, [capacity, pitch]));
        this.hidden.push({ pitch, z: hold("layer"), a: hold("activations") });
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
    for (const [l, { z, a, pitch: stride }] of this.hidden.entries()) {
      const layer = layers[l]!;
      multiplyLayer(device, layer, parameters, input, { tensor: z, ld: stride }, rows);
      device.run(activate, { parameters, z, a }, {
        rows,
        width: layer.outputs,
        stride,
        biasOffset: layer.bias,
        outOffset: 0,
        ...dropout.layer(l),
      }, { activation: this.activation });
      input = { tensor: a };
    }
    const last = layers.at(-1)!;
    const { tensor: z, offset = 0 } = out;
    multiplyLayer(device, last, parameters, input, out, rows);
    const size = { rows, width: last.outputs };
    device.run(addBias, { parameters, z }, { ...size, biasOffset: last.bias, offset });
  }

  /** Frees the memory. */
  dispose(): void {
    this.held.dispose();
  }
}
