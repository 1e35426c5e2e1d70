/**
 * BAIT per pick against the textbook form, with the same kernels, on the same device, in one run. The
 * textbook computes V^T M^-1 V and V^T P V of every sample anew after each pick, which is the pass that
 * Creel makes once; of that form only this pass and the scores are timed, of Creel's everything.
 *
 * @module
 */

import type { Device } from "../src/device/device.ts";
import type { Tensor } from "../src/device/tensor.ts";
import { type Fisher, FisherFactors } from "../src/fisher/factors.ts";
import { addInformation } from "../src/fisher/information.ts";
import { Pool } from "../src/pool/pool.ts";
import { logitsPredictor } from "../src/pool/predictions.ts";
import { BaitPhase, type Matrices } from "../src/select/bait-state.ts";
import { type BenchContext, median, round, type Row, type Subject } from "./subject.ts";
import { synthetic } from "./synthetic.ts";

interface Case {
  readonly fisher: Fisher;
  readonly n: number;
  readonly d: number;
  readonly classes: number;
}

const CASES: readonly Case[] = [
  { fisher: "binary", n: 10_000, d: 384, classes: 10 },
  { fisher: "exp", n: 5_000, d: 32, classes: 10 },
  { fisher: "full", n: 2_000, d: 16, classes: 10 },
];

const LAMBDA = 1;
const CHECKED_PICKS = 5;
const none = async () => {};

/** The subject. */
export const baitPick: Subject = {
  name: "bait-pick",
  summary: "BAIT per pick against the textbook form with the same kernels",
  async run(context) {
    const rows: Row[] = [];
    for (const each of CASES) {
      rows.push(await measure(context, context.quick ? { ...each, n: 300, d: 16 } : each));
    }
    return rows;
  },
};

async function measure({ device, ceilings, quick }: BenchContext, each: Case): Promise<Row> {
  const { fisher, n, d, classes } = each;
  const data = synthetic(n, d, classes);
  using pool = await Pool.from(device, data.features);
  using factors = await FisherFactors.from(pool, {
    fisher,
    topClasses: 2,
    predictor: logitsPredictor(data.logits),
    scale: 1,
    segmentRows: n,
  });
  const steps = quick ? 4 : 100;

  const updated = await startPhase(device, factors, steps * 4 + CHECKED_PICKS);
  using phase = updated.phase;
  for (let step = 0; step < CHECKED_PICKS; step++) phase.advance(step);
  let next = CHECKED_PICKS;
  const pickSeconds = await median(device, 3, async () => {
    for (let i = 0; i < steps; i++) phase.advance(next++);
    await device.idle();
  }) / steps;
  const picks = await device.read(phase.picks, 0, CHECKED_PICKS);
  free(updated.matrices);

  const textbook = await startPhase(device, factors, CHECKED_PICKS);
  using anew = textbook.phase;
  for (let step = 0; step < CHECKED_PICKS; step++) {
    anew.advance(step);
    await anew.refresh(none);
    anew.score();
  }
  const expected = await device.read(anew.picks, 0, CHECKED_PICKS);
  const passSeconds = await median(device, quick ? 1 : 3, async () => {
    await anew.refresh(none);
    anew.score();
  });
  free(textbook.matrices);

  const { D, rank } = factors;
  const poolBytes = pool.blocks.reduce((sum, block) => sum + block.features.bytes, 0);
  // Two symmetric forms, for each class its own share of the row of X B.
  const passFlops = 2 * n * D * (D + pool.stride);
  return {
    fisher,
    n,
    d,
    K: classes,
    D,
    r: rank,
    "ms a pick": round(1000 * pickSeconds),
    "ms a textbook pass": round(1000 * passSeconds),
    "ratio": round(passSeconds / pickSeconds),
    "pool GB/s": round(poolBytes / pickSeconds / 1e9),
    "of the copy": round(poolBytes / pickSeconds / 1e9 / ceilings.copyGBs),
    "pass GFLOP/s": round(passFlops / passSeconds / 1e9),
    "of the product": round(passFlops / passSeconds / 1e9 / ceilings.matmulGFLOPs),
    "same first picks": picks.every((pick, i) => pick === expected[i]),
  };
}

/** A phase at its start, with M = lambda I. */
async function startPhase(device: Device, factors: FisherFactors, steps: number) {
  const { D, pool } = factors;
  const identity = new Float32Array(D * D);
  for (let i = 0; i < D; i++) identity[i * (D + 1)] = 1 / LAMBDA;
  const matrices: Matrices = {
    information: device.tensor("F", [D, D]),
    inverse: device.tensor("inverse of M", [D, D], "real", identity),
    middle: device.tensor("P", [D, D]),
  };
  await addInformation(factors, matrices.information, 1 / pool.rows, none);
  device.copy(matrices.information, matrices.middle); // P = M^-1 F M^-1 with lambda 1
  const phase = new BaitPhase(factors, matrices, 1, steps, []);
  await phase.refresh(none);
  phase.score();
  return { phase, matrices };
}

function free(matrices: Matrices): void {
  for (const tensor of Object.values(matrices) as Tensor[]) tensor[Symbol.dispose]();
}
