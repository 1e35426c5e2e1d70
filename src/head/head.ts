/**
 * Heads: a linear layer or a small network on frozen features, for classification or regression.
 * The outputs of all heads are computed by {@linkcode Network}.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { Resource, ResourceStack } from "../disposal.ts";
import { InputError } from "../errors.ts";
import { type MatrixInput, rowsOf } from "../io/matrix.ts";
import { readAll } from "../io/rows.ts";
import { softmaxRows } from "../kernels/pool/softmax-rows.ts";
import type { ColumnScale, Scaling } from "../pool/column-scale.ts";
import type { Pool, Segment } from "../pool/pool.ts";
import { checkPlaced, onScaledRows, predictPool, readOutputs } from "../pool/predict-rows.ts";
import type { LinearLayer, LinearWeights, Predictor } from "../pool/predictions.ts";
import { checkLayer, type LayerValues, Layout, padded } from "./layout.ts";
import { type HiddenActivation, Network } from "./network.ts";
import type { TrainingReport } from "./training-report.ts";

/**
 * The task of a head: `classification`, one class a sample, by a softmax of its outputs;
 * `multilabel`, several classes a sample, by a sigmoid of each output; or `regression`, whose
 * outputs are the predicted values.
 */
export type Task = "classification" | "multilabel" | "regression";

/** The properties of a head other than its weights. */
export interface HeadDescription extends Scaling {
  /** The task. */
  readonly task: Task;
  /** The widths of all layers: d, the hidden widths, and K. */
  readonly widths: readonly number[];
  /** The activation between the layers. */
  readonly activation: HiddenActivation;
  /** The report of the training. */
  readonly report?: TrainingReport | undefined;
  /** Strings that are saved with the head. Default: none. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The weights of a linear classifier that was trained by another program. */
export interface GivenWeights {
  /** `multilabel` if the probabilities are sigmoids. Default: `classification`, by softmax. */
  readonly task?: "classification" | "multilabel" | undefined;
  /** The weights of the classes, `[K, d]`. */
  readonly weight: MatrixInput;
  /** The biases of the classes, `[K]`. */
  readonly bias: ArrayLike<number>;
}

/** The largest size of one layer's activations in a prediction, in bytes. */
const ACTIVATION_BYTES = 16 * 2 ** 20;

/**
 * A linear layer or a small network (MLP) on features, in device memory. Heads are created by
 * `trainHead`, `loadHead` and {@linkcode Head.of}, and freed by `using` or `dispose()`.
 *
 * @example Predict new samples
 * ```ts
 * import { arrayRows, openDevice, Pool, trainHead } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * const rows = [[10, 500], [20, 500], [30, 300], [40, 300]];
 * using pool = await Pool.from(device, arrayRows("rows", rows), { scale: "standardize" });
 * using head = await trainHead(pool, { indices: [0, 1, 2, 3], labels: [0, 0, 1, 1] });
 * // The head scales raw features in the same way as the features of the pool.
 * const [first, second] = await head.probabilities([[12, 480]]);
 * assert.ok(first! > second!);
 * ```
 */
export class Head extends Resource implements Predictor, Scaling {
  /** The task: the outputs are logits of classes, or predicted values. */
  readonly task: Task;
  /** Whether the probabilities of the classes are independent sigmoids, as with `multilabel`. */
  readonly independent: boolean;
  /** The number of outputs, K: of classes, or of values per sample. */
  readonly classes: number;
  /** The number of features, d. */
  readonly columns: number;
  /** The widths of the hidden layers; empty for a linear head. */
  readonly hidden: readonly number[];
  /** The activation between the layers; without meaning for a linear head. */
  readonly activation: HiddenActivation;
  /** The scale of the columns of the features; undefined if they are not scaled. */
  readonly columnScale: ColumnScale | undefined;
  /** Whether the rows of the features are normalized to length 1, after the columns are scaled. */
  readonly unitRows: boolean;
  /** The report of the training; undefined for heads that were loaded or made of given weights. */
  readonly report: TrainingReport | undefined;
  /** The strings that were saved with a loaded head; empty for all other heads. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Reads the weights `[K, d]` and biases `[K]` back to the host; absent with hidden layers. */
  readonly readWeights?: () => Promise<LinearWeights>;
  readonly #layout: Layout;
  readonly #parameters: Tensor;

  /**
   * Creates a head from a tensor of parameters, which it owns from then on.
   *
   * @param device the device of the parameters
   * @param parameters all weights, then all biases, in the {@linkcode Layout} of the widths
   * @param description the other properties of the head
   */
  constructor(
    /** The device of the head. */
    readonly device: Device,
    parameters: Tensor,
    description: HeadDescription,
  ) {
    super();
    const { task, widths, activation, columnScale, unitRows, report, metadata = {} } = description;
    this.#layout = new Layout(widths);
    this.#parameters = parameters;
    this.task = task;
    this.independent = task === "multilabel";
    this.classes = widths.at(-1)!;
    this.columns = widths[0]!;
    this.hidden = widths.slice(1, -1);
    this.activation = activation;
    this.columnScale = columnScale;
    this.unitRows = unitRows;
    this.report = report;
    this.metadata = metadata;
    if (widths.length === 2) this.readWeights = async () => (await this.readLayers())[0]!;
  }

  /**
   * Creates a head from the weights of its layers.
   *
   * @param device the device of the head
   * @param layers the weights `[outputs, inputs]` and biases `[outputs]` of each layer
   * @param description the other properties of the head
   * @returns the head, the caller's to dispose
   * @throws {InputError} if a weight or bias is above 1e15
   * @throws {DeviceError} if it does not fit into memory
   */
  static fromLayers(
    device: Device,
    layers: readonly LayerValues[],
    description: HeadDescription,
  ): Head {
    layers.forEach(checkLayer);
    const values = new Layout(description.widths).pack(layers);
    const parameters = device.tensor("parameters of the head", [values.length], "real", values);
    return new Head(device, parameters, description);
  }

  /**
   * Creates a linear classifier from given weights. It does not scale its features.
   *
   * @param device the device of the head
   * @param given the weights `[K, d]`, the biases `[K]`, and the task
   * @returns the head, the caller's to dispose
   * @throws {InputError} if the shapes do not match or a number is not finite
   * @throws {DeviceError} if it does not fit into memory
   */
  static async of(device: Device, given: GivenWeights): Promise<Head> {
    const { weight, bias, task = "classification" } = given;
    const rows = rowsOf("weights of the head", weight);
    if (rows.rows !== bias.length) {
      throw new InputError(
        `Cannot use ${rows.rows} rows of weights with ${bias.length} biases as a head: each class ` +
          "needs one of both",
      );
    }
    const at = Array.prototype.findIndex.call(bias, (value) => !Number.isFinite(value));
    if (at >= 0) throw new InputError(`Cannot use the head: bias ${bias[at]} of class ${at}`);
    return Head.fromLayers(device, [{ weight: await readAll(rows), bias }], {
      task,
      widths: [rows.columns, bias.length],
      activation: "relu",
      columnScale: undefined,
      unitRows: false,
    });
  }

  /** The layer on the device; undefined with hidden layers, and for regression. */
  get linear(): LinearLayer | undefined {
    if (this.kind === "mlp" || this.task !== "classification") return undefined;
    const { device, columns } = this;
    return { device, columns, parameters: this.#parameters, ...this.#layout.layers[0]! };
  }

  /** The kind of head: `mlp` if there are hidden layers, else `linear`. */
  get kind(): "linear" | "mlp" {
    return this.hidden.length > 0 ? "mlp" : "linear";
  }

  /**
   * Records the computation of the logits, or predicted values, of a segment of a pool.
   *
   * @param device the device of the pool
   * @param segment the segment, whose features are scaled already
   * @returns the outputs `[rows, K]`, the caller's to dispose
   * @throws {InputError} if the pool is on another device, or has another number of features
   */
  outputs(device: Device, segment: Segment): Tensor {
    const { classes, activation } = this;
    const { features, offset, rows, stride, width: columns } = segment;
    checkPlaced(this, { device, columns });
    const widest = padded(Math.max(1, ...this.hidden));
    const capacity = Math.min(rows, Math.max(1, Math.floor(ACTIVATION_BYTES / (4 * widest))));
    using network = new Network(device, this.#layout, { activation, capacity });
    using undo = new ResourceStack();
    const outputs = undo.use(device.tensor("outputs", [rows, classes]));
    for (let row = 0; row < rows; row += capacity) {
      network.forward(this.#parameters, {
        tensor: features,
        offset: (offset + row) * stride,
        rows: Math.min(capacity, rows - row),
      }, { tensor: outputs, offset: row * classes });
    }
    undo.move();
    return outputs;
  }

  /**
   * Records the computation of the class probabilities of a segment of a pool; see
   * {@linkcode Head.outputs}.
   *
   * @returns the probabilities `[rows, K]`, the caller's to dispose
   * @throws {InputError} as {@linkcode Head.outputs}, and if this is a regression head
   */
  // deno-lint-ignore require-await
  async predict(device: Device, segment: Segment): Promise<Tensor> {
    const { classes } = this;
    const { rows } = segment;
    this.#checkTask("classification", "predict class probabilities");
    const values = this.outputs(device, segment);
    device.run(softmaxRows, { values }, { rows, classes }, {
      independent: Number(this.independent),
    });
    return values;
  }

  /**
   * Predicts the class probabilities of samples.
   *
   * @example
   * ```ts
   * import { Head, openDevice } from "@creel/creel";
   * import assert from "node:assert/strict";
   *
   * using device = await openDevice({ device: "cpu" });
   * using head = await Head.of(device, { weight: [[1, 0], [0, 1]], bias: [0, 0] });
   * const probabilities = await head.probabilities([[2, 2], [0, 9]]); // [2, 2], row-major
   * assert.equal(probabilities[0], 0.5);
   * ```
   *
   * @param features the features `[n, d]`: raw ones as the backbone returns them, which are scaled
   * in the same way as those that the head was trained on; or a pool, which is used unchanged
   * @returns the probabilities `[n, K]`, row-major, 0 to 1
   * @throws {InputError} if the number of features differs from d, a pool is on another device, or
   * this is a regression head
   * @throws {DeviceError} if they do not fit into memory
   */
  async probabilities(features: Pool | MatrixInput): Promise<Float32Array> {
    this.#checkTask("classification", "predict class probabilities");
    return await onScaledRows(this, features, (pool) => predictPool(pool, this));
  }

  /** Predicts the logits of samples, `[n, K]`; see {@linkcode Head.probabilities}. */
  async logits(features: Pool | MatrixInput): Promise<Float64Array> {
    this.#checkTask("classification", "compute logits");
    return await this.#read(features);
  }

  /**
   * Predicts the values of samples with a regression head, `[n, K]`; see
   * {@linkcode Head.probabilities}.
   *
   * @throws {InputError} if the features are wrong, or this is a classification head
   */
  async values(features: Pool | MatrixInput): Promise<Float64Array> {
    this.#checkTask("regression", "predict values");
    return await this.#read(features);
  }

  /** Reads the weights `[outputs, inputs]` and biases `[outputs]` of each layer to the host. */
  async readLayers(): Promise<LayerValues[]> {
    return this.#layout.unpack(await this.device.read(this.#parameters));
  }

  /**
   * Creates an equivalent head for features whose columns are not scaled. The scale becomes part of
   * the first layer: `W (x - shift) factor + b = (W factor) x + (b - W factor shift)`.
   *
   * @returns a head without a column scale, the caller's to dispose
   * @throws {InputError} if rows are normalized to length 1 after the scaling of the columns
   * @throws {DeviceError} if it does not fit into memory
   */
  async withoutColumnScale(): Promise<Head> {
    const { columns, task, activation, report, metadata, unitRows, columnScale } = this;
    const { widths } = this.#layout;
    const description = { task, activation, report, metadata, unitRows, widths };
    const [first, ...rest] = await this.readLayers() as [LayerValues, ...LayerValues[]];
    if (columnScale && unitRows) {
      throw new InputError(
        "Cannot move the columns' scale into a head whose rows are brought to length 1 after it",
      );
    }
    const { shift, factor } = columnScale ?? { shift: [], factor: [] };
    const weight = Float64Array.from(first.weight, (w, e) => w * (factor[e % columns] ?? 1));
    const bias = Float64Array.from(first.bias);
    weight.forEach((w, e) => bias[Math.floor(e / columns)]! -= w * (shift[e % columns] ?? 0));
    const layers = [{ weight, bias }, ...rest];
    return Head.fromLayers(this.device, layers, { ...description, columnScale: undefined });
  }

  /** Frees the weights. */
  dispose(): void {
    this.#parameters.dispose();
  }

  #read(features: Pool | MatrixInput): Promise<Float64Array> {
    return onScaledRows(this, features, (pool) => {
      const all = new Float64Array(pool.rows * this.classes);
      return readOutputs(pool, all, (segment) => this.outputs(pool.device, segment));
    });
  }

  #checkTask(task: "classification" | "regression", what: string): void {
    if ((this.task === "regression") === (task === "regression")) return;
    throw new InputError(`Cannot ${what} with a ${this.task} head`);
  }
}
