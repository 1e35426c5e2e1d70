/**
 * The memory layout of the parameters of a head: all weights, then all biases, in one vector, so
 * that an optimizer step is one dispatch. The rows of the weights are padded with zeros to a
 * multiple of 8, as are those of the pool, and the biases of each layer are, too.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** The shape of a linear layer and the position of its parameters. */
export interface Layer {
  /** The number of inputs. */
  readonly inputs: number;
  /** The length of a row of weights: the number of inputs, padded to a multiple of 8. */
  readonly stride: number;
  /** The number of outputs. */
  readonly outputs: number;
  /** The index of the first weight; the weights are `[outputs, stride]`. */
  readonly weight: number;
  /** The index of the first bias; the biases are `[outputs]`. */
  readonly bias: number;
}

/** The parameters of a linear layer on the host, without padding. */
export interface LayerValues {
  /** The weights, `[outputs, inputs]`, row-major. */
  readonly weight: ArrayLike<number>;
  /** The biases, `[outputs]`. */
  readonly bias: ArrayLike<number>;
}

/** Rounds a number up to a multiple of 8. */
export function padded(width: number): number {
  return Math.ceil(width / 8) * 8;
}

/** The layout of the parameters of a head with the given widths. */
export class Layout {
  /** The layers, starting at the features. */
  readonly layers: readonly Layer[];
  /** The number of elements of all weights, which precede the biases. */
  readonly weights: number;
  /** The number of elements of all parameters. */
  readonly size: number;

  /** Computes the layout. */
  constructor(
    /** The numbers of features, hidden units and outputs: `[d, ..., K]`. */
    readonly widths: readonly number[],
  ) {
    const shapes = widths.slice(1).map((outputs, l) => ({ inputs: widths[l]!, outputs }));
    this.weights = shapes.reduce((sum, { inputs, outputs }) => sum + padded(inputs) * outputs, 0);
    let weight = 0;
    let bias = this.weights;
    this.layers = shapes.map(({ inputs, outputs }) => {
      const stride = padded(inputs);
      const layer = { inputs, stride, outputs, weight, bias };
      weight += stride * outputs;
      bias += padded(outputs);
      return layer;
    });
    this.size = bias;
  }

  /** Packs the parameters of the layers into the vector of all parameters, `[size]`. */
  pack(values: readonly LayerValues[]): Float64Array<ArrayBuffer> {
    const vector = new Float64Array(this.size);
    this.layers.forEach(({ inputs, stride, outputs, weight, bias }, l) => {
      const layer = values[l]!;
      for (let o = 0; o < outputs; o++) {
        vector[bias + o] = layer.bias[o]!;
        for (let i = 0; i < inputs; i++) {
          vector[weight + o * stride + i] = layer.weight[o * inputs + i]!;
        }
      }
    });
    return vector;
  }

  /** Unpacks the vector of all parameters into those of the layers. */
  unpack(vector: ArrayLike<number>): { weight: Float64Array; bias: Float64Array }[] {
    return this.layers.map(({ inputs, stride, outputs, weight, bias }) => ({
      weight: Float64Array.from(
        { length: outputs * inputs },
        (_, e) => vector[weight + Math.floor(e / inputs) * stride + e % inputs]!,
      ),
      bias: Float64Array.from({ length: outputs }, (_, o) => vector[bias + o]!),
    }));
  }
}

/** The largest weight and bias: with features of at most 1e12 logits stay below 3e38. */
const LARGEST_WEIGHT = 1e15;

/**
 * Checks that the float32 outputs of a layer are finite.
 *
 * @throws {InputError} if a weight or bias is above 1e15
 */
export function checkLayer({ weight, bias }: LayerValues): void {
  for (const [name, values] of [["weight", weight], ["bias", bias]] as const) {
    const width = values.length / bias.length;
    for (let e = 0; e < values.length; e++) {
      if (Math.abs(values[e]!) <= LARGEST_WEIGHT) continue;
      throw new InputError(
        `Cannot use the head: ${name} ${values[e]!.toPrecision(1)} of output ` +
          `${Math.floor(e / width)}, and the largest absolute weight or bias may be ` +
          `${LARGEST_WEIGHT.toExponential()} because the devices compute in float32`,
      );
    }
  }
}
