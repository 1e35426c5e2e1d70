/**
 * Training of heads of every kind: one call.
 *
 * @module
 */

import { Recording } from "../device/recording.ts";
import { InputError } from "../errors.ts";
import { counterHash, keyOf } from "../random/counter-hash.ts";
import type { Pool } from "../pool/pool.ts";
import { BatchTrainer } from "./batch-trainer.ts";
import { type Head, headOf, NetworkHead } from "./head.ts";
import { holdOut } from "./hold-out.ts";
import { checkLabeled, type Labeled } from "./labeled.ts";
import { type LayerValues, Layout } from "./layout.ts";
import { LinearHead } from "./linear.ts";
import { crossEntropyObjective, type Objective, squaredErrorObjective } from "./objectives.ts";
import { ridgeRegression, standardized, targetScale, unstandardized } from "./regression.ts";
import { type BatchSettings, resolveOptions, type TrainHeadOptions } from "./train-options.ts";

/** Which samples of a pool have known values, and which. */
export interface Measured {
  /** Indices into the pool, each once. */
  readonly indices: ArrayLike<number>;
  /** The values of each, `[n, m]`, row-major. */
  readonly targets: ArrayLike<number>;
}

/** Milliseconds between two looks at whether patience has run out. */
const LOOK_MILLISECONDS = 250;
const LARGEST_TARGET = 3.4e38;

/**
 * Trains a head on some samples of a pool. The same input and seed give the same weights, bit for bit on
 * the same device.
 *
 * A linear head is trained to the minimum of its objective (`lbfgs`, `ridge`) unless an optimizer is
 * named; an MLP with mini-batches, by default of AdamW. Weights start as PyTorch's `nn.Linear` does
 * (uniform within 1 / sqrt(inputs)), those of a linear head at 0. With mini-batches, targets are brought
 * to mean 0 and deviation 1 for the training, and the last layer is scaled back afterwards.
 *
 * @example An MLP learns what no linear head can
 * ```ts
 * import { arrayRows, openDevice, Pool } from "@creel/creel";
 * import { predictValues } from "./head.ts";
 * import { trainHead } from "./train-head.ts";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("xor", [[0, 0], [0, 1], [1, 0], [1, 1]]));
 * using head = await trainHead(
 *   pool,
 *   { indices: [0, 1, 2, 3], labels: [0, 1, 1, 0] },
 *   { hidden: [16], learningRate: 0.05 },
 * );
 * const logits = await predictValues(pool, head); // [4, 2]
 * console.assert(logits[2]! < logits[3]! && logits[6]! > logits[7]!);
 * ```
 *
 * @param pool the features, `[n, d]`
 * @param samples which samples, and their classes or values
 * @param options what kind of head, and how it is trained
 * @returns the head, the caller's to dispose
 * @throws {InputError} if the samples or an option are wrong, or the loss does not stay finite
 * @throws {DeviceError} if it does not fit on the device
 */
export async function trainHead(
  pool: Pool,
  samples: Labeled | Measured,
  options: TrainHeadOptions = {},
): Promise<Head> {
  const { device } = pool;
  const { task = "targets" in samples ? "regression" : "classification" } = options;
  if (task !== "classification" && task !== "regression") {
    throw new InputError(`Unknown task ${task}: use classification or regression`);
  }
  const resolved = resolveOptions(options, task);
  if (task === "regression" ? !("targets" in samples) : !("labels" in samples)) {
    const needed = task === "regression" ? "targets" : "labels";
    throw new InputError(`Cannot train a head for ${task} without ${needed}`);
  }
  if (resolved.optimizer === "batches") {
    return await trainBatches(pool, samples, resolved.settings, options);
  }
  const { optimizer, C } = resolved;
  if ("labels" in samples) {
    using linear = await LinearHead.train(pool, samples, {
      C,
      classes: options.classes,
      signal: options.signal,
      onProgress: options.onProgress,
      sliceMilliseconds: options.sliceMilliseconds,
    });
    return headOf(device, linear, pool.columnScale);
  }
  const m = checkMeasured(samples, pool.rows);
  using rows = gather(pool, samples.indices);
  const parameters = ridgeRegression(rows, samples.targets, { m, C });
  const report = { optimizer, epochs: 1, bestEpoch: 1, losses: [] };
  return new NetworkHead(device, parameters, {
    task,
    widths: [pool.columns, m],
    activation: "relu",
    columnScale: pool.columnScale,
    report,
  });
}

/** Trains with mini-batches. */
async function trainBatches(
  pool: Pool,
  samples: Labeled | Measured,
  settings: BatchSettings,
  options: TrainHeadOptions,
): Promise<Head> {
  const { device, columns } = pool;
  const { hidden, activation, seed, validationShare } = settings;
  const classified = "labels" in samples;
  const outputs = classified
    ? checkLabeled(samples, pool.rows, options.classes)
    : checkMeasured(samples, pool.rows);
  const values = classified ? samples.labels : samples.targets;
  const width = classified ? 1 : outputs;
  const firsts = Array.from(samples.indices, (_, i) => values[i * width]!);
  const { train, held } = holdOut(firsts, validationShare, seed);
  const valuesOf = (positions: readonly number[]) =>
    positions.flatMap((i) => Array.from({ length: width }, (_, k) => values[i * width + k]!));
  const indicesOf = (positions: readonly number[]) => positions.map((i) => samples.indices[i]!);
  const trainValues = valuesOf(train);
  const scale = classified ? undefined : targetScale(trainValues, outputs);
  const training = classified && {
    weights: classWeights(settings, trainValues, outputs),
    smoothing: settings.labelSmoothing,
  };
  const objectiveOf = (known: readonly number[], options: typeof training): Objective =>
    scale
      ? squaredErrorObjective(device, standardized(known, scale), outputs)
      : crossEntropyObjective(device, known, { classes: outputs, ...options });

  const widths = [columns, ...hidden, outputs];
  const layout = new Layout(widths);
  const early = held.length > 0;
  using rows = gather(pool, indicesOf(train));
  using objective = objectiveOf(trainValues, training);
  using heldRows = early ? gather(pool, indicesOf(held)) : undefined;
  using heldObjective = early ? objectiveOf(valuesOf(held), false) : undefined;
  using trainer = new BatchTrainer(
    layout,
    initialParameters(layout, seed),
    { pool: rows, objective },
    heldRows && heldObjective && { pool: heldRows, objective: heldObjective },
    settings,
  );
  const recorded = await record(trainer, pool, settings, options);
  const { parameters, ...report } = await trainer.finish(recorded);
  if (report.bestEpoch === 0 || !parameters.every(Number.isFinite)) {
    throw new InputError(
      `Cannot train with learningRate ${settings.learningRate}: the loss is not finite after ` +
        `${recorded} epochs, and a smaller rate is needed`,
    );
  }
  const layers: LayerValues[] = layout.unpack(parameters);
  if (scale) layers.push(unstandardized(layers.pop()!, scale));
  const own = device.tensor("parameters of the head", [layout.size], "real", layout.pack(layers));
  return new NetworkHead(device, own, {
    task: classified ? "classification" : "regression",
    widths,
    activation,
    columnScale: pool.columnScale,
    report: { optimizer: settings.optimizer, ...report },
  });
}

/** Records epochs until all are done or patience has run out; how many were recorded. */
async function record(
  trainer: BatchTrainer,
  { device }: Pool,
  { epochs, validationShare }: BatchSettings,
  options: TrainHeadOptions,
): Promise<number> {
  const { stepsPerEpoch } = trainer;
  const recording = new Recording(device, "training", epochs * stepsPerEpoch, options);
  let looked = performance.now();
  let epoch = 0;
  while (epoch < epochs) {
    epoch++;
    trainer.startEpoch(epoch);
    for (let place = 0; place < stepsPerEpoch; place++) {
      trainer.step(epoch, place);
      await recording.step();
    }
    trainer.endEpoch(epoch);
    // How often it is looked at changes no result: after its patience the device keeps nothing more.
    if (validationShare === 0 || performance.now() - looked < LOOK_MILLISECONDS) continue;
    if (await trainer.exhausted(epoch)) break;
    looked = performance.now();
  }
  recording.end();
  return epoch;
}

/** A pool of the rows with these indices. */
function gather(pool: Pool, indices: ArrayLike<number>): Pool {
  const count = indices.length;
  using index = pool.device.tensor("samples to train on", [count], "u32", indices);
  return pool.gather(index, count);
}

/**
 * The first parameters: zeros for a linear head, whose loss is convex; otherwise uniform within
 * 1 / sqrt(inputs), as PyTorch's `nn.Linear`.
 */
export function initialParameters(layout: Layout, seed: number): Float64Array {
  if (layout.layers.length === 1) return new Float64Array(layout.size);
  return layout.pack(layout.layers.map(({ inputs, outputs }, l) => {
    const key = keyOf(seed, "initial", l);
    const draw = (_: unknown, e: number) =>
      (2 * (counterHash(e, key) + 0.5) / 2 ** 32 - 1) / Math.sqrt(inputs);
    const all = Float64Array.from({ length: outputs * (inputs + 1) }, draw);
    return { weight: all.subarray(0, outputs * inputs), bias: all.subarray(outputs * inputs) };
  }));
}

/** The weight of each class. */
function classWeights(
  { classWeights: weights }: BatchSettings,
  labels: readonly number[],
  classes: number,
): ArrayLike<number> | undefined {
  if (weights === undefined) return undefined;
  if (weights === "balanced") {
    const counts = new Float64Array(classes);
    for (const label of labels) counts[label]!++;
    return counts.map((count) => count > 0 ? labels.length / (classes * count) : 1);
  }
  if (weights.length !== classes) {
    throw new InputError(
      `Cannot weigh ${classes} classes with ${weights.length} weights: each class needs one`,
    );
  }
  const bad = Array.from(weights).findIndex((weight) => !(weight > 0 && weight < Infinity));
  if (bad >= 0) {
    throw new InputError(
      `Cannot weigh class ${bad} with ${weights[bad]}: weights are positive numbers`,
    );
  }
  return weights;
}

/** Checks measured samples and returns m. */
function checkMeasured({ indices, targets }: Measured, rows: number): number {
  const count = indices.length;
  checkLabeled({ indices, labels: new Uint8Array(count) }, rows, 1);
  const m = targets.length / count;
  if (!Number.isInteger(m) || m === 0) {
    throw new InputError(
      `Cannot train on ${count} indices with ${targets.length} targets: each index needs as many`,
    );
  }
  for (let e = 0; e < targets.length; e++) {
    if (Math.abs(targets[e]!) <= LARGEST_TARGET) continue;
    throw new InputError(
      `Cannot train on target ${targets[e]} at position ${e}: it must be a finite float32 number`,
    );
  }
  return m;
}
