/**
 * A trained head: a linear layer or a small network on frozen features, for classes or for values.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { InputError } from "../errors.ts";
import type { Activation } from "../kernels/head/activate.ts";
import { softmaxRows } from "../kernels/pool/softmax-rows.ts";
import type { Pool, Segment } from "../pool/pool.ts";
import type { LinearWeights, Predictor } from "../pool/predictions.ts";
import { type LayerValues, Layout, padded } from "./layout.ts";
import type { LinearHead } from "./linear.ts";
import { Network } from "./network.ts";
import { logitRows } from "./softmax-objective.ts";

/** What a head's outputs are: logits of classes, or values. */
export type Task = "classification" | "regression";

/** What was done to the columns of the features that a head was trained on: `(x - shift) factor`. */
export type ColumnScale = NonNullable<Pool["columnScale"]>;

/** How a training went. */
export interface TrainingReport {
  /** What minimized the loss. */
  readonly optimizer: string;
  /** Epochs that count: of early stopping, those until patience ran out. Iterations of L-BFGS. */
  readonly epochs: number;
  /** The epoch, from 1 on, whose weights the head has. */
  readonly bestEpoch: number;
  /**
   * The mean loss of the batches of each epoch, in training mode; of L-BFGS the last loss alone. Of
   * regression with mini-batches, for targets of mean 0 and deviation 1.
   */
  readonly losses: readonly number[];
  /** The loss on the held-out samples after each epoch, without class weights and smoothing. */
  readonly validationLosses?: readonly number[];
}

/** A trained head on a device. It frees its weights when disposed. */
export interface Head extends Predictor, Disposable {
  /** Whether there are hidden layers. */
  readonly kind: "linear" | "mlp";
  /** What the outputs are. */
  readonly task: Task;
  /** K: the number of classes, or of values. */
  readonly classes: number;
  /** d of the features it was trained on. */
  readonly columns: number;
  /** The widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** What stands between the layers; of no consequence for a linear head. */
  readonly activation: "relu" | "gelu";
  /** What was done to the columns of the features before they come to the head. */
  readonly columnScale: ColumnScale | undefined;
  /** How the training went; undefined for a head that was loaded. */
  readonly report: TrainingReport | undefined;
  /** Strings that were saved with a head that was loaded; empty for one that was trained. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * The logits, or values, of a stretch of a pool.
   *
   * @returns `[rows, K]`, the caller's to dispose
   * @throws {InputError} if the pool's rows are not as wide as those it was trained on
   */
  outputs(device: Device, segment: Segment): Tensor;
  /** The weights `[outputs, inputs]` and biases `[outputs]` of each layer, read back. */
  readLayers(): Promise<LayerValues[]>;
}

/** What a head is, apart from its weights. */
export interface HeadDescription {
  /** What the outputs are. */
  readonly task: Task;
  /** d, the hidden widths, K. */
  readonly widths: readonly number[];
  /** What stands between the layers. */
  readonly activation: Exclude<Activation, "none">;
  /** What was done to the columns of the features. */
  readonly columnScale: ColumnScale | undefined;
  /** How the training went. */
  readonly report?: TrainingReport | undefined;
  /** Strings that are kept with it. Default none. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Bytes that one layer's activations may take in a prediction. */
const ACTIVATION_BYTES = 16 * 2 ** 20;

/** A head as a {@linkcode Network} with its parameters. Made by `trainHead` and `loadHead`. */
export class NetworkHead implements Head {
  /** See {@linkcode Head.task}. */
  readonly task: Task;
  /** See {@linkcode Head.classes}. */
  readonly classes: number;
  /** See {@linkcode Head.columns}. */
  readonly columns: number;
  /** See {@linkcode Head.hidden}. */
  readonly hidden: readonly number[];
  /** See {@linkcode Head.activation}. */
  readonly activation: "relu" | "gelu";
  /** See {@linkcode Head.columnScale}. */
  readonly columnScale: ColumnScale | undefined;
  /** See {@linkcode Head.report}. */
  readonly report: TrainingReport | undefined;
  /** See {@linkcode Head.metadata}. */
  readonly metadata: Readonly<Record<string, string>>;
  /** See {@linkcode Predictor.readWeights}. */
  readonly readWeights?: () => Promise<LinearWeights>;
  readonly #layout: Layout;

  /**
   * Takes over the parameters.
   *
   * @param device where they are
   * @param parameters `[layout.size]` of the widths
   * @param description what the head is
   */
  constructor(
    private readonly device: Device,
    private readonly parameters: Tensor,
    description: HeadDescription,
  ) {
    const { task, widths, activation, columnScale, report, metadata = {} } = description;
    this.#layout = new Layout(widths);
    this.task = task;
    this.classes = widths.at(-1)!;
    this.columns = widths[0]!;
    this.hidden = widths.slice(1, -1);
    this.activation = activation;
    this.columnScale = columnScale;
    this.report = report;
    this.metadata = metadata;
    if (widths.length === 2) this.readWeights = async () => (await this.readLayers())[0]!;
  }

  /** See {@linkcode Head.kind}. */
  get kind(): "linear" | "mlp" {
    return this.hidden.length > 0 ? "mlp" : "linear";
  }

  /** See {@linkcode Head.outputs}. */
  outputs(device: Device, segment: Segment): Tensor {
    const { classes, columns, activation } = this;
    const { features, offset, rows, stride } = segment;
    if (stride !== padded(columns)) {
      throw new InputError(
        `Cannot apply a head for rows of ${columns} features to rows of ${stride} (with padding)`,
      );
    }
    const widest = padded(Math.max(classes, ...this.hidden));
    const capacity = Math.min(rows, Math.max(1, Math.floor(ACTIVATION_BYTES / (4 * widest))));
    using network = new Network(device, this.#layout, { activation, capacity, backward: false });
    const outputs = device.tensor("outputs", [rows, classes]);
    try {
      for (let row = 0; row < rows; row += capacity) {
        network.forward(this.parameters, {
          tensor: features,
          offset: (offset + row) * stride,
          rows: Math.min(capacity, rows - row),
        }, { tensor: outputs, offset: row * classes });
      }
      return outputs;
    } catch (error) {
      outputs[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * The class probabilities of a stretch of a pool; see {@linkcode Predictor.predict}.
   *
   * @throws {InputError} for a regression head, or if the pool's rows have another width
   */
  // deno-lint-ignore require-await
  async predict(device: Device, segment: Segment): Promise<Tensor> {
    const { classes } = this;
    const { rows } = segment;
    if (this.task === "regression") {
      throw new InputError("Cannot predict class probabilities with a regression head");
    }
    using logits = this.outputs(device, segment);
    const probabilities = device.tensor("probabilities", [rows, classes]);
    device.run(softmaxRows, { logits, probabilities }, { rows, classes });
    return probabilities;
  }

  /** See {@linkcode Head.readLayers}. */
  async readLayers(): Promise<LayerValues[]> {
    return this.#layout.unpack(await this.device.read(this.parameters));
  }

  /** Frees the weights. */
  [Symbol.dispose](): void {
    this.parameters[Symbol.dispose]();
  }
}

/**
 * A linear head that L-BFGS trained, behind the interface of all heads.
 *
 * @param device where it is
 * @param linear the head; its weights are copied, and it remains the caller's to dispose
 * @param columnScale that of the pool it was trained on
 */
export function headOf(
  device: Device,
  linear: LinearHead,
  columnScale: ColumnScale | undefined,
): Head {
  const { classes, columns, weights, bias, report } = linear;
  const widths = [columns, classes];
  const layout = new Layout(widths);
  const parameters = device.tensor("parameters of the head", [layout.size]);
  device.copy(weights, parameters);
  device.copy(bias, parameters, { toOffset: layout.weights });
  return new NetworkHead(device, parameters, {
    task: "classification",
    widths,
    activation: "relu",
    columnScale,
    report: {
      optimizer: "lbfgs",
      epochs: report.iterations,
      bestEpoch: report.iterations,
      losses: [report.loss],
    },
  });
}

/**
 * A linear classifier from its weights, wherever they were trained.
 *
 * @param device where it is to be
 * @param weights `[K, d]` and `[K]`
 * @param columns d
 * @returns a head, the caller's to dispose
 * @throws {InputError} if the shapes do not fit or a weight is not finite
 */
export function headOfWeights(device: Device, weights: LinearWeights, columns: number): Head {
  const { weight, bias } = weights;
  const classes = bias.length;
  if (classes < 1 || weight.length !== classes * columns) {
    throw new InputError(
      `Cannot use ${weight.length} weights and ${classes} biases as a head for ${columns} features: ` +
        "[K, d] and [K] are needed",
    );
  }
  for (const [name, values] of Object.entries({ weight, bias })) {
    const at = Array.prototype.findIndex.call(values, (value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new InputError(`Cannot use the head: ${values[at]} at element ${at} of its ${name}`);
    }
  }
  const widths = [columns, classes];
  const values = new Layout(widths).pack([weights]);
  const parameters = device.tensor("parameters of the head", [values.length], "real", values);
  return new NetworkHead(device, parameters, {
    task: "classification",
    widths,
    activation: "relu",
    columnScale: undefined,
  });
}

/**
 * The values that a regression head predicts for a whole pool, or the logits of a classifier.
 *
 * @param pool the features, `[n, d]`
 * @param head what predicts
 * @returns `[n, K]`
 * @throws {InputError} if the pool's rows are not as wide as those it was trained on
 */
export async function predictValues(
  pool: Pool,
  head: Pick<Head, "classes" | "outputs">,
): Promise<Float64Array> {
  const { device, rows } = pool;
  const { classes } = head;
  const all = new Float64Array(rows * classes);
  for (const segment of pool.segments(logitRows(device, classes))) {
    using outputs = head.outputs(device, segment);
    all.set(await device.read(outputs), segment.base * classes);
  }
  return all;
}
