/**
 * The soak test: one process labels, trains, selects, saves and loads for an hour, and must not
 * grow. Each round opens a pool of the digits, loads the learner that the last round saved, asks
 * for a batch, labels it, evaluates the head, saves the learner and its head, and disposes of them.
 * After twelve rounds the device is disposed of, too, and a new learner starts on another one.
 *
 *     deno task soak                              an hour, on WebGPU if there is an adapter
 *     deno task soak --minutes 5 --device cpu
 *
 * The memory, the threads and the open files of the process are compared between the third quarter
 * of the rounds, when it has warmed up, and the last. Exit status 1 if one of them grew.
 *
 * @module
 */

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { ActiveLearner, loadHead, openDevice, Pool, saveHead } from "../mod.ts";
import type { Device } from "../src/device/device.ts";
import type { DeviceChoice } from "../src/device/open.ts";
import { openDataset } from "../src/io/dataset.ts";
import { loadLearner, saveLearner } from "../src/learn/learner/save-file.ts";

/** What one round left behind. */
export interface Usage {
  /** Resident memory in bytes. */
  readonly memory: number;
  /** Threads of the process; 0 where the system does not tell. */
  readonly threads: number;
  /** Open files of the process; 0 where the system does not tell. */
  readonly files: number;
}

/** The growth that is allowed between the third quarter of the rounds and the last. */
const ALLOWED: Readonly<Record<keyof Usage, number>> = { memory: 1.1, threads: 1.25, files: 1 };

/** The least number of rounds that tell growth from warming up. */
const LEAST_ROUNDS = 200;

/** Batches in the life of a learner and its device. */
const BATCHES = 12;

async function usage(): Promise<Usage> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const files = await readdir("/proc/self/fd").catch(() => []);
  return {
    memory: process.memoryUsage().rss,
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1] ?? 0),
    files: files.length,
  };
}

/** The digits, with their labels. */
const DIGITS = join(import.meta.dirname!, "..", "docs", "data", "digits.npz");

/** One round; returns the number of labels. */
async function round(device: Device, folder: string, fresh: boolean): Promise<number> {
  await using dataset = await openDataset(DIGITS);
  const labels = dataset.labels!;
  using pool = await Pool.from(device, dataset.features);
  const path = join(folder, "digits.creel");
  const settings = { strategy: "bait(fisher=binary)", classes: 10, seed: 1 } as const;
  using learner = fresh
    ? await ActiveLearner.create(pool, settings)
    : await loadLearner(path, pool, settings);
  const { picks } = await learner.suggest(5);
  learner.label(picks, picks.map((index) => labels[index]!));
  await learner.evaluate(pool, labels);
  using head = await loadHead(device, await saveHead(await learner.head()));
  await head.probabilities(dataset.features);
  saveLearner(learner, path, { force: true });
  return learner.labels.length;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      minutes: { type: "string", default: "60" },
      device: { type: "string", default: "auto" },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    console.error(`Option --minutes must be a number above 0: found ${values.minutes}`);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), "creel-soak-"));
  const measured: Usage[] = [];
  try {
    const end = performance.now() + minutes * 60_000;
    while (performance.now() < end || measured.length < BATCHES) {
      using device = await openDevice({ device: values.device as DeviceChoice });
      for (let batch = 0; batch < BATCHES; batch++) {
        const labels = await round(device, folder, batch === 0);
        measured.push(await usage());
        const { length } = measured;
        if (length % 25 === 1) console.log(textOf(length, measured.at(-1)!), `${labels} labels`);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  for (const line of changes(measured)) console.log(line);
  const grown = growth(measured);
  if (measured.length < LEAST_ROUNDS) console.log("Too few rounds to tell growth from warming up");
  console.log(`${measured.length} rounds, ${grown.length === 0 ? "nothing grew" : "growth"}`);
  return grown.length === 0 ? 0 : 1;
}

type Resource = keyof Usage;

const RESOURCES: readonly Resource[] = ["memory", "threads", "files"];

/** The median usage after the warm-up, which is half of the rounds, and at the end. */
function ends(measured: readonly Usage[], what: Resource): readonly [number, number] {
  const quarter = Math.ceil(measured.length / 4);
  const [before, after] = [measured.slice(2 * quarter, 3 * quarter), measured.slice(-quarter)];
  const median = (values: readonly Usage[]) =>
    values.map((one) => one[what]).sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return [median(before.length > 0 ? before : after), median(after)];
}

/** What grew, if there were enough rounds to tell. */
export function growth(measured: readonly Usage[]): Resource[] {
  if (measured.length < LEAST_ROUNDS) return [];
  return RESOURCES.filter((what) => {
    const [first, last] = ends(measured, what);
    return last > first * ALLOWED[what];
  });
}

function changes(measured: readonly Usage[]): string[] {
  const grown = growth(measured);
  return RESOURCES.map((what) => {
    const [unit, name] = what === "memory" ? [2 ** 20, " MB"] : [1, ""];
    const [first, last] = ends(measured, what).map((value) => (value / unit).toFixed(0));
    return `${what}: ${first}, then ${last}${name}${grown.includes(what) ? ": it grew" : ""}`;
  });
}

function textOf(round: number, { memory, threads, files }: Usage): string {
  const size = `${(memory / 2 ** 20).toFixed(0)} MB`;
  return `round ${round}: ${size}, ${threads} threads, ${files} open files,`;
}

if (import.meta.main) process.exitCode = await main();
