/**
 * Selection in one call: features in, the indices of the samples to label next out.
 *
 * @module
 */

import { checkNames, type OptionNames } from "../check-names.ts";
import type { Device } from "../device/device.ts";
import { openDevice } from "../device/open.ts";
import { throwIfAborted } from "../device/yielder.ts";
import { dispose } from "../disposal.ts";
import { InputError } from "../errors.ts";
import { checkRange } from "../head/check-range.ts";
import { type GivenWeights, Head } from "../head/head.ts";
import { isLabelMatrix, type LabelMatrix } from "../head/label-matrix.ts";
import { type MatrixInput, rowsOf } from "../io/matrix.ts";
import type { RowSource } from "../io/rows.ts";
import { sameScaling, scaleName, type Scaling } from "../pool/column-scale.ts";
import { type FeatureStorage, Pool, type Scale } from "../pool/pool.ts";
import { checkColumns, checkPlaced } from "../pool/predict-rows.ts";
import { logitsPredictor, type Predictor, probsPredictor } from "../pool/predictions.ts";
import { bait } from "../select/bait/bait.ts";
import { runStrategy, type StrategyLike, strategyOf } from "../select/run-strategy.ts";
import { checkSeveralLabels, readsHead } from "../select/strategy/readings.ts";
import { STRATEGY_HINT } from "../select/strategy/options.ts";
import type { SelectionOptions } from "../select/strategy/request.ts";
import type { SelectedBatch } from "../select/strategy/selection.ts";
import { knownLabels, type SeveralLabels } from "./known-labels.ts";

/** The options of {@linkcode select}. Only `features` and `budget` are required. */
export interface SelectOptions extends Omit<SelectionOptions, "predictor" | "labels"> {
  /** The features of all samples from the frozen backbone, `[n, d]`. */
  readonly features: MatrixInput;
  /**
   * The task of `logits`, `probs` and `memberLogits`: `multilabel` if samples have several labels
   * each, with independent sigmoids. Default: `multilabel` if `labels` is a matrix, else
   * `classification`.
   */
  readonly task?: "classification" | "multilabel" | undefined;
  /** The logits of the current head for all samples, `[n, K]`. */
  readonly logits?: MatrixInput | undefined;
  /** The class probabilities of the current head for all samples, `[n, K]`. */
  readonly probs?: MatrixInput | undefined;
  /**
   * The logits of the members of an ensemble, `[n, K]` each, at least two. They replace `logits`
   * and `probs`.
   */
  readonly memberLogits?: readonly MatrixInput[] | undefined;
  /**
   * The current head. A trained or loaded {@linkcode Head} scales the features in the way it scaled
   * its training samples. The weights `[K, d]` and biases `[K]` of a linear head, or any other
   * predictor, apply to the features after `scale`.
   */
  readonly head?: Head | Predictor | GivenWeights | undefined;
  /**
   * The classes of samples, whole numbers from 0: either one for each sample of the pool, where -1
   * stands for unknown and samples that are not in `labeled` are ignored, or one for each entry of
   * `labeled`. If there are no logits, probabilities or head and the strategy needs one, a linear
   * head is trained on them.
   *
   * Samples with several labels each have a matrix, `[n, K]` or a row for each entry of `labeled`:
   * 1 for every class of a sample and 0 for the others; a row of -1 stands for unknown. In a
   * bundle, give `severalLabels(matrix)`.
   */
  readonly labels?: ArrayLike<number> | LabelMatrix | SeveralLabels | undefined;
  /**
   * The strategy: a value such as `bait({ fisher: "exp" })`, a function such as `margin`, or a
   * name. Default: `bait`.
   */
  readonly strategy?: StrategyLike | undefined;
  /**
   * How the features are scaled first. Must not be set together with a {@linkcode Head}, which has
   * its own scaling. Default: `standardize` if a head is trained, else `none`.
   */
  readonly scale?: Scale | undefined;
  /** The number type of the features on the device. Default: `f32`. */
  readonly storage?: FeatureStorage | undefined;
  /** The inverse strength of the L2 penalty of the head that is trained, above 0. Default: 1. */
  readonly C?: number | undefined;
  /**
   * The device to use. Default: the device of the head, or one that is opened and disposed by the
   * call.
   */
  readonly device?: Device | undefined;
}

/** The names of {@linkcode SelectOptions}. */
const SELECT_OPTIONS: OptionNames<SelectOptions> = {
  features: true,
  budget: true,
  strategy: true,
  task: true,
  logits: true,
  probs: true,
  head: true,
  labels: true,
  labeled: true,
  excluded: true,
  memberLogits: true,
  memberPredictors: true,
  oracle: true,
  scale: true,
  storage: true,
  C: true,
  device: true,
  seed: true,
  round: true,
  signal: true,
  onProgress: true,
  sliceMilliseconds: true,
};

/** The result of {@linkcode select}. */
export interface SelectResult extends SelectedBatch {
  /** The name of the strategy. */
  readonly strategy: string;
  /** How the features were scaled. */
  readonly scale: Scale;
  /** The kind of the device and the name of its adapter. */
  readonly device: { readonly kind: "webgpu" | "cpu"; readonly name: string };
  /** The largest number of bytes in use on the device at one time. */
  readonly peakBytes: number;
  /**
   * The head that was trained for the selection, if any: its number of samples, iterations and
   * loss.
   */
  readonly head?: { readonly samples: number; readonly iterations: number; readonly loss: number };
}

/**
 * Chooses the samples that should be labeled next, from plain arrays.
 *
 * @example With the default strategy and a head that is trained on two labels
 * ```ts
 * import { select } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * // Six samples with two features, two of them labeled.
 * const features = { data: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1, 5, 5, -5, 4), columns: 2 };
 * const { picks } = await select({
 *   features,
 *   labeled: [0, 3],
 *   labels: [0, 1],
 *   budget: 2,
 * });
 * assert.equal(picks.length, 2);
 * ```
 *
 * @example With a strategy that is a value with options, and features alone
 * ```ts
 * import { maxHerding, select } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * const features = { data: Float32Array.of(1, 0, 1, 0.1, 0, 1, 0.1, 1, -1, 0), columns: 2 };
 * const { picks, strategy } = await select({
 *   features,
 *   strategy: maxHerding({ gamma: 2 }),
 *   budget: 3,
 * });
 * assert.equal(strategy, "max-herding");
 * assert.ok(picks.includes(4));
 * ```
 *
 * @param options see {@linkcode SelectOptions}
 * @returns the indices of the chosen samples, in the order of the picks, and how they were chosen
 * @throws {InputError} if an option is wrong or missing; the message says which, and what is
 * allowed
 * @throws {DeviceError} if the device runs out of memory, is lost, or cannot run the strategy
 * @throws the reason of the abort signal, if it was aborted
 */
export async function select(options: SelectOptions): Promise<SelectResult> {
  checkNames("select", options, SELECT_OPTIONS, STRATEGY_HINT);
  throwIfAborted(options.signal);
  checkRange({ C: options.C ?? 1 }, (value) => value > 0, "a positive number");
  const features = rowsOf("features", options.features);
  const logits = options.logits && rowsOf("logits", options.logits);
  const probs = options.probs && rowsOf("probs", options.probs);
  const ofMembers = options.memberLogits?.map((matrix, m) =>
    rowsOf(`logits of member ${m}`, matrix)
  );
  for (const matrix of [logits, probs, ...ofMembers ?? []]) {
    if (matrix) checkRows(matrix, features.rows);
  }
  if (ofMembers && options.memberPredictors) {
    throw new InputError("Give either the logits of members or their predictors, not both");
  }
  const several = options.labels !== undefined && isLabelMatrix(options.labels);
  const own = several ? "multilabel" : "classification";
  const { task = own } = options;
  if (task !== "multilabel" && task !== "classification") {
    throw new InputError(`Unknown task ${task}: use classification or multilabel`);
  }
  const memberPredictors = ofMembers?.map((matrix) => logitsPredictor(matrix, { task })) ??
    options.memberPredictors;
  if ([logits, probs, options.head].filter(Boolean).length > 1) {
    throw new InputError("Give one of logits, probs and head, not several");
  }
  const strategy = await strategyOf(options.strategy ?? bait);
  if (several) checkSeveralLabels(strategy);
  const known = options.labels && await knownLabels(options.labels, options.labeled, features.rows);
  const labeled = options.labeled ?? known?.indices ?? [];
  const trains = !logits && !probs && !options.head && known !== undefined &&
    known.indices.length > 0 && readsHead(strategy, memberPredictors !== undefined);
  if (trains && task !== own) {
    throw new InputError(`Cannot train a head for ${task} on labels for ${own}`);
  }
  const heads = [options.head, ...memberPredictors ?? []].filter((head) => head instanceof Head);
  const scale = scaleOf(options.scale, heads, trains ? "standardize" : "none");
  const open = options.device ?? heads[0]?.device;
  const device = open ?? await openDevice({ signal: options.signal });
  try {
    device.memory.resetPeak();
    for (const head of heads) checkPlaced(head, { device, columns: features.columns });
    using given = await givenHead(device, options.head, features.columns);
    const { storage, signal, onProgress, sliceMilliseconds } = options;
    using pool = await Pool.from(device, features, { scale, storage });
    if (pool.streamed && !device.onNote) onProgress?.(pool.streamed.note, 0, 1);
    using head = trains
      ? await known.train(pool, {
        C: options.C,
        signal,
        onProgress,
        sliceMilliseconds,
      })
      : undefined;
    const predictor: Predictor | undefined = logits
      ? logitsPredictor(logits, { task })
      : probs
      ? probsPredictor(probs, { task })
      : given?.head ?? head;
    const labels = known?.labels;
    const { budget, excluded, oracle, seed, round } = options;
    const selection = await runStrategy(pool, strategy, {
      budget,
      labeled,
      labels,
      excluded,
      predictor,
      memberPredictors,
      oracle,
      seed,
      round,
      signal,
      onProgress,
      sliceMilliseconds,
    });
    return {
      ...selection,
      strategy: strategy.name,
      scale: typeof scale === "object" ? scaleName(scale) : scale,
      device: { kind: device.kind, name: device.name },
      peakBytes: device.memory.peak,
      ...(head && {
        head: {
          samples: known!.indices.length,
          iterations: head.report!.iterations,
          loss: head.report!.loss!,
        },
      }),
    };
  } finally {
    if (!open) device.dispose();
  }
}

/** The scaling of the features: that of the heads, or the one that was requested. */
function scaleOf(
  requested: Scale | undefined,
  [head, ...others]: readonly Head[],
  fallback: Scale,
): Scale | Scaling {
  if (!head) return requested ?? fallback;
  if (requested !== undefined) {
    throw new InputError("Give head or scale, not both: a head says how features are scaled");
  }
  if (others.every((other) => sameScaling(other, head))) return head;
  throw new InputError("Cannot select with heads that scale the features differently");
}

/** The head that was passed: as it is, or made from weights and then disposed with the result. */
async function givenHead(
  device: Device,
  head: SelectOptions["head"],
  columns: number,
): Promise<{ head: Predictor } & Disposable | undefined> {
  if (!head) return undefined;
  if ("predict" in head) return { head, [dispose]: () => {} };
  checkColumns(rowsOf("weights of the head", head.weight).columns, columns);
  const made = await Head.of(device, head);
  return { head: made, [dispose]: () => made.dispose() };
}

function checkRows(matrix: RowSource, rows: number): void {
  if (matrix.rows !== rows) {
    throw new InputError(
      `Cannot use ${matrix.name}: it has ${matrix.rows} rows, and the features have ${rows}`,
    );
  }
}
