/**
 * A pool of the size of ImageNet in a file, 1,281,167 x 384 half floats, from the file to the
 * picks: `creel select` in a process of its own, whose memory the operating system measures. The
 * file is written as a stream and removed afterwards.
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDevice } from "../src/device/open.ts";
import { formatBytes } from "../src/device/tensor.ts";
import { DeviceError } from "../src/errors.ts";
import { Head } from "../src/head/head.ts";
import { saveHead } from "../src/head/save.ts";
import { npyHeader } from "../src/io/numpy/npy.ts";
import type { Subject } from "./lib/subject.ts";
import { synthetic } from "./lib/synthetic.ts";
import { digits, type Table } from "./lib/table.ts";

/** The number of samples without `--n`, of columns and of classes. */
const [ROWS, COLUMNS, CLASSES] = [1_281_167, 384, 1000];
/** How many samples are chosen. */
const BUDGET = 100;
/** What `--quick` uses instead. */
const QUICK = { rows: 3_000, budget: 3 } as const;
/** The rows that are generated at a time. */
const CHUNK_ROWS = 8_192;
/** The number of rows after which the synthetic features repeat, with small differences. */
const PERIOD = 2 * CHUNK_ROWS;

/** The memory that the device has besides its share of the pool, when the pool is streamed. */
const REST_BYTES = 300e6;

/** The result of a selection. */
interface MillionFindings {
  /** Whether the pool is held whole or streamed. */
  readonly name: string;
  readonly rows: number;
  readonly budget: number;
  /** The time from the start of the command to its end. */
  readonly seconds: number;
  /** The largest resident set of the process, if the system tells it. */
  readonly residentBytes: number | undefined;
  /** The size of the pool. */
  readonly poolBytes: number;
  /** The largest number of bytes in use on the device. */
  readonly deviceBytes: number;
  readonly picks: readonly number[];
}

/** The benchmark. */
export const million: Subject = {
  name: "million",
  summary: "From a file of 1,281,167 x 384 half floats to the picks; when requested",
  async run({ quick, requested, note, rows: chosen, device }) {
    if (!requested && !quick) {
      note("million is left out: --only million runs it, and --n 200000 on fewer samples");
      return undefined;
    }
    const { rows, budget } = quick ? QUICK : { rows: chosen ?? ROWS, budget: BUDGET };
    const poolBytes = 2 * rows * COLUMNS;
    const folder = await mkdtemp(join(tmpdir(), "creel-million-"));
    try {
      note(`million: writing ${formatBytes(poolBytes)} to ${folder}`);
      await writePool(join(folder, "pool.npy"), rows);
      await writeHead(join(folder, "head.safetensors"));
      const cases: MillionFindings[] = [];
      const [whole, part] = [8e9 + poolBytes, poolBytes / 2 + REST_BYTES];
      const ways = [["binary", whole], ["binary", part], ["classes", whole]] as const;
      for (const [fisher, memory] of ways) {
        const name = `${fisher}, ${memory === whole ? "held whole" : "streamed"}`;
        if (memory < whole && poolBytes < memory) {
          note("million: streamed is left out, as so few samples take less memory than the rest");
          continue;
        }
        note(`million: ${name}, n = ${rows}, B = ${budget}`);
        const flags = [
          "--memory",
          `${Math.ceil(memory / 1e6)}MB`,
          "--device",
          device.kind,
          "--fisher",
          fisher,
        ];
        const found = await select(folder, [...flags, "--budget", String(budget)]);
        cases.push({ name, rows, budget, poolBytes, ...found });
      }
      return { tables: [tableOf(cases)], values: { cases } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Writes synthetic features; memory holds only a few chunks of them. */
async function writePool(path: string, rows: number): Promise<void> {
  const period = Math.min(rows, PERIOD);
  const base = new Float32Array(period * COLUMNS);
  await synthetic({ rows: period, columns: COLUMNS, classes: CLASSES }).features.read(0, base);
  using file = await Deno.open(path, { write: true, create: true });
  const write = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  };
  await write(npyHeader("<f2", [rows, COLUMNS]));
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - first);
    const values = new Float32Array(count * COLUMNS);
    for (let i = 0; i < count; i++) {
      const from = (first + i) % period * COLUMNS;
      values.set(base.subarray(from, from + COLUMNS), i * COLUMNS);
      // Rows of different periods differ in eight numbers.
      for (let j = 0; j < 8; j++) {
        values[i * COLUMNS + (7 * (first + i) + 13 * j) % COLUMNS]! += Math.sin(first + i + j) / 2;
      }
    }
    await write(new Uint8Array(new Float16Array(values).buffer));
  }
}

/** Writes a linear head with seeded weights. */
async function writeHead(path: string): Promise<void> {
  using device = await openDevice({ device: "cpu", blas: false });
  const weight = new Float32Array(CLASSES * COLUMNS);
  await synthetic({ rows: CLASSES, columns: COLUMNS, classes: 1, seed: 2 }).features.read(
    0,
    weight,
  );
  const data = { data: weight, columns: COLUMNS };
  using head = await Head.of(device, { weight: data, bias: new Float32Array(CLASSES) });
  await Deno.writeFile(path, await saveHead(head));
}

/** Runs `creel select` in a process of its own. */
async function select(folder: string, flags: readonly string[]) {
  const program = join(import.meta.dirname!, "..", "src", "cli", "main.ts");
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--allow-all", program, "select"],
      ...[join(folder, "pool.npy"), "--head", join(folder, "head.safetensors")],
      ...["--storage", "f16", "--json", ...flags],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let residentBytes: number | undefined;
  const watch = setInterval(() => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      const kilobytes = status.match(/VmHWM:\s*(\d+)/)?.[1];
      if (kilobytes) residentBytes = 1024 * Number(kilobytes);
    } catch {
      // The system has no such files, or the process has ended.
    }
  }, 50);
  const { code, stdout } = await child.output();
  clearInterval(watch);
  if (code !== 0) throw new DeviceError(`The selection ended with status ${code}`);
  const report = JSON.parse(new TextDecoder().decode(stdout));
  const seconds = (performance.now() - start) / 1000;
  const { picks, peakBytes: deviceBytes } = report as { picks: number[]; peakBytes: number };
  return { seconds, residentBytes, deviceBytes, picks };
}

function tableOf(cases: readonly MillionFindings[]): Table {
  return {
    title: "From a file of half floats to the picks",
    columns: ["pool", "n", "B", "s", "size of the pool", "on the device", "whole process"],
    rows: cases.map(({ name, rows, budget, seconds, poolBytes, deviceBytes, residentBytes }) => [
      ...[name, rows, budget, digits(seconds), formatBytes(poolBytes), formatBytes(deviceBytes)],
      residentBytes === undefined ? "-" : formatBytes(residentBytes),
    ]),
    notes: [
      `s: the command from its start to its end; the head has ${CLASSES} classes`,
      "whole process: the largest resident set; where the CPU computes, the pool is part of it",
    ],
  };
}
