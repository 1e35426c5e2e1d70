/**
 * Where the parameters of a head lie: all weights, then all biases, in one vector, so that an optimizer
 * is one dispatch. The rows of the weights are padded with zeros to a multiple of 8, as the pool's are,
 * and so are the biases.
 *
 * @module
 */

/** One linear layer. */
export interface Layer {
  /** Its inputs. */
  readonly inputs: number;
  /** Its inputs, padded to a multiple of 8: the length of a row of weights. */
  readonly stride: number;
  /** Its outputs: the number of rows. */
  readonly outputs: number;
  /** The element where its weights `[outputs, stride]` start. */
  readonly weight: number;
  /** The element where its bias `[outputs]` starts. */
  readonly bias: number;
}

/** The weights `[outputs, inputs]` and biases `[outputs]` of a layer, without padding. */
export interface LayerValues {
  /** `[outputs, inputs]`, row-major. */
  readonly weight: ArrayLike<number>;
  /** `[outputs]`. */
  readonly bias: ArrayLike<number>;
}

/** Rounds up to a multiple of 8. */
export function padded(width: number): number {
  return Math.ceil(width / 8) * 8;
}

/** The layout of the parameters of a head with given widths. */
export class Layout {
  /** The layers, from the features on. */
  readonly layers: readonly Layer[];
  /** How many elements the weights take; they come first. */
  readonly weights: number;
  /** How many elements all parameters take. */
  readonly size: number;

  /** Lays out the parameters. */
  constructor(
    /** The features, the hidden layers and the outputs: `[d, ..., K]`. */
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

  /** The vector of all parameters, `[size]`, from those of each layer. */
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

  /** The parameters of each layer, from the vector of all. */
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
