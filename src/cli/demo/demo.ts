/**
 * `creel demo`: active learning on handwritten digits. A linear head is trained on a few labels,
 * BAIT chooses the next samples, and a figure compares them with random ones.
 *
 * @module
 */

import { join } from "node:path";
import { formatBytes } from "../../device/tensor.ts";
import { statusOf } from "../../io/file.ts";
import { checkOutputFolder, writeFiles } from "../../io/output.ts";
import { type Command, type Given, integerOf, textOf } from "../command.ts";
import { openConsole } from "../console.ts";
import { DEVICE_OPTIONS, deviceOf } from "../device.ts";
import { print } from "../output.ts";
import { checkOwnFile } from "../own-files.ts";
import { drawDemo } from "./figure.ts";
import { demoPage } from "./page.ts";
import { type DemoResult, type Digits, loadDigits, runDemo } from "./run.ts";
import { drawSvg } from "../svg.ts";

/** The default folder of the results. */
const FOLDER = "creel-demo";

/** The files of the results. */
const FILES = ["demo.svg", "demo.html"] as const;

/** The command `creel demo`. */
export const demoCommand: Command = {
  name: "demo",
  summary: "Let BAIT choose the next 100 handwritten digits, and draw why that beats chance",
  positionals: [],
  options: {
    out: {
      value: "DIR",
      fallback: `${FOLDER}, or the next free ${FOLDER}-N`,
      help: "Where the picture and the page go",
    },
    force: { help: "Replace the files of an earlier demo in --out" },
    budget: { value: "B", fallback: "100", help: "How many digits BAIT chooses" },
    seed: { value: "N", fallback: "0", help: "Seed of the split and of the random batches" },
    json: { help: "One JSON object on stdout instead of lines" },
    ...DEVICE_OPTIONS,
  },
  examples: ["creel demo", "creel demo --budget 50 --out /tmp/digits"],

  async run(_positionals, given) {
    const console = openConsole(given["quiet"] === true);
    const folder = await folderOf(given);
    const digits = await loadDigits();
    using device = await deviceOf(given, console);
    console.note(`Choosing digits on ${device.name}`);
    const result = await runDemo(device, digits, {
      budget: integerOf(given, "budget") ?? 100,
      seed: integerOf(given, "seed") ?? 0,
      onProgress: console.progress,
    });
    console.clear();
    await writeDemo(digits, result, {
      folder,
      force: given["force"] === true,
      json: given["json"] === true,
      peakBytes: device.memory.peak,
    });
  },
};

/** Where and how the results of the demo are shown. */
export interface DemoOutput {
  /** The folder of the picture and the page, which is created. */
  readonly folder: string;
  /** Whether the files of an earlier demo may be replaced. */
  readonly force: boolean;
  /** Whether JSON is printed instead of lines. */
  readonly json: boolean;
  /** The largest allocation on the device, in bytes. */
  readonly peakBytes: number;
}

/** Draws the results, writes the picture and the page, and prints the numbers. */
export async function writeDemo(
  digits: Digits,
  result: DemoResult,
  { folder, force, json, peakBytes }: DemoOutput,
): Promise<void> {
  const svg = await drawSvg(drawDemo(digits, result));
  const files = { "demo.svg": svg, "demo.html": demoPage(svg, result) };
  await writeFiles(folder, files, { force });
  await print(
    json ? report(result, folder, peakBytes) : summary(result, folder, formatBytes(peakBytes)),
  );
}

/**
 * The folder to write to: that of --out, whose files must not exist without --force, or the next
 * free default folder.
 */
async function folderOf(given: Given): Promise<string> {
  const folder = textOf(given, "out") ?? await freeFolder();
  await checkOutputFolder(folder);
  if (!(await statusOf(folder))) return folder;
  for (const name of FILES) {
    await checkOwnFile(join(folder, name), { force: given["force"] === true, inputs: [] });
  }
  return folder;
}

/** The first default folder that does not exist. */
async function freeFolder(): Promise<string> {
  for (let n = 1;; n++) {
    const folder = n === 1 ? FOLDER : `${FOLDER}-${n}`;
    if (!(await statusOf(folder))) return folder;
  }
}

/** The results as JSON; picks are rows of digits.npz. */
function report(result: DemoResult, folder: string, peakBytes: number): string {
  const { device, pool, picks, seconds, objective, accuracy } = result;
  return `${
    JSON.stringify({
      adapter: device,
      picks: picks.map((pick) => pool[pick]),
      seconds,
      peakBytes,
      objective,
      accuracy,
      files: FILES.map((name) => join(folder, name)),
    })
  }\n`;
}

function summary(result: DemoResult, folder: string, peak: string): string {
  const { device, picks, candidates, seconds, objective, accuracy, initial } = result;
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const runs = objective.random.length;
  return [
    `BAIT chose ${picks.length} of ${candidates} unlabeled digits in ${seconds.toFixed(1)} s on ` +
    `${device} (peak ${peak}).`,
    "",
    `                           before    BAIT      random (mean of ${runs})`,
    `Objective, lower is better ${objective.before.toFixed(3).padEnd(9)} ` +
    `${objective.bait.toFixed(3).padEnd(9)} ${mean(objective.random).toFixed(3)}`,
    `Accuracy on 500 digits     ${percent(accuracy.before).padEnd(9)} ` +
    `${percent(accuracy.bait).padEnd(9)} ${percent(mean(accuracy.random))}`,
    "",
    `The head started from ${initial.length} labels. The picture: ${join(folder, "demo.svg")}`,
    `The page, for a browser: ${join(folder, "demo.html")}`,
    "",
  ].join("\n");
}
