/**
 * Complete selections: wall time, device time by kernel, and memory.
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

/** A pool, a form of the Fisher information and a budget. */
export interface SelectCase extends SyntheticSize, Form {
  /** B; the forward pass picks 2 B samples, and the backward pass drops B. */
  readonly budget: number;
  /** The number type of the features. Default: f32. */
  readonly storage?: FeatureStorage;
}

/** The peak memory of a selection, in bytes. */
export interface SelectMemory {
  /** The size of the pool. */
  readonly pool: number;
  /**
   * The size that `baitNeed` computes for the form: six D x D matrices and the state of each
   * sample.
   */
  readonly need: number;
  /** The largest number of bytes in use at one time. */
  readonly peak: number;
  /** The remaining scratch: `peak - pool - need`. */
  readonly scratch: number;
  /** The size of V `[n, D, r]`, which is never formed. */
  readonly unformed: number;
}

/** The results of a case. */
export interface SelectFindings extends SelectCase {
  /** The wall time, without the transfer of the pool. */
  readonly wall: Measured;
  /** The time to make the pool and to transfer it to the device, in seconds. */
  readonly loadSeconds: number;
  /** The wall time of the profiled selection, in seconds. */
  readonly profiledSeconds: number;
  /** The time of all kernels in seconds; undefined if the device has no timestamps. */
  readonly deviceSeconds: number | undefined;
  /** The time by kernel. */
  readonly kernels: readonly ProfileRow[];
  /** The numbers of dispatches, submits and readbacks of a selection. */
  readonly counts: { dispatches: number; submits: number; readbacks: number };
  /** The peak memory. */
  readonly memory: SelectMemory;
  /** The objective trace(M^-1 F) of the batch. */
  readonly objective: number;
  /** The largest drift. */
  readonly drift: number;
  /** How many times the state was recomputed. */
  readonly rebuilds: number;
}

/** The size of the features of a pool on the device, in bytes. */
export function bytesOfPool(pool: Pool): number {
  return pool.blocks.reduce((sum, { features }) => sum + features.bytes, 0);
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

  await runBait(pool, { ...options, budget: 2 }); // Compile the shaders first.
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

  const poolBytes = bytesOfPool(pool);
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
