/**
 * BAIT with one block of information for each class (`fisher: "classes"`): for hundreds and
 * thousands of classes, and exact where the probabilities of the classes are independent
 * (docs/mathematics.md, "Class blocks").
 *
 * @module
 */

import { InputError } from "../../../errors.ts";
import type { Pool } from "../../../pool/pool.ts";
import { requestOf } from "../../strategy/request.ts";
import { runGreedy } from "../../drivers/greedy.ts";
import { topOf } from "../../drivers/top.ts";
import type { BaitSelection, BaitSettings } from "../options.ts";
import { declarePart } from "../parts.ts";
import { checkDrift, checkNumbers, featureUnit } from "../range.ts";
import { ClassInformation } from "./class-information.ts";
import { ClassPhase } from "./class-phase.ts";
import { pruneClasses } from "./class-pruning.ts";
import { HostSamples } from "./host-samples.ts";

/** A drift above this limit is repaired, as with the other forms. */
const DRIFT_LIMIT = 2e-5;

/** The largest number of picks between two inspections. */
const LONGEST_INTERVAL = 80;

/**
 * The name of the form `classes`, as `bait` takes it: `bait({ fisher: classBlocks })` is
 * `bait({ fisher: "classes" })`. Bundles hold the code of the form only if they import this value;
 * elsewhere the name is enough.
 *
 * @example Choose two samples by the two most probable classes of each
 * ```ts
 * import { bait, select } from "@creel/creel";
 * import { classBlocks } from "@creel/creel/bait";
 * import assert from "node:assert/strict";
 *
 * const { picks, bait: report } = await select({
 *   features: [[1, 0], [0, 1], [0.9, 0.1], [3, 0]],
 *   probs: [[0.5, 0.5, 0], [0.1, 0.5, 0.4], [1, 0, 0], [0, 0.5, 0.5]],
 *   strategy: bait({ fisher: classBlocks, topClasses: 2 }),
 *   budget: 2,
 * });
 * assert.equal(picks.includes(3), true);
 * assert.equal(report!.fisher, "classes");
 * ```
 */
export const classBlocks: "classes" = /* @__PURE__ */ declarePart(
  "classes",
  { select: selectClasses, objectives: classObjectives },
  "classes",
);

async function selectClasses(pool: Pool, settings: BaitSettings): Promise<BaitSelection> {
  const { budget, oversample, select } = settings;
  checkDiagonal(settings);
  const { candidates } = requestOf(pool, settings);
  using information = await ClassInformation.from(pool, settings);
  const initial = await information.sums();
  const greedy = select === "greedy";
  const steps = greedy ? Math.min(Math.ceil(oversample * budget), candidates.length) : 1;
  using phase = new ClassPhase(information, candidates, steps);
  if (!greedy) {
    const scores = await pool.device.read(phase.scores);
    const picks = topOf(scores, candidates, budget);
    const chosen = picks.map((index) => scores[index]!);
    return await resultOf(information, settings, initial, { picks, forward: picks, chosen });
  }
  const { drift, rebuilds } = await runForward(information, phase, steps, settings);
  const forward = await phase.picker.read();
  const chosen = await phase.picker.readScores();
  checkNumbers(settings, chosen, [drift]);
  const members = await HostSamples.read(
    pool,
    forward.toSorted((a, b) => a - b),
    information.index,
  );
  const drop = steps - budget;
  const dropped = new Set(drop > 0 ? await pruneClasses(information, members, drop, settings) : []);
  const picks = forward.filter((index) => !dropped.has(index));
  return await resultOf(information, settings, initial, {
    picks,
    forward,
    chosen,
    drift,
    rebuilds,
  });
}

async function classObjectives(
  pool: Pool,
  settings: BaitSettings,
  batches: readonly (readonly number[])[],
): Promise<number[]> {
  checkDiagonal(settings);
  using information = await ClassInformation.from(pool, settings);
  const initial = await information.sums();
  const objectives: number[] = [];
  for (const batch of batches) objectives.push(await information.objectiveOf(batch, initial));
  return objectives;
}

/** Picks samples one after another, and repairs the drift. */
async function runForward(
  information: ClassInformation,
  phase: ClassPhase,
  steps: number,
  settings: BaitSettings,
): Promise<{ drift: number; rebuilds: number }> {
  const { pool, index } = information;
  let [drift, rebuilds] = [0, 0];
  const inspect = async (done: number) => {
    const seen = await phase.readDrift();
    drift = Math.max(drift, seen);
    checkDrift(drift, settings, pool.device);
    if (seen > DRIFT_LIMIT && done < steps) {
      rebuilds++;
      const picks = (await phase.picker.read()).slice(0, done);
      await phase.repair(await HostSamples.read(pool, picks, index));
    }
    // Errors grow fastest while the scores fall fastest, at the start.
    return { done, next: Math.min(done, LONGEST_INTERVAL) };
  };
  const strategy = { advance: (step: number) => phase.advance(step), inspect };
  await runGreedy(pool.device, strategy, "forward", steps, settings);
  return { drift, rebuilds };
}

async function resultOf(
  information: ClassInformation,
  settings: BaitSettings,
  initial: Float64Array,
  { picks, forward, chosen, drift = 0, rebuilds = 0 }: {
    picks: number[];
    forward: number[];
    chosen: number[];
    drift?: number;
    rebuilds?: number;
  },
): Promise<BaitSelection> {
  const objective = await information.objectiveOf(picks.toSorted((a, b) => a - b), initial);
  const { lambda: ridge, pool } = information;
  checkNumbers(settings, chosen, [objective, ridge]);
  const own = objective === 0 ? 1 : ridge / featureUnit(pool) ** 2;
  const lambda = settings.lambda === "auto" ? own : settings.lambda;
  return {
    picks,
    forward: [...forward],
    forwardScores: chosen,
    objective,
    lambda,
    drift,
    rebuilds,
  };
}

function checkDiagonal({ diagonal }: BaitSettings): void {
  if (!diagonal) return;
  throw new InputError(
    "Cannot run fisher classes with diagonal: its blocks take no memory that diagonals would save",
  );
}
