/**
 * Training of the linear head, on WebGPU and with the CPU twins.
 *
 * @module
 */

import type { Device, ProfileRow } from "../src/device/device.ts";
import { openDevice } from "../src/device/open.ts";
import { trainHead } from "../src/head/train-head.ts";
import { Pool } from "../src/pool/pool.ts";
import type { Context, Subject } from "./lib/subject.ts";
import { synthetic, type SyntheticSize } from "./lib/synthetic.ts";
import { digits } from "./lib/table.ts";
import { type Measured, timeWhole } from "./lib/timing.ts";

/** The pool to measure. */
const SIZE: SyntheticSize = { rows: 10_000, columns: 384, classes: 10 };
/** A small pool, for `--quick`. */
const QUICK: SyntheticSize = { rows: 300, columns: 16, classes: 4 };
/** The same work for both devices; the default tolerance of the CPU would need more iterations. */
const TRAINING = { tolerance: 1e-5, maxIterations: 50 };

interface Found {
  readonly device: string;
  readonly wall: Measured;
  readonly deviceSeconds: number | undefined;
  readonly kernels: readonly ProfileRow[];
  readonly iterations: number;
  readonly evaluations: number;
  readonly loss: number;
}

/** The benchmark. */
export const head: Subject = {
  name: "head",
  summary: "Training the linear head, on this device and on the CPU twins",
  async run({ device, quick, note }) {
    const size = quick ? QUICK : SIZE;
    const { rows, columns, classes } = size;
    const found: Found[] = [];
    note(`head: ${device.name}, ${rows} x ${columns}, K = ${classes}`);
    found.push(await measure(device, size, quick));
    if (device.kind !== "cpu") {
      using cpu = await openDevice({ device: "cpu" });
      note(`head: ${cpu.name}`);
      found.push(await measure(cpu, size, quick));
    }
    return {
      tables: [{
        title: `Training the linear head: ${rows} x ${columns}, K = ${classes}, all labeled`,
        columns: [
          "device",
          "wall s",
          "device s",
          "ms an evaluation",
          "iterations",
          "evaluations",
          "loss",
        ],
        rows: found.map(({ device, wall, deviceSeconds, iterations, evaluations, loss }) => [
          device,
          digits(wall.seconds),
          deviceSeconds === undefined ? "-" : digits(deviceSeconds),
          digits(1000 * wall.seconds / evaluations),
          iterations,
          evaluations,
          loss.toPrecision(6),
        ]),
        notes: [`at most ${TRAINING.maxIterations} iterations, or until the tolerance of 1e-5`],
      }],
      values: { size, found },
    };
  },
};

async function measure(
  device: Device,
  size: SyntheticSize,
  quick: Context["quick"],
): Promise<Found> {
  const { features, classOf } = synthetic(size);
  using pool = await Pool.from(device, features, { scale: "standardize" });
  const indices = Array.from({ length: size.rows }, (_, i) => i);
  // A tenth of the labels are wrong; without that the minimum would be out of reach.
  const labels = indices.map((i) => i % 10 === 0 ? i % size.classes : classOf(i));
  const train = async () => {
    using head = await trainHead(pool, { indices, labels }, TRAINING);
    await device.idle();
    return head.report!;
  };
  const { result, rows } = await device.profile(train);
  const wall = await timeWhole(train, {
    seconds: 0,
    repetitions: quick ? 1 : 3,
    budget: 60,
  });
  const times = rows.map(({ milliseconds }) => milliseconds);
  return {
    device: device.name,
    wall,
    deviceSeconds: times.every((time) => time !== undefined)
      ? times.reduce((sum, time) => sum + time!, 0) / 1000
      : undefined,
    kernels: rows,
    iterations: result.iterations,
    evaluations: result.evaluations!,
    loss: result.loss!,
  };
}
