/**
 * The heads of a simulation: one call trains on what is labeled, measures on the test set, and says
 * what a strategy may look at.
 *
 * @module
 */

import { dispose } from "../../disposal.ts";
import { trainHead } from "../../head/train-head.ts";
import type { Predictor } from "../../pool/predictions.ts";
import type { RecordingOptions } from "../../device/recording.ts";
import { expectedCalibrationError } from "../metrics/calibration.ts";
import { accuracy, balancedAccuracy, negativeLogLikelihood } from "../metrics/classification.ts";
import { meanAbsoluteError, r2Score, rootMeanSquaredError } from "../metrics/regression.ts";
import type { OpenSplit } from "./data.ts";

/** The kinds of heads. */
export const HEADS = ["linear", "mlp"] as const;

/** The kind of a head: softmax or ridge regression, or a small network trained with AdamW. */
export type HeadName = typeof HEADS[number];

/** How a head is trained. */
export interface SimulationHeadOptions extends RecordingOptions {
  /** The kind. */
  readonly head: HeadName;
  /** K; undefined for regression. */
  readonly classes: number | undefined;
  /** The weight of the samples against the L2 penalty; of `linear`. Default 1. */
  readonly C?: number | undefined;
  /** The widths of the hidden layers; of `mlp`. Default 128. */
  readonly hidden?: readonly number[] | undefined;
  /** Passes over the labeled samples; of `mlp`. Default 100. */
  readonly epochs?: number | undefined;
  /** Of everything random in the training. */
  readonly seed: number;
}

/** A trained head. */
export interface SimulationHead extends Disposable {
  /** The class probabilities; undefined for regression. */
  readonly predictor?: Predictor | undefined;
  /** Its scores on the test set by name; the first one is the one that curves show. */
  measure(): Promise<Record<string, number>>;
}

/** The score that curves show. */
export interface Metric {
  /** Its name in the records. */
  readonly name: "accuracy" | "rmse";
  /** Whether more of it is better. */
  readonly rises: boolean;
}

/** The score that curves of a task show. */
export function metricOf(classes: number | undefined): Metric {
  return classes === undefined ? { name: "rmse", rises: false } : { name: "accuracy", rises: true };
}

/**
 * Trains a head on the labeled samples of a split.
 *
 * @param split the pool, the test set and the truth
 * @param labeled indices into the pool
 * @param options the kind of head and how it is trained
 */
export async function trainSimulationHead(
  split: OpenSplit,
  labeled: readonly number[],
  options: SimulationHeadOptions,
): Promise<SimulationHead> {
  const { classes, head: kind, C, hidden, epochs, seed, signal } = options;
  const { poolSamples, testSamples, pool, test } = split;
  const known = labeled.map((index) => poolSamples.truth[index]!);
  const settings = kind === "mlp" ? { kind, hidden, epochs, seed, signal } : { kind, C, signal };
  if (classes === undefined) {
    const head = await trainHead(pool, { indices: labeled, targets: known }, settings);
    return {
      measure: async () => valueScores(await head.values(test), testSamples.truth),
      [dispose]: () => head.dispose(),
    };
  }
  const head = await trainHead(pool, { indices: labeled, labels: known }, {
    ...settings,
    classes,
  });
  return {
    predictor: head,
    measure: async () => classScores(await head.probabilities(test), testSamples.truth),
    [dispose]: () => head.dispose(),
  };
}

/** What class probabilities are worth, by name. */
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

/** What predicted values are worth, by name. */
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
