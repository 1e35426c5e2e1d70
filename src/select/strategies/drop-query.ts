/**
 * DropQuery (Gupte et al. 2024, "Revisiting Active Learning in the Era of Vision Foundation
 * Models", algorithm 1): samples whose predicted class changes when features are dropped, thinned
 * out by k-means.
 *
 * @module
 */

import { Recording } from "../../device/recording.ts";
import { counterHash } from "../../random/counter-hash.ts";
import type { Pool, Segment } from "../../pool/pool.ts";
import { predictStatistics } from "../../pool/prediction-statistics.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { droppableSegments, droppedSegment } from "../members/drop-features.ts";
import { representatives } from "../geometry/representatives.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** The number of dropouts of each sample. */
const DROPOUTS = 3;
/** The share of the features that a dropout sets to 0. */
const SHARE = 0.75;
/** With fewer candidates than this many times the budget, one change is enough. */
const ENOUGH = 25;

/**
 * Chooses among the samples whose predicted class changes in at least 2 of 3 dropouts of 75 % of
 * the features; in at least one if those are fewer than 25 B; or among all if even those are fewer
 * than B. The samples are clustered by k-means on their features of unit length into B clusters,
 * and the sample nearest to each center is picked.
 *
 * Reads a head that predicts from features.
 */
export const dropQuery: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "drop-query",
  summary: "Samples whose class changes when features are dropped, spread by k-means",
  source:
    'Gupte et al. 2024, "Revisiting Active Learning in the Era of Vision Foundation Models", ' +
    "algorithm 1",
  cost: "four passes over n x d with the head, then k-means of the changed samples",
  reads: ["head"],
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool, predictor, budget, candidates, keyFor, recordingOptions } = request;
  const changes = await classChanges(pool, predictor!, keyFor("features"), recordingOptions);
  const atLeast = (times: number) => candidates.filter((index) => changes[index]! >= times);
  let chosen = atLeast(2);
  if (chosen.length < ENOUGH * budget) chosen = atLeast(1);
  if (chosen.length < budget) chosen = [...candidates];
  return { picks: await representatives(pool, chosen, budget, request) };
}

/**
 * Counts in how many of three dropouts the predicted class of each sample changes.
 *
 * @param pool the features
 * @param predictor the head
 * @param key the key of a stream of random words: the same key drops the same features
 * @param recordingOptions the abort signal and the progress callback
 * @returns the counts, `[n]`, 0 to 3
 */
export async function classChanges(
  pool: Pool,
  predictor: Predictor,
  key: number,
  recordingOptions: SelectionRequest["recordingOptions"] = {},
): Promise<Uint8Array> {
  const { device } = pool;
  const { classes } = predictor;
  const segments = droppableSegments(pool, classes);
  const recording = new Recording(device, "dropouts", segments.length, recordingOptions);
  const changes = new Uint8Array(pool.rows);
  for (const segment of segments) {
    const own = await classesOf(predictor, device, segment);
    for (let time = 0; time < DROPOUTS; time++) {
      const dropout = { share: SHARE, key: counterHash(time, key), shared: false };
      using dropped = droppedSegment(device, segment, dropout);
      const other = await classesOf(predictor, device, dropped);
      own.forEach((label, i) => changes[segment.base + i]! += other[i] === label ? 0 : 1);
    }
    await recording.step();
  }
  recording.end();
  return changes;
}

/** The most probable class of each row; ties go to the lowest class. */
async function classesOf(
  predictor: Predictor,
  device: Pool["device"],
  segment: Segment,
): Promise<number[]> {
  using statistics = await predictStatistics(device, predictor, segment);
  const values = await device.read(statistics);
  return Array.from({ length: segment.rows }, (_, i) => values[4 * i + 3]!);
}
