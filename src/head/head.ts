/**
 * The head: a linear layer or a small network on frozen features, for classes or for values.
 * However it was fitted, its outputs are computed in one way, that of {@linkcode Network}.
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
import type { LinearWeights, Predictor } from "../pool/predictions.ts";
import { type LayerValues, Layout, padded } from "./layout.ts";
import { type HiddenActivation, Network } from "./network.ts";
import type { TrainingReport } from "./training-report.ts";

/** What a head's outputs are: logits of classes, or values. */
export type Task = "classification" | "regression";

/** What a head is, apart from its weights. */
export interface HeadDescription extends Scaling {
  /** What the outputs are. */
  readonly task: Task;
  /** d, the hidden widths, K. */
  readonly widths: readonly number[];
  /** What stands between the layers. */
  readonly activation: HiddenActivation;
  /** How the training went. */
  readonly report?: TrainingReport | undefined;
  /** Strings that are kept with it. Default none. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The weights of a linear classifier that was trained elsewhere. */
export interface GivenWeights {
  /** `[K, d]`. */
  readonly weight: MatrixInput;
  /** `[K]`. */
  readonly bias: ArrayLike<number>;
}

/** Bytes that one layer's activations may take in a prediction. */
const ACTIVATION_BYTES = 16 * 2 ** 20;

/**
 * A head on a device. It frees its weights when disposed. Made by `trainHead`, `loadHead` and
 * {@linkcode Head.of}.
 *
 * @example Predict new samples
 * ```ts
 * import { arrayRows, openDevice, Pool, trainHead } from "@creel/creel";
 *
 * using device = await openDevice({ device: "cpu" });
 * const rows = [[10, 500], [20, 500], [30, 300], [40, 300]];
 * using pool = await Pool.from(device, arrayRows("rows", rows), { scale: "standardize" });
 * using head = await trainHead(pool, { indices: [0, 1, 2, 3], labels: [0, 0, 1, 1] });
 * // Raw features: the head scales them as it scaled the pool's.
 * const [first, second] = await head.probabilities([[12, 480]]);
 * console.assert(first! > second!);
 * ```
 */
export class Head extends Resource implements Predictor, Scaling {
  /** What the outputs are. */
  readonly task: Task;
  /** K: the number of classes, or of values. */
  readonly classes: number;
  /** d of the features it was trained on. */
  readonly columns: number;
  /** The widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** What stands between the layers; of no consequence for a linear head. */
  readonly activation: HiddenActivation;
  /**
   * What is done to the columns of features, `(x - shift) factor`, before they come to the head.
   */
  readonly columnScale: ColumnScale | undefined;
  /** Whether rows are brought to length 1 after that. */
  readonly unitRows: boolean;
  /** How the training went; undefined for a head that was loaded or made of given weights. */
  readonly report: TrainingReport | undefined;
  /** Strings that were saved with a head that was loaded; empty for any other. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The weights `[K, d]` and biases `[K]`, read back; absent where there are hidden layers. */
  readonly readWeights?: () => Promise<LinearWeights>;
  readonly #layout: Layout;
  readonly #parameters: Tensor;

  /**
   * Takes over the parameters.
   *
   * @param device where they are
   * @param parameters all weights, then all biases: `[size]` of the {@linkcode Layout} of the
   * widths
   * @param description what the head is
   */
  constructor(
    /** Where it is. */
    readonly device: Device,
    parameters: Tensor,
    description: HeadDescription,
  ) {
    super();
    const { task, widths, activation, columnScale, unitRows, report, metadata = {} } = description;
    this.#layout = new Layout(widths);
    this.#parameters = parameters;
    this.task = task;
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
   * A head from the weights of each of its layers.
   *
   * @param device where it is to be
   * @param layers the weights `[outputs, inputs]` and biases `[outputs]` of each layer
   * @param description what the head is
   * @returns the head, the caller's to dispose
   * @throws {DeviceError} if it does not fit on the device
   */
  static fromLayers(
    device: Device,
    layers: readonly LayerValues[],
    description: HeadDescription,
  ): Head {
    const values = new Layout(description.widths).pack(layers);
    const parameters = device.tensor("parameters of the head", [values.length], "real", values);
    return new Head(device, parameters, description);
  }

  /**
   * A linear classifier from its weights, wherever they were trained. Its features come to it as
   * they are.
   *
   * @param device where it is to be
   * @param weights `[K, d]`, and biases `[K]`
   * @returns the head, the caller's to dispose
   * @throws {InputError} if the shapes do not fit or a number is not finite
   * @throws {DeviceError} if it does not fit on the device
   */
  static async of(device: Device, { weight, bias }: GivenWeights): Promise<Head> {
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
      task: "classification",
      widths: [rows.columns, bias.length],
      activation: "relu",
      columnScale: undefined,
      unitRows: false,
    });
  }

  /** Whether there are hidden layers. */
  get kind(): "linear" | "mlp" {
    return this.hidden.length > 0 ? "mlp" : "linear";
  }

  /**
   * The logits, or values, of a stretch of a pool.
   *
   * @param device the pool's
   * @param segment the stretch; its features are scaled already
   * @returns `[rows, K]`, the caller's to dispose
   * @throws {InputError} if the pool is on another device, or its rows are not as wide as those
   * that the head was trained on
   */
  outputs(device: Device, segment: Segment): Tensor {
    const { classes, activation } = this;
    const { features, offset, rows, stride, width: columns } = segment;
    checkPlaced(this, { device, columns });
    const widest = padded(Math.max(1, ...this.hidden));
    const fitting = Math.max(1, Math.floor(ACTIVATION_BYTES / (4 * widest)));
    const capacity = this.hidden.length > 0 ? Math.min(rows, fitting) : rows;
    using network = new Network(device, this.#layout, { activation, capacity, backward: false });
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
   * The class probabilities of a stretch of a pool; see {@linkcode Head.outputs}.
   *
   * @returns `[rows, K]`, the caller's to dispose
   * @throws {InputError} as {@linkcode Head.outputs} does, and for a regression head
   */
  // deno-lint-ignore require-await
  async predict(device: Device, segment: Segment): Promise<Tensor> {
    const { classes } = this;
    const { rows } = segment;
    this.#checkTask("classification", "predict class probabilities");
    using logits = this.outputs(device, segment);
    const probabilities = device.tensor("probabilities", [rows, classes]);
    device.run(softmaxRows, { logits, probabilities }, { rows, classes });
    return probabilities;
  }

  /**
   * The class probabilities of samples.
   *
   * @param features `[n, d]`: raw features, as the backbone gives them, which are scaled as those
   * that the head was trained on; or a pool, which is scaled already
   * @returns `[n, K]`, row-major, 0 to 1
   * @throws {InputError} if the features are not as wide as those that the head was trained on, a
   * pool is on another device, or it is a regression head
   * @throws {DeviceError} if they do not fit on the device
   */
  async probabilities(features: Pool | MatrixInput): Promise<Float32Array> {
    this.#checkTask("classification", "predict class probabilities");
    return await onScaledRows(this, features, (pool) => predictPool(pool, this));
  }

  /** The logits of samples, `[n, K]`; see {@linkcode Head.probabilities}. */
  async logits(features: Pool | MatrixInput): Promise<Float64Array> {
    this.#checkTask("classification", "compute logits");
    return await this.#read(features);
  }

  /**
   * The values that a regression head predicts for samples, `[n, K]`; see {@linkcode
   * Head.probabilities}.
   *
   * @throws {InputError} as {@linkcode Head.probabilities} does, and for a head for classes
   */
  async values(features: Pool | MatrixInput): Promise<Float64Array> {
    this.#checkTask("regression", "predict values");
    return await this.#read(features);
  }

  /** The weights `[outputs, inputs]` and biases `[outputs]` of each layer, read back. */
  async readLayers(): Promise<LayerValues[]> {
    return this.#layout.unpack(await this.device.read(this.#parameters));
  }

  /**
   * The same head for features whose columns were not scaled: the scale moves into the first layer,
   * `W (x - shift) factor + b = (W factor) x + (b - W factor shift)`.
   *
   * @returns a head without a column scale, the caller's to dispose
   * @throws {InputError} if rows are brought to length 1 after the columns' scaling, which no layer
   * can do
   * @throws {DeviceError} if it does not fit on the device
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

  #checkTask(task: Task, what: string): void {
    if (this.task === task) return;
    throw new InputError(`Cannot ${what} with a ${this.task} head`);
  }
}
