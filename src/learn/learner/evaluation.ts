/**
 * Evaluates the head of a learner, and summarizes the rounds for stopping rules.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { type MatrixInput, rowsOf } from "../../io/matrix.ts";
import { Pool } from "../../pool/pool.ts";
import { onScaledRows, predictPool } from "../../pool/predict-rows.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { expectedCalibrationError } from "../metrics/calibration.ts";
import type { LabelHistory } from "./history.ts";
import type { Evaluation } from "./options.ts";
import {
  accuracy,
  balancedAccuracy,
  brierScore,
  negativeLogLikelihood,
} from "../metrics/classification.ts";
import type { LearnerProgress, RoundProgress } from "./stopping.ts";

/**
 * Evaluates a head on test samples.
 *
 * @param pool the pool that it was trained on
 * @param head the head
 * @param test the test features `[m, d]`: a pool that is already scaled in the same way, or raw
 * features, which are scaled as the features of `pool` were
 * @param labels the classes of the test samples, `[m]`, whole numbers from 0
 * @throws {InputError} if the number of features differs, or the labels do not match the samples
 */
export async function evaluateHead(
  pool: Pool,
  head: Predictor,
  test: Pool | MatrixInput,
  labels: ArrayLike<number>,
): Promise<Evaluation> {
  const given = test instanceof Pool ? test : rowsOf("test features", test);
  if (given.rows !== labels.length) {
    throw new InputError(
      `Cannot evaluate on ${given.rows} samples with ${labels.length} labels: each needs one`,
    );
  }
  return measure(await onScaledRows(pool, given, (rows) => predictPool(rows, head)), labels);
}

function measure(probabilities: Float32Array, labels: ArrayLike<number>): Evaluation {
  return {
    accuracy: accuracy(probabilities, labels),
    balancedAccuracy: balancedAccuracy(probabilities, labels),
    negativeLogLikelihood: negativeLogLikelihood(probabilities, labels),
    brierScore: brierScore(probabilities, labels),
    calibrationError: expectedCalibrationError(probabilities, labels),
  };
}

/**
 * The input of stopping rules.
 *
 * @param history the history of the learner
 * @param candidates the number of samples that can still be suggested
 */
export function progressOf(history: LabelHistory, candidates: number): LearnerProgress {
  const rounds: RoundProgress[] = [];
  for (const event of history.events) {
    if (event.kind === "suggested") rounds.push({ round: event.round, ...event.measures });
    if (event.kind !== "evaluated") continue;
    const { metrics, labels } = event;
    const last = rounds.pop() ?? { round: 0, labels };
    rounds.push({ ...last, metrics });
  }
  return { labels: history.labels.size, candidates, rounds };
}
