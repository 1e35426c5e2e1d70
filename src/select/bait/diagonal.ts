/**
 * BAIT with the diagonals of the information matrices instead of the matrices: the objective is
 * `sum_f F_f / M_f`, its changes are sums over the features, and D may be K d for thousands of
 * classes. This approximation of Ash et al. 2021 is in use for pools where the matrices do not fit
 * in memory. It ignores correlations between features, and with them most of what two samples have
 * in common.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { Recording } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { dispose, Resource, ResourceStack } from "../../disposal.ts";
import { FisherFactors } from "./fisher/factors.ts";
import { diagonalScores } from "../../kernels/bait/diagonal-scores.ts";
import { diagonalUpdate } from "../../kernels/bait/diagonal-update.ts";
import { informationDiagonal } from "../../kernels/bait/information-diagonal.ts";
import { squareRows } from "../../kernels/bait/square-rows.ts";
import { sortIndices } from "../../kernels/bait/sort-indices.ts";
import { matmul } from "../../linalg/matmul.ts";
import { type Block, type Pool, ROW_UNIT } from "../../pool/pool.ts";
import { rowLanes } from "../../pool/row-lanes.ts";
import type { BaitSelection, BaitSettings } from "./options.ts";
import { declarePart } from "./parts.ts";
import { checkNumbers, checkRidge, featureUnit } from "./range.ts";
import { AUTO_SHARE, scalesOf } from "./weighting.ts";
import { runGreedy } from "../drivers/greedy.ts";
import { Picker } from "../drivers/picker.ts";

/** The largest size of the squared features of a segment of the pool, in bytes. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/** Samples with the factors of the diagonals of their information. */
interface DiagonalFactors extends Disposable {
  readonly pool: Pool;
  /** `a_ik`, `[rows, K']` for each segment. */
  readonly squares: readonly Block[];
  readonly segments: FisherFactors["segments"];
  readonly classes: number;
}

/**
 * The value `true` of the option `diagonal` of {@linkcode bait}, for bundles, in which its code is
 * found only if this is imported. Everywhere else `true` is the same.
 *
 * @example In a page that is bundled
 * ```ts
 * import { bait, select } from "@creel/creel";
 * import { diagonalInformation } from "@creel/creel/bait";
 *
 * await select({
 *   features: [[1, 0], [0, 1], [3, 0]],
 *   strategy: bait({ fisher: "regression", diagonal: diagonalInformation }),
 *   budget: 1,
 * });
 * ```
 */
export const diagonalInformation: true = /* @__PURE__ */ declarePart(
  "diagonal",
  diagonalBait,
  true,
);

/**
 * Selects a batch as `bait` does, with diagonal matrices.
 *
 * @param pool the features of all samples, `[n, d]`
 * @param options the settings of BAIT
 */
async function diagonalBait(pool: Pool, options: BaitSettings): Promise<BaitSelection> {
  const { device, stride, columns } = pool;
  const { fisher, topClasses, predictor, labeled, excluded = [], budget } = options;
  const { oversample, weighting, lambda } = options;
  const scale = scalesOf(weighting, labeled.length, budget);
  const unit = featureUnit(pool);
  const widest = Math.max(stride, predictor?.classes ?? 1);
  const bytes = Math.min(SCRATCH_BYTES, device.limits.bindingBytes);
  using factors = await FisherFactors.from(pool, {
    fisher,
    topClasses,
    predictor,
    scale: unit * scale.candidate,
    segmentRows: Math.max(ROW_UNIT, Math.floor(bytes / (4 * widest))),
  });
  using all = diagonalOf(factors);
  const D = stride * factors.classes;
  using information = device.tensor("diagonal of F", [D]);
  await addDiagonal(all, information, 1 / (pool.rows * scale.candidate ** 2), options);
  const F = Array.from(await device.read(information));
  const trace = F.reduce((sum, value) => sum + value, 0);
  const mean = trace / (factors.classes * columns) || 1 / AUTO_SHARE;
  const ridge = lambda === "auto" ? AUTO_SHARE * mean : lambda * unit ** 2;
  if (lambda !== "auto") checkRidge(lambda, mean / unit ** 2, device, 1);
  using matrix = device.tensor("diagonal of M", [D], "real", new Float64Array(D).fill(ridge));
  if (labeled.length > 0) {
    using index = device.tensor("labeled", [labeled.length], "u32", labeled);
    using gathered = factors.gather(index, labeled.length);
    using known = diagonalOf(gathered);
    await addDiagonal(known, matrix, scale.known / scale.candidate ** 2, options);
  }

  const out = new Set([...labeled, ...excluded]);
  const candidates = Array.from({ length: pool.rows }, (_, i) => i).filter((i) => !out.has(i));
  const steps = options.select === "topk"
    ? budget
    : Math.min(Math.ceil(oversample * budget), candidates.length);
  using forward = new DiagonalPhase(all, information, matrix, 1, candidates, steps);
  await forward.run("forward", options.select === "topk", options);
  const order = await forward.picker.read();
  const forwardScores = await forward.picker.readScores();
  const dropped = await prune(factors, forward, information, matrix, steps - budget, options);
  const M = await device.read(matrix);
  const objective = F.reduce((sum, value, e) => sum + value / M[e]!, 0);
  checkNumbers(options, forwardScores, [objective, ridge]);
  return {
    picks: order.filter((index) => !dropped.has(index)),
    forward: order,
    forwardScores,
    objective,
    lambda: lambda !== "auto" ? lambda : trace > 0 ? ridge / unit ** 2 : 1,
    drift: 0,
    rebuilds: 0,
  };
}

/**
 * Runs the backward phase on the picks, in the order of their indices, and returns the dropped
 * samples.
 */
async function prune(
  factors: FisherFactors,
  forward: DiagonalPhase,
  information: Tensor,
  matrix: Tensor,
  steps: number,
  options: BaitSettings,
): Promise<Set<number>> {
  if (steps === 0) return new Set();
  const { device } = factors.pool;
  const { picks } = forward.picker;
  const count = picks.size;
  using sorted = device.tensor("members", [count], "u32");
  device.run(sortIndices, { index: picks, sorted }, { count });
  using gathered = factors.gather(sorted, count);
  using members = diagonalOf(gathered);
  const places = Array.from({ length: count }, (_, place) => place);
  using backward = new DiagonalPhase(members, information, matrix, -1, places, steps);
  await backward.run("backward", false, options);
  const indices = await device.read(sorted);
  return new Set((await backward.picker.read()).map((place) => indices[place]!));
}

function diagonalOf({ pool, segments, classes, rank }: FisherFactors): DiagonalFactors {
  const { device } = pool;
  using undo = new ResourceStack();
  const squares = segments.map(({ base, rows, probabilities, columns, weights }) => {
    const features = undo.use(device.tensor("diagonals", [rows, classes]));
    const tensors = { probabilities, columns, weights, squares: features };
    device.run(informationDiagonal, tensors, { rows, classes, rank });
    return { features, base, rows };
  });
  const owned = undo.move();
  return { pool, squares, segments, classes, [dispose]: () => owned.dispose() };
}

/** Records `diagonal += scale sum_i diag(I(x_i))`, `[d, K']`. */
async function addDiagonal(
  { pool, segments, squares, classes }: DiagonalFactors,
  diagonal: Tensor,
  scale: number,
  options: BaitSettings,
): Promise<void> {
  const { device, stride } = pool;
  const recording = new Recording(device, "information", segments.length, options);
  for (const [place, { features: x, offset, rows }] of segments.entries()) {
    using out = device.tensor("squared features", [rows, stride]);
    const half = x.dtype === "f16" ? 1 : 0;
    const size = rows * stride;
    device.run(squareRows, { x, out }, { size, offset: offset * stride }, { half });
    matmul(device, {
      m: stride,
      n: classes,
      k: rows,
      a: { tensor: out, ld: stride, transposed: true },
      b: { tensor: squares[place]!.features },
      c: { tensor: diagonal },
      alpha: scale,
      beta: 1,
    });
    await recording.step();
  }
  recording.end();
}

/** Additions (sigma 1) or removals (sigma -1) of samples, one after another. */
class DiagonalPhase extends Resource {
  readonly picker: Picker;
  readonly #device: Device;
  readonly #scores: Tensor;
  readonly #x: Tensor;
  readonly #a: Tensor;

  constructor(
    private readonly factors: DiagonalFactors,
    private readonly information: Tensor,
    private readonly matrix: Tensor,
    private readonly sigma: 1 | -1,
    candidates: readonly number[],
    private readonly steps: number,
  ) {
    super();
    const { pool, classes } = factors;
    const device = this.#device = pool.device;
    using undo = new ResourceStack();
    this.#scores = undo.use(device.tensor("scores", [pool.rows]));
    this.#x = undo.use(device.tensor("features of the pick", [pool.stride]));
    this.#a = undo.use(device.tensor("diagonal of the pick", [classes]));
    this.picker = undo.use(new Picker(device, pool.rows, candidates, steps));
    undo.move();
  }

  /** Runs the picks; with `once` the samples are scored at the start only. */
  async run(phase: string, once: boolean, options: BaitSettings): Promise<void> {
    const { pool, squares, classes } = this.factors;
    const { matrix, sigma, picker } = this;
    const d = pool.stride;
    const advance = async (step: number) => {
      if (step === 0 || !once) this.#score();
      picker.take(this.#scores, step);
      await picker.locate(step);
      picker.gather(pool.blocks, d, step, this.#x);
      picker.gather(squares, classes, step, this.#a);
      const tensors = { x: this.#x, squares: this.#a, matrix };
      this.#device.run(diagonalUpdate, tensors, { d, classes, sigma });
    };
    await runGreedy(this.#device, { advance }, phase, this.steps, options);
  }

  #score(): void {
    const { factors: { pool, segments, squares, classes }, information, matrix, sigma } = this;
    const d = pool.stride;
    segments.forEach(({ features: x, offset, base, rows }, place) => {
      const params = { rows, base, d, classes, xOffset: offset * d, sigma };
      const constants = rowLanes(x, d);
      const own = squares[place]!.features;
      const tensors = { x, squares: own, information, matrix, scores: this.#scores };
      this.#device.run(diagonalScores, tensors, params, constants);
    });
  }

  /** Frees the tensors. */
  dispose(): void {
    for (const tensor of [this.#scores, this.#x, this.#a]) tensor.dispose();
    this.picker.dispose();
  }
}
