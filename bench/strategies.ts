/**
 * Every strategy on the same pool: the time to choose a batch, and the share of it that the device
 * was busy.
 *
 * @module
 */

import type { Device } from "../src/device/device.ts";
import { trainHead } from "../src/head/train-head.ts";
import { Pool } from "../src/pool/pool.ts";
import { runStrategy } from "../src/select/run-strategy.ts";
import { STRATEGIES, type StrategyName } from "../src/select/strategy/names.ts";
import { estimateSeconds } from "./lib/model.ts";
import type { Subject } from "./lib/subject.ts";
import { bytesOfPool } from "./lib/selecting.ts";
import { synthetic, type SyntheticSize } from "./lib/synthetic.ts";
import { digits, type Table } from "./lib/table.ts";

interface Found {
  readonly strategy: string;
  /**
   * The wall time of the selection, without the transfer of the pool, in seconds; undefined if it
   * was stopped at the limit.
   */
  readonly seconds: number | undefined;
  readonly dispatches: number;
  readonly readbacks: number;
  /** The largest number of bytes in use besides the pool. */
  readonly scratch: number;
}

/** The pools; the largest one that is fast enough is used, or the first if requested by name. */
const SIZES: readonly SyntheticSize[] = [
  { rows: 50_000, columns: 384, classes: 100 },
  { rows: 20_000, columns: 128, classes: 10 },
  { rows: 5_000, columns: 64, classes: 10 },
];
/** A small pool, for `--quick`. */
const QUICK: readonly SyntheticSize[] = [{ rows: 300, columns: 16, classes: 3 }];
/** The longest estimated time of a strategy that compares all pairs of samples, in seconds. */
const SECONDS = 10;
/** The seconds after which a selection is stopped. */
const LIMIT = 30;

/** The benchmark. */
export const strategies: Subject = {
  name: "strategies",
  summary: "Every strategy on one pool: seconds for a batch, dispatches, memory",
  async run({ quick, requested, note, device, ceilings }) {
    const [labeled, budget] = quick ? [30, 5] : [200, 50];
    const sizes = quick ? QUICK : SIZES;
    const size = requested && !quick
      ? SIZES[0]!
      : sizes.find(({ rows, columns, classes }) =>
        2 * rows ** 2 * columns / ceilings.matmulGFLOPs / 1e9 +
            estimateSeconds({ rows, columns: columns * Math.min(classes, 4), budget }, ceilings) <=
          SECONDS
      );
    if (!size) {
      note("strategies is left out: this device is too slow for it");
      return undefined;
    }
    const { features, classOf } = synthetic(size);
    const indices = Array.from({ length: labeled }, (_, i) => i);
    const labels = indices.map(classOf);
    using pool = await Pool.from(device, features, { scale: "standardize" });
    using head = await trainHead(pool, { indices, labels }, { classes: size.classes });
    const found: Found[] = [];
    for (const strategy of STRATEGIES) {
      note(`strategies: ${strategy}, ${size.rows} x ${size.columns}`);
      const run = (budget: number, signal?: AbortSignal) =>
        runStrategy(pool, strategy, {
          budget,
          signal,
          labeled: indices,
          labels,
          predictor: head,
          oracle: classOf,
        });
      // Compile the shaders before anything is measured.
      await withinLimit((signal) => run(1, signal));
      found.push(await measure(device, pool, strategy, (signal) => run(budget, signal)));
    }
    return { tables: [tableOf(found, size, labeled, budget)], values: { size, found } };
  },
};

async function measure(
  device: Device,
  pool: Pool,
  strategy: StrategyName,
  run: (signal: AbortSignal) => Promise<unknown>,
): Promise<Found> {
  const poolBytes = bytesOfPool(pool);
  const { dispatches, readbacks } = device.counts;
  device.memory.resetPeak();
  const seconds = await withinLimit(run);
  return {
    strategy,
    seconds,
    dispatches: device.counts.dispatches - dispatches,
    readbacks: device.counts.readbacks - readbacks,
    scratch: device.memory.peak - poolBytes,
  };
}

/** The seconds of a selection; undefined if it was stopped at the limit. */
async function withinLimit(
  run: (signal: AbortSignal) => Promise<unknown>,
): Promise<number | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 1000 * LIMIT);
  const start = performance.now();
  try {
    await run(limit.signal);
    return (performance.now() - start) / 1000;
  } catch (error) {
    if (limit.signal.aborted && error === limit.signal.reason) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function tableOf(
  found: readonly Found[],
  { rows, columns, classes }: SyntheticSize,
  labeled: number,
  budget: number,
): Table {
  return {
    title: `A batch of ${budget} of ${rows} x ${columns}, K = ${classes}, ${labeled} labeled`,
    columns: ["strategy", "seconds", "dispatches", "readbacks", "MB besides the pool"],
    rows: found.map(({ strategy, seconds, dispatches, readbacks, scratch }) => [
      strategy,
      seconds === undefined ? `> ${LIMIT}` : digits(seconds),
      dispatches,
      readbacks,
      digits(scratch / 1e6),
    ]),
    notes: [
      "with a trained linear head, default options; shaders are compiled before",
      "bait is binary; bald, variation-ratio and batch-bald make 10 members by dropout",
    ],
  };
}
