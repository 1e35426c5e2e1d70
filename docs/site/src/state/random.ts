/**
 * The curve of random labeling beside that of the person, and what it says about the labels.
 *
 * @module
 */

import { labelsToReach } from "../metrics.ts";
import { proxy } from "comlink";
import type { CurvePoint, Opened } from "../worker/protocol.ts";
import * as store from "./store.ts";
import { startRandomCurve } from "./workers.ts";

/** The number of labels of the longest random curve. */
const MOST = 400;

let stop: (() => void) | undefined;

/** Simulates random labeling in the background, if the file has the class of every sample. */
export function drawRandomCurve({ project }: Opened): void {
  stop?.();
  if (!project.hasOracle || project.heldOut === 0) return;
  const { random, end } = startRandomCurve();
  stop = end;
  const onCurve = proxy((curve: CurvePoint[]) => {
    if (stop === end) store.randomCurve.value = curve;
  });
  void random.simulate(project.id, project.budget, MOST, onCurve).then(end, end);
}

/** What random labeling needs for the accuracy that was reached. */
export interface Saving {
  /** The number of labels so far. */
  readonly labels: number;
  /** The number of random labels for the same accuracy; undefined: more than were simulated. */
  readonly random: number | undefined;
  /** The largest number of random labels that was simulated. */
  readonly simulated: number;
}

/** Compares the newest point of a curve with random labeling; undefined while that is unknown. */
export function savingOf(
  curve: readonly CurvePoint[],
  random: readonly CurvePoint[],
): Saving | undefined {
  const last = curve.at(-1);
  const end = random.at(-1);
  if (!last || !end || end.labels <= last.labels) return undefined;
  const labels = random.map((point) => point.labels);
  const needed = labelsToReach(
    { labels, scores: random.map((point) => point.accuracy) },
    last.accuracy,
  );
  return {
    labels: last.labels,
    random: needed === undefined ? undefined : Math.round(needed),
    simulated: end.labels,
  };
}
