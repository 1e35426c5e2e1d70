/**
 * Training with mini-batches: held-out samples, initial weights, class weights, and epochs.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Recording, type RecordingOptions } from "../device/recording.ts";
import type { Tensor } from "../device/tensor.ts";
import { InputError } from "../errors.ts";
import type { Pool } from "../pool/pool.ts";
import { counterHash, keyOf } from "../random/counter-hash.ts";
import { BatchTrainer } from "./batch-trainer.ts";
import { holdOut } from "./hold-out.ts";
import { type LabelRows, rarestClasses } from "./label-matrix.ts";
import { gatherSamples, type Labeled, type Measured } from "./labeled.ts";
import { type LayerValues, Layout } from "./layout.ts";
import {
  binaryCrossEntropyObjective,
  crossEntropyObjective,
  type Objective,
  squaredErrorObjective,
} from "./objectives.ts";
import { standardized, targetScale, unstandardized } from "./regression.ts";
import type { BatchSettings } from "./train-options.ts";
import type { TrainingReport } from "./training-report.ts";

/** The time between two readbacks of the state of early stopping, in milliseconds. */
const READBACK_MILLISECONDS = 250;

/**
 * Trains a head with mini-batches. Weights are initialized as by PyTorch's `nn.Linear` (uniform
 * within 1 / sqrt(inputs)), those of a linear head with 0. Targets are standardized to mean 0 and
 * deviation 1 for the training, and the last layer is scaled back afterwards.
 *
 * @param pool the features, `[n, d]`
 * @param samples the indices of the samples, and their classes, labels or values
 * @param outputs the number of outputs, K
 * @param settings the settings of the training
 * @param recordingOptions how progress is reported and the work is aborted
 * @returns the parameters in the {@linkcode Layout} of the head, the caller's to dispose
 * @throws {InputError} if the loss becomes infinite or NaN, class weights are wrong, or no sample
 * can be held out
 * @throws {DeviceError} if memory does not suffice
 */
export async function trainBatches(
  pool: Pool,
  samples: Labeled | LabelRows | Measured,
  outputs: number,
  settings: BatchSettings,
  recordingOptions: RecordingOptions,
): Promise<{ parameters: Tensor; report: TrainingReport }> {
  const { device, columns } = pool;
  const { hidden, seed, optimizer } = settings;
  const parts = partsOf(samples, outputs, settings);
  const scale = "targets" in samples ? targetScale(parts.train.values, outputs) : undefined;
  const training = {
    weights: "labels" in samples ? classWeights(settings, parts.train.values, outputs) : undefined,
    smoothing: settings.labelSmoothing,
  };
  const objectiveOf = (known: readonly number[], options: Partial<typeof training>): Objective =>
    scale
      ? squaredErrorObjective(device, standardized(known, scale), outputs)
      : "labels" in samples
      ? crossEntropyObjective(device, known, { classes: outputs, ...options })
      : binaryCrossEntropyObjective(device, known, outputs);

  const layout = new Layout([columns, ...hidden, outputs]);
  const early = parts.held.indices.length > 0;
  using rows = gatherSamples(pool, parts.train.indices);
  using objective = objectiveOf(parts.train.values, training);
  using heldRows = early ? gatherSamples(pool, parts.held.indices) : undefined;
  using heldObjective = early ? objectiveOf(parts.held.values, {}) : undefined;
  using trainer = new BatchTrainer(
    layout,
    initialParameters(layout, seed),
    { pool: rows, objective },
    heldRows && heldObjective && { pool: heldRows, objective: heldObjective },
    settings,
  );
  const recorded = await record(trainer, device, settings, recordingOptions);
  const { parameters, ...report } = await trainer.finish(recorded);
  if (report.bestEpoch === 0 || !parameters.every(Number.isFinite)) {
    throw new InputError(
      `Cannot train with learningRate ${settings.learningRate}: the loss is not finite after ` +
        `${recorded} epochs, and a smaller rate is needed`,
    );
  }
  const layers: LayerValues[] = layout.unpack(parameters);
  if (scale) layers.push(unstandardized(layers.pop()!, scale));
  const { epochs, bestEpoch, losses } = report;
  return {
    parameters: device.tensor(
      "parameters of the head",
      [layout.size],
      "real",
      layout.pack(layers),
    ),
    report: {
      optimizer,
      iterations: epochs * trainer.stepsPerEpoch,
      loss: losses[bestEpoch - 1]!,
      ...report,
    },
  };
}

/** Indices of samples, and the class of each, or its labels or values one after the other. */
interface Part {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** Divides the samples into those to train on and those that are held out for early stopping. */
function partsOf(
  samples: Labeled | LabelRows | Measured,
  outputs: number,
  { validationShare, seed }: BatchSettings,
): { train: Part; held: Part } {
  const classified = "labels" in samples;
  const several = "rows" in samples;
  const all = classified ? samples.labels : several ? samples.rows : samples.targets;
  const width = classified ? 1 : outputs;
  const strata = several
    ? rarestClasses(samples)
    : Array.from(samples.indices, (_, i) => all[i * width]!);
  const { train, held } = holdOut(strata, validationShare, seed);
  const part = (positions: readonly number[]): Part => ({
    indices: positions.map((i) => samples.indices[i]!),
    values: positions.flatMap((i) => Array.from({ length: width }, (_, k) => all[i * width + k]!)),
  });
  return { train: part(train), held: part(held) };
}

/** Records epochs until all are done or training stops early; returns how many were recorded. */
async function record(
  trainer: BatchTrainer,
  device: Device,
  { epochs, validationShare }: BatchSettings,
  recordingOptions: RecordingOptions,
): Promise<number> {
  const { stepsPerEpoch } = trainer;
  const recording = new Recording(device, "training", epochs * stepsPerEpoch, recordingOptions);
  let lastReadback = performance.now();
  let epoch = 0;
  while (epoch < epochs) {
    epoch++;
    trainer.startEpoch(epoch);
    for (let place = 0; place < stepsPerEpoch; place++) {
      trainer.step(epoch, place);
      await recording.step();
    }
    trainer.endEpoch(epoch);
    // The times of the readbacks do not change the result: the device keeps no later parameters.
    const early = performance.now() - lastReadback < READBACK_MILLISECONDS;
    if (validationShare === 0 || early) continue;
    if (await trainer.exhausted(epoch)) break;
    lastReadback = performance.now();
  }
  recording.end();
  return epoch;
}

/**
 * Returns the initial parameters: 0 for a linear head, whose loss is convex; otherwise uniform
 * within 1 / sqrt(inputs), as by PyTorch's `nn.Linear`.
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

/** Returns the weight of each class, or undefined if all are 1. */
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
