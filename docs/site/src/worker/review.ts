/**
 * The opinion of the head about the labels that a person gave.
 *
 * @module
 */

import { calibrationBins, confusionMatrix, expectedCalibrationError } from "../metrics.ts";
import { rowsOf } from "./data.ts";
import type { Opinion, Review } from "./protocol.ts";
import type { Session } from "./session.ts";

/** The number of bins of the calibration. */
const BINS = 10;

/** Lets the head predict the labeled samples, and those that are held out. */
export async function reviewOf(session: Session): Promise<Review> {
  const { data, snapshot: { labels }, project: { classes } } = session;
  const K = classes.length;
  const empty = { opinions: [], confusion: [], onHeldOut: false, calibration: [] };
  if (labels.length === 0) return { ...empty, calibrationError: 0 };
  const predict = (rows: readonly number[]) =>
    session.compute(({ learner }) =>
      learner.predict({ data: rowsOf(data, rows), columns: data.columns }, session.recording)
    );
  const own = await predict(labels.map(({ row }) => row));
  const opinions = labels.map((label, i): Opinion => {
    const probabilities = own.subarray(i * K, (i + 1) * K);
    const confidence = Math.max(...probabilities);
    const predicted = probabilities.indexOf(confidence);
    return { ...label, predicted, confidence, agreement: probabilities[label.label]! };
  }).sort((a, b) => a.agreement - b.agreement || a.row - b.row);

  const onHeldOut = session.heldOut.length > 0;
  const truth = onHeldOut
    ? session.heldOut.map((row) => data.labels![row]!)
    : labels.map(({ label }) => label);
  const probabilities = onHeldOut ? await predict(session.heldOut) : own;
  return {
    opinions,
    confusion: Array.from(confusionMatrix(probabilities, truth)),
    onHeldOut,
    calibration: calibrationBins(probabilities, truth, { bins: BINS }),
    calibrationError: expectedCalibrationError(probabilities, truth, { bins: BINS }),
  };
}
