/**
 * DropQuery (Gupte et al. 2024, "Revisiting Active Learning in the Era of Vision Foundation Models", algorithm 1):
 * samples whose class changes when features are dropped, and of those a few that stand for the others.
 *
 * @module
 */

import { Recording } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { rowStatistics } from "../../kernels/pool/row-statistics.ts";
import type { Pool, Segment } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { droppableSegments, droppedSegment } from "../members/drop-features.ts";
import { representatives } from "../geometry/representatives.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** How often features are dropped, */
const DROPOUTS = 3;
/** and what share of them. */
const SHARE = 0.75;
/** With fewer candidates than this many times the batch one change is enough. */
const ENOUGH = 25;

/**
 * Chooses among the samples whose class changes in at least 2 of 3 dropouts of 75 % of the features, or in one if
 * those are fewer than 25 B, or among all if even those are fewer than B: k-means of their features of length 1
 * into B clusters, and the nearest to each center.
 */
export const dropQuery: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "drop-query",
  summary: "Samples whose class changes when features are dropped, spread by k-means",
  source: "Gupte et al. 2024, algorithm 1",
  cost: "four passes with the head, then k-means of the changed samples",
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
 * In how many of three dropouts the class changes that a head predicts.
 *
 * @param pool the features
 * @param predictor the head
 * @param key of a stream of random words: the same one drops the same features
 * @param recordingOptions how progress is reported and the work is stopped
 * @returns `[n]`
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

/** The most probable class of each row; of equal ones the lowest. */
async function classesOf(
  predictor: Predictor,
  device: Pool["device"],
  segment: Segment,
): Promise<number[]> {
  const { classes } = predictor;
  const { rows } = segment;
  using probabilities: Tensor = await predictor.predict(device, segment);
  using statistics = device.tensor("row statistics", [rows, 4]);
  device.run(rowStatistics, { probabilities, statistics }, { rows, classes });
  const values = await device.read(statistics);
  return Array.from({ length: rows }, (_, i) => values[4 * i + 3]!);
}
