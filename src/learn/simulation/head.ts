/**
 * The heads of a simulation: one function trains a head on the labeled samples, predicts for the
 * strategy, and measures on the test set.
 *
 * @module
 */

import { dispose } from "../../disposal.ts";
import type { Task } from "../../head/head.ts";
import type { Multilabeled } from "../../head/label-matrix.ts";
import type { Labeled } from "../../head/labeled.ts";
import { trainHead } from "../../head/train-head.ts";
import type { Predictor } from "../../pool/predictions.ts";
import type { RecordingOptions } from "../../device/recording.ts";
import { expectedCalibrationError } from "../metrics/calibration.ts";
import { accuracy, balancedAccuracy, negativeLogLikelihood } from "../metrics/classification.ts";
import {
  hammingLoss,
  macroF1,
  meanAveragePrecision,
  microF1,
  subsetAccuracy,
} from "../metrics/multilabel.ts";
import { meanAbsoluteError, r2Score, rootMeanSquaredError } from "../metrics/regression.ts";
import { type OpenSplit, truthOf } from "./data.ts";

/** The kinds of heads. */
export const HEADS = ["linear", "mlp"] as const;

/**
 * The kind of a head: `linear` for softmax or ridge regression, `mlp` for a small network trained
 * with AdamW.
 */
export type HeadName = typeof HEADS[number];

/** The options of the training of a head. */
export interface SimulationHeadOptions extends RecordingOptions {
  /** The kind of the head. */
  readonly head: HeadName;
  /** K, the number of classes; undefined for regression. */
  readonly classes: number | undefined;
  /** The weight of the samples relative to the L2 penalty, for `linear`. Default: 1. */
  readonly C?: number | undefined;
  /** The widths of the hidden layers, for `mlp`. Default: 128. */
  readonly hidden?: readonly number[] | undefined;
  /** The number of passes over the labeled samples, for `mlp`. Default: 100. */
  readonly epochs?: number | undefined;
  /** The seed of the random numbers of the training. */
  readonly seed: number;
}

/** A trained head. */
export interface SimulationHead extends Disposable {
  /** The class probabilities of the head; undefined for regression. */
  readonly predictor?: Predictor | undefined;
  /** Measures the head on the test set and returns scores by name; curves show the first one. */
  measure(): Promise<Record<string, number>>;
}

/** The score that curves show. */
export interface Metric {
  /** The name of the score in the records. */
  readonly name: "accuracy" | "meanAveragePrecision" | "rmse";
  /** Whether higher values are better. */
  readonly rises: boolean;
}

/** The scores that curves show, by the task. */
export const METRICS: Readonly<Record<Task, Metric>> = {
  classification: { name: "accuracy", rises: true },
  multilabel: { name: "meanAveragePrecision", rises: true },
  regression: { name: "rmse", rises: false },
};

/**
 * Trains a head on the labeled samples of a split.
 *
 * @param split the pool and the test set, with their labels
 * @param labeled the indices of the labeled samples in the pool
 * @param options the kind of the head and the options of its training
 */
export async function trainSimulationHead(
  split: OpenSplit,
  labeled: readonly number[],
  options: SimulationHeadOptions,
): Promise<SimulationHead> {
  const { classes, head: kind, C, hidden, epochs, seed, signal } = options;
  const { poolSamples, testSamples, pool, test } = split;
  const known = truthOf(poolSamples, labeled);
  const settings = kind === "mlp" ? { kind, hidden, epochs, seed, signal } : { kind, C, signal };
  if (classes === undefined) {
    const head = await trainHead(pool, { indices: labeled, targets: known }, settings);
    return {
      measure: async () => valueScores(await head.values(test), testSamples.truth),
      [dispose]: () => head.dispose(),
    };
  }
  const { width } = poolSamples;
  const labels = width === undefined ? known : { data: known, columns: width };
  const head = await trainHead(pool, { indices: labeled, labels } as Labeled | Multilabeled, {
    ...settings,
    classes,
  });
  const scoresOf = width === undefined ? classScores : labelScores;
  return {
    predictor: head,
    measure: async () => scoresOf(await head.probabilities(test), testSamples.truth, classes),
    [dispose]: () => head.dispose(),
  };
}

/** The metrics of class probabilities, by name. */
export function classScores(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): Record<string, number> {
  return {
    accuracy: accuracy(probabilities, labels),
    balancedAccuracy: balancedAccuracy(probabilities, labels),
    nll: negativeLogLikelihood(probabilities, labels),
    ece: expectedCalibrationError(probabilities, labels),
  };
}

/** The metrics of the probabilities of several labels a sample, by name. */
export function labelScores(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Record<string, number> {
  return {
    meanAveragePrecision: meanAveragePrecision(probabilities, labels, { classes }),
    microF1: microF1(probabilities, labels, { classes }),
    macroF1: macroF1(probabilities, labels, { classes }),
    hammingLoss: hammingLoss(probabilities, labels, { classes }),
    subsetAccuracy: subsetAccuracy(probabilities, labels, { classes }),
  };
}

/** The metrics of predicted values, by name. */
export function valueScores(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
): Record<string, number> {
  return {
    rmse: rootMeanSquaredError(predictions, targets),
    mae: meanAbsoluteError(predictions, targets),
    r2: r2Score(predictions, targets),
  };
}
