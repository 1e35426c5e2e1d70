/**
 * The forward and backward pass of a head: linear layers with an activation and dropout between them.
 * Without hidden layers it is a linear head.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { activate, type Activation, Activations } from "../kernels/head/activate.ts";
import { activationSlope } from "../kernels/head/activation-slope.ts";
import { matmul, type Operand } from "../linalg/matmul.ts";
import type { Layout } from "./layout.ts";
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

/** What is kept of one layer for a batch. */
interface LayerState {
  /** Before the activation; `[capacity, pitch]`. */
  readonly z: Tensor;
  /** After it. The last layer's goes where the caller wants it. */
  readonly a: Tensor | undefined;
  /** The derivative by `z`; only with a backward pass, and not for the last layer. */
  readonly slope: Tensor | undefined;
  /** Elements from one row to the next. Padding is never written and stays 0. */
  readonly pitch: number;
}

/** How a network is built. */
export interface NetworkOptions {
  /** Between the layers. */
  readonly activation: Activation;
  /** The most rows of a batch. */
  readonly capacity: number;
  /** Whether there will be a backward pass. */
  readonly backward: boolean;
}

/** The passes of a head over batches of rows, and the memory they need. */
export class Network implements Disposable {
  readonly #layers: LayerState[] = [];
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
    this.#activation = Activations[activation];
    const { layers } = layout;
    try {
      for (const [l, { outputs }] of layers.entries()) {
        // The next layer's row of weights is as long as this layer's row of activations.
        const pitch = layers[l + 1]?.stride ?? outputs;
        const hidden = l + 1 < layers.length;
        const state = { pitch, z: device.tensor(`layer ${l}`, [capacity, pitch]) };
        const at = this.#layers.push({ ...state, a: undefined, slope: undefined }) - 1;
        if (!hidden) continue;
        const a = device.tensor(`activations ${l}`, [capacity, pitch]);
        this.#layers[at] = { ...state, a, slope: undefined };
        if (!backward) continue;
        const slope = device.tensor(`derivatives ${l}`, [capacity, pitch]);
        this.#layers[at] = { ...state, a, slope };
      }
      if (backward) {
        const ones = new Float32Array(capacity).fill(1);
        this.#ones = device.tensor("ones", [capacity], "real", ones);
      }
    } catch (error) {
      this[Symbol.dispose]();
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
    const { rows } = batch;
    const last = this.layout.layers.length - 1;
    let input: Operand = { tensor: batch.tensor, offset: batch.offset ?? 0 };
    for (const [l, { stride, outputs, weight, bias }] of this.layout.layers.entries()) {
      const { z, a, pitch } = this.#layers[l]!;
      matmul(device, {
        m: rows,
        n: outputs,
        k: stride,
        a: input,
        b: { tensor: parameters, offset: weight, transposed: true },
        c: { tensor: z, ld: pitch },
      });
      device.run(activate, { parameters, z, a: a ?? out.tensor }, {
        rows,
        width: outputs,
        stride: pitch,
        biasOffset: bias,
        outOffset: a ? 0 : out.offset ?? 0,
        ...(l < last ? dropout.layer(l) : NO_DROPOUT.layer(l)),
      }, { activation: l < last ? this.#activation : Activations.none });
      if (a) input = { tensor: a };
    }
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
      const below = this.#layers[l - 1];
      const input = below
        ? { tensor: below.a! }
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
  [Symbol.dispose](): void {
    for (const { z, a, slope } of this.#layers) {
      for (const tensor of [z, a, slope]) tensor?.[Symbol.dispose]();
    }
    this.#ones?.[Symbol.dispose]();
  }
}
