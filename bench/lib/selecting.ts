/**
 * Whole selections: wall seconds, device time by kernel, and memory.
 *
 * @module
 */

import type { ProfileRow } from "../../src/device/device.ts";
import { type FeatureStorage, Pool } from "../../src/pool/pool.ts";
import { runBait } from "../../src/select/bait/run-bait.ts";
import { baitNeed } from "../../src/select/bait/memory.ts";
import type { Form } from "./start.ts";
import type { Context } from "./subject.ts";
import { predictorOf, synthetic, type SyntheticSize } from "./synthetic.ts";
import { type Measured, timeWhole } from "./timing.ts";

/** A pool, a form and a budget. */
export interface SelectCase extends SyntheticSize, Form {
  /** B; the forward pass picks 2 B, the backward pass drops B. */
  readonly budget: number;
  /** How the features are stored. Default f32. */
  readonly storage?: FeatureStorage;
}

/** Bytes on the device at the height of a selection. */
export interface SelectMemory {
  /** Of the pool alone. */
  readonly pool: number;
  /**
   * What the form needs besides, by `baitNeed`: six D x D matrices, and what is kept for each
   * sample.
   */
  readonly need: number;
  /** The most that was in use at one time. */
  readonly peak: number;
  /** What is left for scratch: `peak - pool - need`. */
  readonly scratch: number;
  /** What V `[n, D, r]` would take, which is never formed. */
  readonly unformed: number;
}

/** What was found of a case. */
export interface SelectFindings extends SelectCase {
  /** Wall seconds, the pool being on the device. */
  readonly wall: Measured;
  /** Seconds of making the pool and bringing it to the device. */
  readonly loadSeconds: number;
  /** Seconds of the selection that was profiled. */
  readonly profiledSeconds: number;
  /** Seconds of all kernels; undefined where the device cannot measure them. */
  readonly deviceSeconds: number | undefined;
  /** Time by kernel. */
  readonly kernels: readonly ProfileRow[];
  /** Dispatches, submits and readbacks of a selection. */
  readonly counts: { dispatches: number; submits: number; readbacks: number };
  /** Bytes. */
  readonly memory: SelectMemory;
  /** trace(M^-1 F) of the batch. */
  readonly objective: number;
  /** The largest drift seen, and the rebuilds. */
  readonly drift: number;
  /** How often the state was rebuilt. */
  readonly rebuilds: number;
}

/** Measures a case. */
export async function measureSelect(
  { device, quick }: Context,
  { storage = "f32", budget, ...size }: SelectCase,
): Promise<SelectFindings> {
  const { rows, columns, classes, fisher, topClasses } = size;
  const made = synthetic(size);
  const predictor = await predictorOf(made);
  const begin = performance.now();
  using pool = await Pool.from(device, made.features, { storage });
  await device.idle();
  const loadSeconds = (performance.now() - begin) / 1000;
  const options = { fisher, topClasses, predictor, labeled: [] };
  const select = () => runBait(pool, { ...options, budget });

  await runBait(pool, { ...options, budget: 2 }); // Compiles the shaders.
  device.memory.resetPeak();
  const { dispatches, submits, readbacks } = device.counts;
  const profile = await device.profile(select);
  const counts = {
    dispatches: device.counts.dispatches - dispatches,
    submits: device.counts.submits - submits,
    readbacks: device.counts.readbacks - readbacks,
  };
  const peak = device.memory.peak;
  const wall = await timeWhole(select, { seconds: 0, repetitions: quick ? 1 : 3, budget: 60 });

  const poolBytes = pool.blocks.reduce((sum, { features }) => sum + features.bytes, 0);
  const sizes = { rows, stride: pool.stride, classes, fisher, topClasses };
  const { matricesBytes, sampleBytes } = baitNeed(device, sizes);
  const need = matricesBytes + sampleBytes;
  const kernels = profile.rows;
  const times = kernels.map(({ milliseconds }) => milliseconds);
  const measured = times.every((time) => time !== undefined);
  const rank = fisher === "full" ? classes : fisher === "exp" ? topClasses : 1;
  const factorRows = fisher === "binary" ? 1 : classes;
  const { objective, drift, rebuilds } = profile.result;
  return {
    rows,
    columns,
    classes,
    fisher,
    topClasses,
    budget,
    storage,
    wall,
    loadSeconds,
    profiledSeconds: profile.milliseconds / 1000,
    deviceSeconds: measured ? times.reduce((sum, time) => sum + time!, 0) / 1000 : undefined,
    kernels,
    counts,
    memory: {
      pool: poolBytes,
      need,
      peak,
      scratch: peak - poolBytes - need,
      unformed: 4 * rows * columns * factorRows * rank,
    },
    objective,
    drift,
    rebuilds,
  };
}
