/**
 * One round of active learning: train the head on the labeled samples, predict the pool, choose the
 * next batch with BAIT.
 *
 * @module
 */

import { join } from "node:path";
import type { Device } from "../src/device/device.ts";
import type { Labeled } from "../src/head/labeled.ts";
import { trainHead } from "../src/head/train-head.ts";
import { openIntegers, openMatrix } from "../src/io/dataset.ts";
import { statusOf } from "../src/io/file.ts";
import type { RowSource } from "../src/io/rows.ts";
import { Pool } from "../src/pool/pool.ts";
import { runBait } from "../src/select/bait/run-bait.ts";
import { estimateSeconds } from "./lib/model.ts";
import type { Context, Subject } from "./lib/subject.ts";
import { synthetic, type SyntheticSize } from "./lib/synthetic.ts";
import { digits, type Table } from "./lib/table.ts";

interface Found {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly labeled: number;
  readonly budget: number;
  /** The wall time of each part, in seconds. */
  readonly seconds: {
    readonly load: number;
    readonly train: number;
    readonly predict: number;
    readonly select: number;
  };
  readonly iterations: number;
}

/** The pools to measure. */
const SIZES: readonly SyntheticSize[] = [
  { rows: 50_000, columns: 384, classes: 10 },
  { rows: 10_000, columns: 384, classes: 10 },
];
/** Small pools, for `--quick`. */
const QUICK: readonly SyntheticSize[] = [{ rows: 500, columns: 32, classes: 4 }];
/** Pools with a longer estimated selection are left out, in seconds. */
const SECONDS = 120;
/** The files of the real data, in the folder of `--data`. */
const REAL = ["cifar10_r50/pool_x.npy", "cifar10_r50/pool_y.npy"] as const;

/** The benchmark. */
export const round: Subject = {
  name: "round",
  summary: "One round: train the head, predict the pool, choose a batch; its parts",
  async run(context) {
    const { quick, note, device, ceilings } = context;
    const budget = quick ? 10 : 100;
    const size = (quick ? QUICK : SIZES).find((one) =>
      estimateSeconds({ ...one, budget }, ceilings) <= SECONDS
    );
    const found: Found[] = [];
    if (size) {
      note(`round: synthetic, ${size.rows} x ${size.columns}`);
      const { features, classOf } = synthetic(size);
      const labeled = firstRows(size.rows, quick ? 100 : 1000, classOf);
      found.push(await measure(device, features, labeled, budget));
    } else {
      note("round is left out on synthetic data: this device is too slow for it");
    }
    const real = await realRound(context, budget);
    if (real) found.push(real);
    if (found.length === 0) return undefined;
    return { tables: [tableOf(found)], values: { rounds: found } };
  },
};

async function realRound(
  { data, device, ceilings, note }: Context,
  budget: number,
): Promise<Found | undefined> {
  if (data === undefined) {
    note("round: no real data (--data DIR)");
    return undefined;
  }
  const [x, y] = REAL.map((name) => join(data, name));
  if (!await statusOf(x!) || !await statusOf(y!)) {
    note(`round: no real data in ${data} (${REAL.join(", ")})`);
    return undefined;
  }
  await using features = await openMatrix(x!);
  const { rows, columns } = features;
  if (estimateSeconds({ rows, columns, budget }, ceilings) > 2 * SECONDS) {
    note("round is left out on real data: this device is too slow for it");
    return undefined;
  }
  const labels = await openIntegers(y!);
  note(`round: ${REAL[0]}, ${rows} x ${columns}`);
  const labeled = firstRows(rows, 500, (row) => labels[row]!);
  return await measure(device, features, labeled, budget);
}

/** The first samples with their labels; the rows of the pool are in random order. */
function firstRows(rows: number, count: number, labelOf: (row: number) => number): Labeled {
  const indices = Array.from({ length: Math.min(rows, count) }, (_, i) => i);
  return { indices, labels: indices.map(labelOf) };
}

async function measure(
  device: Device,
  features: RowSource,
  labeled: Labeled,
  budget: number,
): Promise<Found> {
  const clock = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const start = performance.now();
    const result = await work();
    await device.idle();
    return [result, (performance.now() - start) / 1000];
  };
  // Compile the shaders of the training before anything is measured.
  const [loaded, load] = await clock(() => Pool.from(device, features, { scale: "standardize" }));
  using pool = loaded;
  (await trainHead(pool, labeled, { maxIterations: 2 }))[Symbol.dispose]();
  const [trained, train] = await clock(() => trainHead(pool, labeled));
  using head = trained;
  const [, predict] = await clock(async () => {
    for (const segment of pool.segments(65536)) {
      (await head.predict(device, segment))[Symbol.dispose]();
    }
  });
  const options = { fisher: "binary", predictor: head } as const;
  const known = Array.from(labeled.indices);
  const [, select] = await clock(() => runBait(pool, { ...options, labeled: known, budget }));
  return {
    name: features.name,
    rows: pool.rows,
    columns: pool.columns,
    labeled: known.length,
    budget,
    seconds: { load, train, predict, select },
    iterations: head.report!.iterations,
  };
}

function tableOf(found: readonly Found[]): Table {
  return {
    title: "One round: wall seconds of its parts",
    columns: ["pool", "n x d", "labeled", "B", "load", "train", "predict", "select", "round"],
    rows: found.map(({ name, rows, columns, labeled, budget, seconds }) => [
      name.replace(/^.*?([^/]+\/[^/]+)$/, "$1"),
      `${rows} x ${columns}`,
      labeled,
      budget,
      digits(seconds.load),
      digits(seconds.train),
      digits(seconds.predict),
      digits(seconds.select),
      digits(seconds.train + seconds.select),
    ]),
    notes: [
      "load: reading or making the features, standardizing them, bringing them to the device",
      "select predicts the pool by itself; round is train and select",
    ],
  };
}
