/**
 * Complete BAIT selections, forward and backward, for several pools.
 *
 * @module
 */

import { formatBytes } from "../src/device/tensor.ts";
import { estimateSeconds } from "./lib/model.ts";
import { measureSelect, type SelectCase, type SelectFindings } from "./lib/selecting.ts";
import type { Subject } from "./lib/subject.ts";
import { digits, type Table } from "./lib/table.ts";

/** The form of most cases. */
const BINARY = { classes: 10, fisher: "binary", topClasses: 2 } as const;
/** The pools to measure. */
const CASES: readonly SelectCase[] = [
  { rows: 2_000, columns: 64, budget: 50, ...BINARY },
  { rows: 10_000, columns: 384, budget: 100, ...BINARY },
  { rows: 50_000, columns: 384, budget: 100, ...BINARY },
  { rows: 50_000, columns: 384, budget: 100, storage: "f16", ...BINARY },
  { rows: 200_000, columns: 384, budget: 500, ...BINARY },
];
/** Small pools, for `--quick`. */
const QUICK: readonly SelectCase[] = [{ rows: 500, columns: 32, budget: 10, ...BINARY }];

/** Pools with a longer estimated selection are left out, in seconds. */
const SECONDS = 120;

/** The benchmark. */
export const baitSelect: Subject = {
  name: "bait-select",
  summary: "Whole selections: wall seconds, device time by kernel, memory",
  async run({ note, ...context }) {
    const cases: SelectFindings[] = [];
    for (const one of context.quick ? QUICK : CASES) {
      const size = `${one.rows} x ${one.columns} ${one.storage ?? "f32"}, B = ${one.budget}`;
      const estimate = estimateSeconds(one, context.ceilings);
      if (estimate > SECONDS) {
        note(`bait-select: ${size} is left out: about ${digits(estimate)} s on this device`);
        continue;
      }
      note(`bait-select: ${size}`);
      cases.push(await measureSelect({ ...context, note }, one));
    }
    const tables = [selectTable(cases), memoryTable(cases)];
    const largest = cases.at(-1);
    if (largest) tables.push(kernelTable(largest));
    return { tables, values: { cases } };
  },
};

/** The table of the times of selections. */
export function selectTable(cases: readonly SelectFindings[]): Table {
  return {
    title: "Whole selections: 2 B picks forward, B dropped backward",
    columns: ["case", "n x d", "B", "wall s", "device s", "dispatches", "submits", "readbacks"],
    rows: cases.map(({ fisher, storage, rows, columns, budget, wall, deviceSeconds, counts }) => [
      `${fisher} ${storage}`,
      `${rows} x ${columns}`,
      budget,
      digits(wall.seconds),
      deviceSeconds === undefined ? "-" : digits(deviceSeconds),
      counts.dispatches,
      counts.submits,
      counts.readbacks,
    ]),
    notes: ["wall: the features are on the device; device: the sum of all kernels, in another run"],
  };
}

/** The table of the memory of selections. */
export function memoryTable(cases: readonly SelectFindings[]): Table {
  return {
    title: "Memory on the device",
    columns: ["case", "n x d", "pool", "matrices, samples", "scratch", "peak", "V, never formed"],
    rows: cases.map(({ fisher, storage, rows, columns, memory }) => [
      `${fisher} ${storage}`,
      `${rows} x ${columns}`,
      ...[memory.pool, memory.need, memory.scratch, memory.peak, memory.unformed].map((bytes) =>
        bytes < 0 ? `-${formatBytes(-bytes)}` : formatBytes(bytes)
      ),
    ]),
    notes: [
      "scratch: what the peak is above the other two; made of pieces of fixed size, however large n is: " +
      "at most 32 MiB for the products of the start and 64 MiB for those of a pick",
    ],
  };
}

/** The table of the time by kernel of one selection. */
export function kernelTable(
  { kernels, profiledSeconds, deviceSeconds, ...one }: SelectFindings,
): Table {
  const { fisher, storage, rows, columns, budget } = one;
  const total = 1000 * (deviceSeconds ?? profiledSeconds);
  return {
    title: `Time by kernel: ${fisher} ${storage}, ${rows} x ${columns}, B = ${budget}`,
    columns: ["kernel", "calls", "ms", "share", "us a call"],
    rows: kernels.map(({ kernel, calls, milliseconds }) => [
      kernel,
      calls,
      milliseconds === undefined ? "-" : digits(milliseconds),
      milliseconds === undefined ? "-" : `${(100 * milliseconds / total).toFixed(1)} %`,
      milliseconds === undefined ? "-" : digits(1000 * milliseconds / calls),
    ]),
    notes: [
      `all kernels ${digits(total / 1000)} s of ${digits(profiledSeconds)} s; measuring each ` +
      "dispatch by itself slows the whole down",
    ],
  };
}
