/**
 * What a selection with `fisher: "classes"` knows of its pool: the entries, lambda, and the forms
 * `G = x^T M_k^-1 x` and `H = x^T M_k^-1 F_k M_k^-1 x` of all entries, always computed from the
 * samples themselves. No matrix of d x d is kept.
 *
 * @module
 */

import type { Device } from "../../../device/device.ts";
import { Recording } from "../../../device/recording.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { Resource, ResourceStack } from "../../../disposal.ts";
import { InputError } from "../../../errors.ts";
import { classForms } from "../../../kernels/classes/class-forms.ts";
import { classRows } from "../../../kernels/classes/class-rows.ts";
import { matmul } from "../../../linalg/matmul.ts";
import type { Pool } from "../../../pool/pool.ts";
import { squaredNorms } from "../../geometry/squared-norms.ts";
import type { BaitSettings } from "../options.ts";
import { checkRidge, featureUnit } from "../range.ts";
import { AUTO_SHARE, scalesOf } from "../weighting.ts";
import { type ClassIndex, classIndexOf } from "./class-index.ts";
import { compressedRows, dualRows } from "./class-space.ts";
import { HostSamples } from "./host-samples.ts";

/** The largest size of the rows of a class that are gathered at a time, in bytes. */
const PIECE_BYTES = 32 * 2 ** 20;

/** The forms to compute: both, or G alone, whose sum is the objective. */
export type ClassFormPart = "both" | "G";

/** The entries of a pool and their forms. */
export class ClassInformation extends Resource {
  /** `ClassIndex.samples` on the device, `u32`. */
  readonly samples: Tensor;
  /** `ClassIndex.scales` on the device. */
  readonly scales: Tensor;
  /** G and H of each entry, `[n q, 2]`. */
  readonly forms: Tensor;
  /** The factor of G and H of a candidate: n times the weight of its information in M. */
  readonly candidate: number;
  readonly #known: number;
  readonly #device: Device;
  /** The rows of labeled samples, of classes where there are more than d. */
  readonly #compressed: Map<number, Float64Array> = new Map();

  private constructor(
    /** The features of all samples. */
    readonly pool: Pool,
    /** The entries. */
    readonly index: ClassIndex,
    /** The labeled samples. */
    readonly labeled: HostSamples,
    /** The ridge in the unit of the selection. */
    readonly lambda: number,
    private readonly options: BaitSettings,
  ) {
    super();
    const device = this.#device = pool.device;
    const count = index.samples.length;
    const { candidate, known } = scalesOf(
      options.weighting,
      options.labeled.length,
      options.budget,
    );
    this.candidate = pool.rows * candidate ** 2;
    this.#known = pool.rows * known;
    using undo = new ResourceStack();
    this.samples = undo.use(device.tensor("samples by class", [count], "u32", index.samples));
    this.scales = undo.use(device.tensor("scales by class", [count], "real", index.scales));
    this.forms = undo.use(device.tensor("forms by class", [count, 2]));
    undo.move();
  }

  /**
   * Finds the entries and lambda, and computes the forms.
   *
   * @throws {InputError} if there are no class probabilities, or lambda is out of range
   * @throws {DeviceError} if the entries do not fit on the device
   */
  static async from(pool: Pool, options: BaitSettings): Promise<ClassInformation> {
    const { predictor, labeled, topClasses } = options;
    if (!predictor) {
      throw new InputError(
        "Cannot compute the classes Fisher information without class probabilities: give logits, " +
          "probabilities or labels, or use fisher regression",
      );
    }
    const unit = featureUnit(pool);
    const index = await classIndexOf(pool, predictor, topClasses, unit, options);
    const known = await HostSamples.read(pool, labeled, index);
    const lambda = ridgeOf(await traceOf(pool, index), pool, index.classes, options);
    using undo = new ResourceStack();
    const information = undo.use(new ClassInformation(pool, index, known, lambda, options));
    const all = Array.from({ length: index.classes }, (_, k) => k);
    await information.measure(all, undefined, "both");
    undo.move();
    return information;
  }

  /** The rows of a class in M: at most d that stand for the labeled samples, and the members. */
  rowsOf(k: number, members?: HostSamples): Float64Array {
    const { labeled, pool: { stride: d }, candidate } = this;
    let known = this.#compressed.get(k);
    if (!known) {
      const rows = labeled.rowsOf(k, Math.sqrt(this.#known));
      known = compressedRows(rows, d);
      if (known !== rows) this.#compressed.set(k, known);
    }
    return members ? members.rowsOf(k, Math.sqrt(candidate), known) : known.slice();
  }

  /** The dual rows of a class, `[m, d]`. */
  dualOf(k: number, members?: HostSamples): Float64Array {
    return dualRows(this.rowsOf(k, members), this.pool.stride, this.lambda);
  }

  /**
   * Computes the forms of the entries of some classes.
   *
   * @param classes the classes
   * @param members the samples that are part of M besides the labeled ones
   * @param part the forms to compute
   */
  async measure(
    classes: readonly number[],
    members: HostSamples | undefined,
    part: ClassFormPart,
  ): Promise<void> {
    const { index: { starts }, pool: { stride: d } } = this;
    const recording = new Recording(this.#device, "scores", classes.length, this.options);
    for (const k of classes) {
      const rows = starts[k + 1]! - starts[k]!;
      if (rows > 0) {
        const dual = this.dualOf(k, members);
        using w = dual.length === 0
          ? undefined
          : this.#device.tensor("dual rows", [dual.length / d, d], "real", dual);
        this.#measureClass(k, rows, w, part);
      }
      await recording.step();
    }
    recording.end();
  }

  /**
   * The objective of a batch, `sum_k trace(M_k^-1 F_k)`, which is the sum of G over all entries.
   * Afterwards the forms are those for the batch in the classes that it touches.
   *
   * @param batch the samples
   * @param initial the sums of G of all classes without the batch
   */
  async objectiveOf(batch: readonly number[], initial: Float64Array): Promise<number> {
    const members = await HostSamples.read(this.pool, batch, this.index);
    const touched = [...members.classes];
    await this.measure(touched, members, "G");
    const sums = await this.sums();
    const known = new Set(touched);
    return sums.reduce((total, sum, k) => total + (known.has(k) ? sum : initial[k]!), 0);
  }

  /** The sum of G over the entries of each class, `[K]`. */
  async sums(): Promise<Float64Array> {
    const { starts, classes } = this.index;
    const forms = await this.#device.read(this.forms);
    const sums = new Float64Array(classes);
    for (let k = 0; k < classes; k++) {
      for (let e = starts[k]!; e < starts[k + 1]!; e++) sums[k]! += forms[2 * e]!;
    }
    return sums;
  }

  /**
   * Calls a function with the rows of a class, weighted so that `X^T X` is F, piece by piece.
   *
   * @param k the class
   * @param use receives the rows `[count, d]` and the first entry of the piece
   */
  eachPiece(k: number, use: (rows: Tensor, count: number, first: number) => void): void {
    const { index: { starts }, pool: { stride: d, blocks }, samples, scales } = this;
    const most = pieceRows(d);
    const end = starts[k + 1]!;
    for (let first = starts[k]!; first < end; first += most) {
      const count = Math.min(most, end - first);
      using out = this.#device.tensor("rows of a class", [count, d]);
      for (const { features: x, base, rows } of blocks) {
        const half = x.dtype === "f16" ? 1 : 0;
        const params = { first, count, base, rows, d };
        this.#device.run(classRows, { samples, scales, x, out }, params, { half });
      }
      use(out, count, first);
    }
  }

  /** Frees the tensors. */
  dispose(): void {
    for (const tensor of [this.samples, this.scales, this.forms]) tensor.dispose();
  }

  #measureClass(k: number, rows: number, dual: Tensor | undefined, part: ClassFormPart): void {
    const device = this.#device;
    const { pool: { stride: d }, forms, lambda } = this;
    // With fewer rows than this, the products of all pairs cost less than F and X F.
    const pairs = rows < Math.min(2 * d, pieceRows(d));
    const size = part === "G" || pairs ? 1 : d;
    using information = device.tensor("F of a class", [size, size]);
    if (part === "both" && !pairs) {
      let beta = 0;
      this.eachPiece(k, (x, count) => {
        const a = { tensor: x, transposed: true };
        const c = { tensor: information };
        matmul(device, { m: d, n: d, k: count, a, b: { tensor: x }, c, beta });
        beta = 1;
      });
    }
    this.eachPiece(k, (x, count, first) => {
      using smooth = dual && smoothed(device, x, dual, count, d);
      const y = smooth ?? x;
      const g = { first, rows: count, width: d, part: 0, factor: 1 / lambda };
      device.run(classForms, { a: y, b: x, forms }, g);
      if (part === "G") return;
      const width = pairs ? count : d;
      using product = device.tensor("product with F", [count, width]);
      const b = pairs ? { tensor: x, transposed: true } : { tensor: information };
      matmul(device, { m: count, n: width, k: d, a: { tensor: y }, b, c: { tensor: product } });
      const h = { first, rows: count, width, part: 1, factor: 1 / lambda ** 2 };
      device.run(classForms, { a: product, b: pairs ? product : y, forms }, h);
    });
  }
}

/** The largest number of rows of a class that are gathered at a time. */
function pieceRows(d: number): number {
  return Math.max(256, Math.floor(PIECE_BYTES / (4 * d)));
}

/** `X - (X W^T) W`: the rows of `lambda X M^-1`, the caller's to dispose. */
function smoothed(device: Device, x: Tensor, dual: Tensor, count: number, d: number): Tensor {
  const rank = dual.shape[0]!;
  using products = device.tensor("X W^T", [count, rank]);
  const out = device.tensor("lambda X M^-1", [count, d]);
  device.copy(x, out);
  const transposed = { tensor: dual, transposed: true };
  matmul(device, {
    ...{ m: count, n: rank, k: d },
    ...{ a: { tensor: x }, b: transposed, c: { tensor: products } },
  });
  matmul(device, {
    ...{ m: count, n: d, k: rank, alpha: -1, beta: 1 },
    ...{ a: { tensor: products }, b: { tensor: dual }, c: { tensor: out } },
  });
  return out;
}

/** The sum of the traces of all F_k. */
async function traceOf(pool: Pool, { samples, scales }: ClassIndex): Promise<number> {
  using norms = squaredNorms(pool);
  const squares = await pool.device.read(norms);
  return scales.reduce((sum, scale, e) => sum + scale * scale * squares[samples[e]!]!, 0);
}

/** Lambda in the unit of the selection; see `checkRidge` for its range. */
function ridgeOf(
  trace: number,
  pool: Pool,
  classes: number,
  { lambda }: BaitSettings,
): number {
  const automatic = trace > 0 ? AUTO_SHARE * trace / (classes * pool.columns) : 1;
  if (lambda === "auto") return automatic;
  const squared = featureUnit(pool) ** 2;
  checkRidge(lambda, automatic / AUTO_SHARE / squared, pool.device, 1);
  return lambda * squared;
}
