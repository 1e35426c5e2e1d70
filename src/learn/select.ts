/**
 * The main job in one call: features in, indices of the samples to label next out.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { openDevice } from "../device/open.ts";
import { dispose } from "../disposal.ts";
import { InputError } from "../errors.ts";
import { type GivenWeights, Head } from "../head/head.ts";
import { trainClassifier } from "../head/train-classifier.ts";
import { type MatrixInput, rowsOf } from "../io/matrix.ts";
import type { RowSource } from "../io/rows.ts";
import { sameScaling, scaleName, type Scaling } from "../pool/column-scale.ts";
import { type FeatureStorage, Pool, type Scale } from "../pool/pool.ts";
import { checkColumns, checkPlaced } from "../pool/predict-rows.ts";
import { logitsPredictor, type Predictor, probsPredictor } from "../pool/predictions.ts";
import { bait } from "../select/bait/bait.ts";
import { runStrategy, type StrategyLike, strategyOf } from "../select/run-strategy.ts";
import { readsHead } from "../select/strategy/readings.ts";
import { checkNames } from "../select/strategy/options.ts";
import type { SelectionOptions } from "../select/strategy/request.ts";
import type { SelectedBatch } from "../select/strategy/selection.ts";

/** What {@linkcode select} needs to know. Only features and budget are required. */
export interface SelectOptions extends Omit<SelectionOptions, "predictor" | "labels"> {
  /** `[n, d]`, from the frozen backbone. */
  readonly features: MatrixInput;
  /** `[n, K]`, of the current head. */
  readonly logits?: MatrixInput | undefined;
  /** `[n, K]`, class probabilities of the current head. */
  readonly probs?: MatrixInput | undefined;
  /**
   * `[n, K]` each: logits of the members of an ensemble, at least two, which stand in for logits
   * and probabilities.
   */
  readonly memberLogits?: readonly MatrixInput[] | undefined;
  /**
   * The current head. A {@linkcode Head} that was trained or loaded scales the features as it
   * scaled those that it was trained on; the weights `[K, d]` and biases `[K]` of a linear one, and
   * any other predictor, are for the features as they are after `scale`.
   */
  readonly head?: Head | Predictor | GivenWeights | undefined;
  /**
   * Classes from 0. Either one for each sample of the pool, where -1 stands for unknown and what is
   * not in `labeled` is ignored, or one for each entry of `labeled`. Without logits, probabilities
   * and a head a linear head is trained on them.
   */
  readonly labels?: ArrayLike<number> | undefined;
  /** What chooses: a strategy such as `bait({ fisher: "exp" })`, or a name. Default `bait`. */
  readonly strategy?: StrategyLike | undefined;
  /**
   * What is done to the features first; not to be given with a {@linkcode Head}, which says it.
   * Default `standardize` when a head is trained, else `none`.
   */
  readonly scale?: Scale | undefined;
  /** How the features are stored on the device. Default `f32`. */
  readonly storage?: FeatureStorage | undefined;
  /** Inverse strength of the L2 penalty of the head that is trained. Default 1. */
  readonly C?: number | undefined;
  /** An open device; by default that of the head, or one that is opened for the call. */
  readonly device?: Device | undefined;
}

/** The names of {@linkcode SelectOptions}. */
const SELECT_OPTIONS: Readonly<Record<keyof SelectOptions, true>> = {
  features: true,
  budget: true,
  strategy: true,
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

/** What {@linkcode select} chose. */
export interface SelectResult extends SelectedBatch {
  /** The name of the strategy that ran. */
  readonly strategy: string;
  /** What was done to the features. */
  readonly scale: Scale;
  /** The device that it ran on: its kind and its adapter. */
  readonly device: { readonly kind: "webgpu" | "cpu"; readonly name: string };
  /** The most bytes that were in use on the device at one time. */
  readonly peakBytes: number;
  /** The head that was trained for the selection, if one was. */
  readonly head?: { readonly samples: number; readonly iterations: number; readonly loss: number };
}

/**
 * Chooses the samples that should be labeled next.
 *
 * @example
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
 * @param options see {@linkcode SelectOptions}
 * @throws {InputError} if the input is wrong: one sentence says what, what is allowed, and where
 * @throws {DeviceError} if the device cannot do it
 */
export async function select(options: SelectOptions): Promise<SelectResult> {
  checkNames("select", options, SELECT_OPTIONS);
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
  const memberPredictors = ofMembers?.map(logitsPredictor) ?? options.memberPredictors;
  if ([logits, probs, options.head].filter(Boolean).length > 1) {
    throw new InputError("Give one of logits, probs and head, not several");
  }
  const known = options.labels && labeledSamples(options.labels, options.labeled, features.rows);
  const labeled = options.labeled ?? known?.indices ?? [];
  const strategy = await strategyOf(options.strategy ?? bait);
  const trains = !logits && !probs && !options.head && known !== undefined &&
    known.indices.length > 0 && readsHead(strategy, memberPredictors !== undefined);
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
    using head = trains
      ? await trainClassifier(pool, known, {
        C: options.C,
        signal,
        onProgress,
        sliceMilliseconds,
      })
      : undefined;
    const predictor: Predictor | undefined = logits
      ? logitsPredictor(logits)
      : probs
      ? probsPredictor(probs)
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

/** What is done to the features: what trained heads say, or what is asked for. */
function scaleOf(
  asked: Scale | undefined,
  [head, ...others]: readonly Head[],
  fallback: Scale,
): Scale | Scaling {
  if (!head) return asked ?? fallback;
  if (asked !== undefined) {
    throw new InputError("Give head or scale, not both: a head says how features are scaled");
  }
  if (others.every((other) => sameScaling(other, head))) return head;
  throw new InputError("Cannot select with heads that scale the features differently");
}

/** A head that the caller gave: as it is, or made of its weights and then freed with this. */
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

/** The labeled samples and their classes, from either of the two ways to give labels. */
function labeledSamples(
  labels: ArrayLike<number>,
  labeled: ArrayLike<number> | undefined,
  rows: number,
): { indices: number[]; labels: number[] } {
  if (labeled && labels.length === labeled.length && labels.length !== rows) {
    return { indices: Array.from(labeled), labels: Array.from(labels) };
  }
  if (labels.length !== rows) {
    const or = labeled ? `, or ${labeled.length}, one for each labeled sample` : "";
    throw new InputError(
      `Cannot use ${labels.length} labels: ${rows} are needed, one for each sample${or}`,
    );
  }
  const indices = labeled
    ? Array.from(labeled)
    : Array.from({ length: rows }, (_, i) => i).filter((i) => labels[i]! >= 0);
  return { indices, labels: indices.map((i) => labels[i]!) };
}
