/**
 * Many classes: the time and the device memory of each strategy that needs a few numbers of each
 * sample, and so never holds n x K.
 *
 * @module
 */

import type { Device } from "../src/device/device.ts";
import { Head } from "../src/head/head.ts";
import { arrayRows, readAll } from "../src/io/rows.ts";
import { Pool } from "../src/pool/pool.ts";
import { runStrategy } from "../src/select/run-strategy.ts";
import type { Subject } from "./lib/subject.ts";
import { bytesOfPool } from "./lib/selecting.ts";
import { synthetic, type SyntheticSize } from "./lib/synthetic.ts";
import { digits, type Table } from "./lib/table.ts";

interface Found {
  readonly strategy: string;
  /** The wall time of the selection, without the transfer of the pool, in seconds. */
  readonly seconds: number;
  /** The time of one product of X and the weights at the ceiling of the device, in seconds. */
  readonly productSeconds: number;
  /** The largest number of bytes in use, with the pool. */
  readonly peakBytes: number;
  /** The largest number of bytes in use besides the pool. */
  readonly scratchBytes: number;
}

/** The strategies. */
const STRATEGIES = ["margin", "entropy", "least-confidence", "mase", "base", "bait"];
/** The pool; `--n` replaces the number of samples. */
const SIZE: SyntheticSize = { rows: 50_000, columns: 384, classes: 1000 };
/** A small pool, for `--quick`. */
const QUICK: SyntheticSize = { rows: 600, columns: 16, classes: 70 };
/** The number of picks. */
const BUDGET = 10;
/** The longest estimated time of all strategies, in seconds, unless requested by name. */
const SECONDS = 60;

/** The benchmark. */
export const largeK: Subject = {
  name: "large-k",
  summary: "A thousand classes: seconds and device memory of strategies; --n sets the samples",
  async run({ quick, requested, device, ceilings, rows, note }) {
    const base = quick ? QUICK : SIZE;
    const size = { ...base, rows: rows ?? base.rows };
    const operations = 2 * size.rows * size.columns * size.classes;
    const productSeconds = operations / ceilings.matmulGFLOPs / 1e9;
    if (!requested && STRATEGIES.length * productSeconds > SECONDS) {
      note(`large-k is left out: more than ${SECONDS} s on this device; --only large-k runs it`);
      return undefined;
    }
    using head = await headFor(device, size);
    const { features } = synthetic(size);
    using pool = await Pool.from(device, features);
    const few = synthetic({ ...size, rows: Math.min(256, size.rows) });
    using warm = await Pool.from(device, few.features);
    const found: Found[] = [];
    for (const strategy of STRATEGIES) {
      note(`large-k: ${strategy}, ${size.rows} x ${size.columns}, K = ${size.classes}`);
      // Compile the shaders before anything is measured.
      await runStrategy(warm, strategy, { budget: 1, predictor: head });
      const before = bytesOfPool(pool);
      const others = device.memory.bytes - before;
      device.memory.resetPeak();
      const start = performance.now();
      await runStrategy(pool, strategy, { budget: BUDGET, predictor: head });
      const peakBytes = device.memory.peak - bytesOfPool(warm);
      found.push({
        strategy,
        seconds: (performance.now() - start) / 1000,
        productSeconds,
        peakBytes,
        scratchBytes: device.memory.peak - before - others,
      });
    }
    return { tables: [tableOf(found, size)], values: { size, budget: BUDGET, found } };
  },
};

/** A linear head whose classes look like samples, so that some predictions are certain. */
async function headFor(device: Device, { columns, classes }: SyntheticSize): Promise<Head> {
  const { features } = synthetic({ rows: classes, columns, classes, seed: 2 });
  const weight = arrayRows("weights", await readAll(features), columns);
  return await Head.of(device, { weight, bias: new Float32Array(classes) });
}

function tableOf(found: readonly Found[], { rows, columns, classes }: SyntheticSize): Table {
  return {
    title: `A batch of ${BUDGET} of ${rows} x ${columns}, K = ${classes}`,
    columns: ["strategy", "seconds", "products", "peak MB", "MB besides pool and head"],
    rows: found.map(({ strategy, seconds, productSeconds, peakBytes, scratchBytes }) => [
      strategy,
      digits(seconds),
      digits(seconds / productSeconds),
      digits(peakBytes / 1e6),
      digits(scratchBytes / 1e6),
    ]),
    notes: [
      "products: the seconds divided by those of X W^T at the ceiling of this device",
      `all probabilities would take ${digits(4 * rows * classes / 1e6)} MB in float32`,
      "bait is binary, with its picks; shaders are compiled before",
    ],
  };
}
