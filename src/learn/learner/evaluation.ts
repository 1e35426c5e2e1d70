/**
 * How good a learner's head is, and how that went over the rounds.
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
 * Measures a head on samples outside its pool.
 *
 * @param pool the pool that it was trained on
 * @param head the head
 * @param test `[m, d]`: a pool that was scaled alike, or raw features, which are scaled as the
 * pool's were
 * @param labels `[m]`, classes from 0
 * @throws {InputError} if the features are not as many as the pool's, or the labels do not fit
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
 * What stopping rules look at.
 *
 * @param history what happened
 * @param candidates how many samples can be suggested
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
