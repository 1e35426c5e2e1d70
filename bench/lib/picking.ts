/**
 * One pick of BAIT, measured with the algorithm of Creel and with the textbook algorithm on the
 * same pool.
 *
 * @module
 */

import { deepStrictEqual } from "node:assert/strict";
import { type Ceilings, measureCeilings } from "../../src/linalg/ceilings.ts";
import { type FeatureStorage, Pool } from "../../src/pool/pool.ts";
import { runBait } from "../../src/select/bait/run-bait.ts";
import { BaitPhase } from "../../src/select/bait/phase.ts";
import { bestOf, pickBytes } from "./model.ts";
import { type Form, startOf } from "./start.ts";
import type { Context } from "./subject.ts";
import { predictorOf, synthetic, type SyntheticSize } from "./synthetic.ts";
import { Textbook } from "./textbook.ts";
import { type Measured, thoroughness, timePerStep } from "./timing.ts";

/** A pool and a form of the Fisher information. */
export interface PickCase extends SyntheticSize, Form {
  /** The number type of the features. Default: f32. */
  readonly storage?: FeatureStorage;
}

/** The results of a case. */
export interface PickFindings extends PickCase {
  /** The order of the matrices. */
  readonly D: number;
  /** r, the rank of the factors of a sample. */
  readonly rank: number;
  /** The algorithm of Creel. */
  readonly creel: Measured & { readonly bytes: number; readonly GBs: number };
  /** The textbook algorithm. */
  readonly textbook: Measured & { readonly flops: number; readonly GFLOPs: number };
  /** The speedup of a pick. */
  readonly ratio: number;
  /** The maximum of the ceilings measured at the start of the run and after this case. */
  readonly ceilings: Ceilings;
  /** The first picks, which are the same for both algorithms and `bait`. */
  readonly picks: readonly number[];
}

/** The number of picks to compare. */
const COMPARED = 8;
/** The capacity of the list of picks; longer measurements start it again. */
const LISTED = 4096;

/**
 * Measures a case.
 *
 * @throws {AssertionError} if the algorithms pick different samples
 */
export async function measurePick(
  { device, quick, ceilings }: Context,
  { storage = "f32", ...size }: PickCase,
): Promise<PickFindings> {
  const made = synthetic(size);
  const predictor = await predictorOf(made);
  using pool = await Pool.from(device, made.features, { storage });
  // A textbook pick that takes seconds is compared on fewer picks.
  const pairs = (predictor.classes * (predictor.classes + 1)) / 2;
  const flops = 4 * size.rows * size.columns ** 2 * (size.fisher === "binary" ? 1 : pairs);
  const compared = flops / ceilings.matmulGFLOPs / 1e9 > 5 ? 3 : COMPARED;
  const whole = await runBait(pool, {
    ...size,
    predictor,
    labeled: [],
    budget: compared,
    oversample: 1,
  });

  using start = await startOf(pool, predictor, size);
  using phase = new BaitPhase(start.factors, start.matrices, 1, LISTED, []);
  await phase.refresh(() => device.idle());
  phase.score();
  let step = 0;
  const advance = () => phase.advance(step++ % LISTED);
  for (let i = 0; i < compared; i++) advance();
  const picks = Array.from(await device.read(phase.picks, 0, compared));
  deepStrictEqual(picks, whole.forward, "single picks and a whole selection differ");

  using fresh = await startOf(pool, predictor, size);
  using textbook = new Textbook(fresh, LISTED);
  await textbook.evaluate();
  let page = 0;
  const turn = () => textbook.advance(page++ % LISTED);
  for (let i = 0; i < compared; i++) {
    await turn();
    device.submit();
  }
  const theirs = Array.from(await device.read(textbook.picks, 0, compared));
  deepStrictEqual(theirs, picks, "the textbook form picks other samples");

  const how = thoroughness(quick);
  const creel = await timePerStep(device, advance, how);
  const slow = await timePerStep(device, turn, {
    ...how,
    repetitions: Math.min(5, how.repetitions),
  });
  const bytes = pickBytes(start.factors);
  // In a quick run the shares mean little, and ceilings once are enough.
  const near = quick ? ceilings : bestOf(ceilings, await measureCeilings(device));
  return {
    ...size,
    storage,
    D: start.factors.D,
    rank: start.factors.rank,
    creel: { ...creel, bytes, GBs: bytes / creel.seconds / 1e9 },
    textbook: {
      ...slow,
      flops: textbook.flops,
      GFLOPs: textbook.flops / slow.seconds / 1e9,
    },
    ratio: slow.seconds / creel.seconds,
    ceilings: near,
    picks,
  };
}
