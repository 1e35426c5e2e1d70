/**
 * How large batches on this device compare with those of float64: the same picks, the objective,
 * and what the repairs cost. The reference runs on the CPU device, on a BLAS if there is one.
 *
 * @module
 */

import type { Device } from "../src/device/device.ts";
import { openDevice } from "../src/device/open.ts";
import { Pool } from "../src/pool/pool.ts";
import type { BaitSelection } from "../src/select/bait/options.ts";
import { runBait } from "../src/select/bait/run-bait.ts";
import { estimateSeconds } from "./lib/model.ts";
import type { Subject } from "./lib/subject.ts";
import { predictorOf, synthetic, type SyntheticSize } from "./lib/synthetic.ts";
import { digits, type Table } from "./lib/table.ts";

interface Case extends SyntheticSize {
  readonly budget: number;
  readonly labeled: number;
}

/** The findings of one case. */
interface Found extends Case {
  /** The number of forward picks before the first that is another in float64. */
  readonly agreeing: number;
  /** How many of the forward picks are among those of float64. */
  readonly forwardShared: number;
  readonly forward: number;
  /** How many samples of the batch are in that of float64. */
  readonly batchShared: number;
  /** By how much the objective differs, relatively. */
  readonly objectiveDifference: number;
  readonly drift: number;
  readonly rebuilds: number;
  /** The wall time of the parts on this device, in seconds, and of the reference. */
  readonly seconds: {
    readonly forward: number;
    readonly rebuilds: number;
    readonly backward: number;
    readonly whole: number;
    readonly reference: number;
  };
}

/** The pools to measure. */
const CASES: readonly Case[] = [
  { rows: 3_000, columns: 128, classes: 10, budget: 250, labeled: 50 },
  { rows: 8_000, columns: 512, classes: 10, budget: 500, labeled: 100 },
  { rows: 8_000, columns: 512, classes: 10, budget: 1_000, labeled: 100 },
];
/** Small pools, for `--quick`. */
const QUICK: readonly Case[] = [
  { rows: 400, columns: 24, classes: 4, budget: 60, labeled: 20 },
];

/** Pools with a longer estimated selection are left out, in seconds, unless they are requested. */
const SECONDS = 20;

/** The benchmark. */
export const exact: Subject = {
  name: "exact",
  summary: "Large batches beside those of float64: picks, objective, drift, repairs, time",
  async run({ device, quick, ceilings, requested, note }) {
    const cases: Found[] = [];
    using reference = await openDevice({ device: "cpu" });
    for (const one of quick ? QUICK : CASES) {
      const size = `${one.rows} x ${one.columns}, B = ${one.budget}`;
      if (!requested && estimateSeconds(one, ceilings) > SECONDS) {
        note(`exact: ${size} is left out; --only exact runs it`);
        continue;
      }
      note(`exact: ${size}`);
      cases.push(await measure(device, reference, one));
    }
    return cases.length > 0 ? { tables: [tableOf(cases)], values: { cases } } : undefined;
  },
};

async function measure(device: Device, cpu: Device, one: Case): Promise<Found> {
  const expected = await selection(cpu, one);
  const { selected, seconds } = await selection(device, one);
  const { forward, picks, objective, drift, rebuilds } = selected;
  const first = forward.findIndex((index, step) => index !== expected.selected.forward[step]);
  return {
    ...one,
    agreeing: first < 0 ? forward.length : first,
    forwardShared: shared(forward, expected.selected.forward),
    forward: forward.length,
    batchShared: shared(picks, expected.selected.picks),
    objectiveDifference: objective / expected.selected.objective - 1,
    drift,
    rebuilds,
    seconds: { ...seconds, reference: expected.seconds.whole },
  };
}

function shared(picks: readonly number[], others: readonly number[]): number {
  const set = new Set(others);
  return picks.filter((index) => set.has(index)).length;
}

/** Runs a selection and measures its parts by the progress that it reports. */
async function selection(device: Device, { budget, labeled: count, ...size }: Case) {
  const made = synthetic(size);
  const predictor = await predictorOf(made);
  using pool = await Pool.from(device, made.features);
  const parts = { forward: 0, scores: 0, backward: 0 };
  const start = performance.now();
  let last = start;
  const onProgress = (phase: string) => {
    const now = performance.now();
    if (phase in parts) parts[phase as keyof typeof parts] += (now - last) / 1000;
    last = now;
  };
  const labeled = Array.from({ length: count }, (_, i) => i);
  const problem = { fisher: "binary", budget, labeled, predictor, onProgress } as const;
  const selected: BaitSelection = await runBait(pool, problem);
  const { forward, scores, backward } = parts;
  const whole = (performance.now() - start) / 1000;
  return { selected, seconds: { forward, rebuilds: scores, backward, whole } };
}

function tableOf(found: readonly Found[]): Table {
  return {
    title: "Large batches beside those of float64",
    columns: [
      ...["n x d", "B", "first differs", "forward shared", "batch shared", "objective", "drift"],
      ...["rebuilds", "forward s", "rebuilds s", "backward s", "whole s", "float64 s"],
    ],
    rows: found.map(({ rows, columns, budget, seconds, ...one }) => [
      `${rows} x ${columns}`,
      budget,
      one.agreeing === one.forward ? "never" : one.agreeing,
      `${one.forwardShared} of ${one.forward}`,
      `${one.batchShared} of ${budget}`,
      one.objectiveDifference.toExponential(1),
      one.drift.toExponential(1),
      one.rebuilds,
      digits(seconds.forward),
      digits(seconds.rebuilds),
      digits(seconds.backward),
      digits(seconds.whole),
      digits(seconds.reference),
    ]),
    notes: [
      "binary; objective: its relative difference; rebuilds s: with the first computation of the forms",
      "float64: the whole selection on the CPU device",
    ],
  };
}
