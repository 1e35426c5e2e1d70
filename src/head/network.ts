/**
 * The forward and backward pass of a head: linear layers with an activation and dropout between them.
 * Without hidden layers it is a linear head.
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

/** Rows of features `[rows, stride]` somewhere in a tensor. */
export interface Batch {
  /** Where they lie; `f16` for a forward pass only. */
  readonly tensor: Tensor;
  /** The element at which they start. Default 0. */
  readonly offset?: number;
  /** How many rows. */
  readonly rows: number;
}

/** A tensor and the element at which to start. */
export type Target = Pick<Operand, "tensor" | "offset">;

/** What stands between the layers. */
export type HiddenActivation = "relu" | "gelu";

/** What is kept of one hidden layer for a batch. */
interface HiddenState {
  /** Before the activation; `[capacity, pitch]`. */
  readonly z: Tensor;
  /** After it. */
  readonly a: Tensor;
  /** The derivative by `z`; only with a backward pass. */
  readonly slope: Tensor | undefined;
  /** Elements from one row to the next. Padding is never written and stays 0. */
  readonly pitch: number;
}

/** How a network is built. */
export interface NetworkOptions {
  /** Between the layers. */
  readonly activation: HiddenActivation;
  /** The most rows of a batch; of no consequence for a forward pass without hidden layers. */
  readonly capacity: number;
  /** Whether there will be a backward pass. */
  readonly backward: boolean;
}

/**
 * Records the products `Z = X W^T` of a layer, without its bias.
 *
 * @param device where it runs
 * @param layer which
 * @param parameters those of the layout that the layer belongs to
 * @param x `[rows, stride]`, the inputs of the layer
 * @param z receives the products, `[rows, outputs]`
 * @param rows how many
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

/** The passes of a head over batches of rows, and the memory they need. */
export class Network extends Resource {
  readonly #hidden: HiddenState[] = [];
  readonly #held = new ResourceStack();
  readonly #ones: Tensor | undefined;
  readonly #activation: number;

  /**
   * Allocates what passes over batches need.
   *
   * @param device where they run
   * @param layout the layers
   * @param options the activation, and the size of batches
   * @throws {DeviceError} if it does not fit
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
        // The next layer's row of weights is as long as this layer's row of activations.
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
   * @param parameters `[layout.size]`
   * @param batch the features
   * @param out receives the outputs `[rows, K]`: logits or values
   * @param dropout what to drop. Default nothing
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
   * Records the backward pass that belongs to the last forward pass.
   *
   * @param parameters those of the forward pass
   * @param batch the features of the forward pass, not `f16`
   * @param slope the derivative of the loss by the outputs, `[rows, K]`
   * @param gradient receives the derivative by the parameters, `[layout.size]`; the padding is left as
   * it is
   * @param dropout that of the forward pass
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
