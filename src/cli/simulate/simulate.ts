/**
 * `creel simulate`: compares strategies by simulating active learning on labeled data, every
 * strategy with every seed.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { InputError } from "../../errors.ts";
import {
  checkSizes,
  openSplit,
  sampleCount,
  type SimulationData,
} from "../../learn/simulation/data.ts";
import {
  simulate as runSimulation,
  type SimulationRun,
} from "../../learn/simulation/simulation.ts";
import type { Strategy } from "../../select/strategy/strategy.ts";
import { strategyText } from "../../select/strategy/strategy-text.ts";
import type { SimulationSettings } from "../../learn/simulation/simulation.ts";
import { type Command, textOf } from "../command.ts";
import { type Console, openConsole } from "../console.ts";
import { DEVICE_OPTIONS, deviceOf } from "../device.ts";
import { print } from "../output.ts";
import { asText } from "../strategy-options.ts";
import { DATA_OPTIONS, readSimulationData } from "./input.ts";
import {
  countOf,
  SIMULATION_OPTIONS,
  simulationSettings,
  storedSettings,
  strategiesOf,
} from "./options.ts";
import { writeReport } from "./write-report.ts";
import { inputFiles } from "../input-files.ts";
import { readRun, writeRun } from "./run-records.ts";
import type { FolderSettings } from "./settings-file.ts";
import { checkFolder, hashData, openFolder } from "./store.ts";
import { TimeLeft, timeLeftText } from "./time-left.ts";

/** The command `creel simulate`. */
export const simulateCommand: Command = {
  name: "simulate",
  summary: "Compare strategies by replaying active learning on labeled data",
  positionals: ["POOL"],
  options: {
    out: {
      value: "DIR",
      help: "Where the results go (required); the same command continues a run there",
    },
    force: { help: "Start over where DIR holds results of other settings" },
    ...DATA_OPTIONS,
    ...SIMULATION_OPTIONS,
    json: { help: "The summary as one JSON object on stdout instead of a table" },
    ...DEVICE_OPTIONS,
  },
  examples: [
    "creel simulate pool.npz --strategies bait-binary,margin,random --out results",
    "creel simulate pool.npy --labels labels.npy --test test.npy --test-labels test-labels.npy \\",
    "  --strategies bait-exp,random --rounds 10 --budget 50 --seeds 5 --out results",
  ],

  elsewhere(option) {
    const text = asText(option);
    return text && `write it into --strategies, as in "${text}"`;
  },

  async run([path], given) {
    const folder = textOf(given, "out");
    if (folder === undefined) throw new InputError("Missing --out: the folder for the results");
    const place = { force: given["force"] === true, inputs: inputFiles(path!, given) };
    await checkFolder(folder, place);
    const settings = simulationSettings(given);
    const seeds = countOf(given, "seeds", 10);
    const console = openConsole(given["quiet"] === true);
    const data = await readSimulationData(path!, given);
    const strategies = await strategiesOf(given, data);
    checkSizes(data, settings, settings);
    using device = await deviceOf(given, console);
    const stored = storedSettings(settings, await describe(data), device.kind);
    await using open = await openFolder(folder, stored, place);
    if (open.left !== undefined) {
      console.note(`Took over ${folder} from ${open.left}, which did not finish`);
    }
    const plan = { folder, stored: open.settings, strategies, seeds, settings };
    const runs = await runAll(device, data, plan, console);
    const named = new Map(
      strategies.map(strategyText).map((name) => [
        name,
        runs.filter(({ strategy }) => strategy === name),
      ]),
    );
    const report = await writeReport(folder, {
      runs: named,
      settings: [{ name: folder, settings: stored }],
    });
    console.note(`The curves and the report are in ${folder}`);
    await print(given["json"] === true ? report.json : report.text);
  },
};

/** The runs of a call. */
interface Plan {
  readonly folder: string;
  readonly stored: FolderSettings;
  readonly strategies: readonly Strategy[];
  readonly seeds: number;
  readonly settings: SimulationSettings;
}

async function describe(data: SimulationData) {
  const { pool, test, classes } = data;
  return {
    sha256: await hashData(data),
    rows: sampleCount(pool),
    columns: pool.columns,
    classes,
    testRows: test && sampleCount(test),
    several: pool.width !== undefined,
  };
}

/** Runs what has not been run yet, seed by seed, so that finished runs are always paired. */
async function runAll(
  device: Device,
  data: SimulationData,
  plan: Plan,
  console: Console,
): Promise<SimulationRun[]> {
  const { folder, stored, strategies, seeds, settings } = plan;
  const rounds = settings.rounds + 1;
  const progress = progressOf(console, strategies.length * seeds * rounds);
  const runs: SimulationRun[] = [];
  const missing: { strategy: Strategy; name: string; seed: number }[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    for (const strategy of strategies) {
      const name = strategyText(strategy);
      const run = await readRun(folder, { strategy: name, seed }, stored);
      if (run) {
        runs.push(run);
        progress.found(run);
      } else {
        missing.push({ strategy, name, seed });
        progress.left.expect(name, rounds);
      }
    }
  }
  if (runs.length > 0 && missing.length > 0) {
    console.note(
      `Going on in ${folder}: ${runs.length} of ${runs.length + missing.length} runs ` +
        "are there",
    );
  }
  try {
    for (let seed = 0; seed < seeds; seed++) {
      const open = missing.filter((one) => one.seed === seed);
      if (open.length === 0) continue;
      using split = await openSplit(device, data, seed, settings);
      for (const { strategy, name } of open) {
        const run = await runSimulation(split, strategy, seed, {
          ...settings,
          classes: data.classes,
        }, {
          signal: device.signal,
          onRound: () => progress.round(name),
        });
        await writeRun(folder, run, stored);
        runs.push(run);
      }
    }
  } catch (error) {
    console.clear();
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    throw new DOMException(
      `Interrupted: ${runs.length} of ${
        strategies.length * seeds
      } runs are in ${folder}, and the ` +
        "same command continues them",
      "AbortError",
    );
  }
  console.clear();
  return runs.sort((a, b) => a.seed - b.seed);
}

/** Shows the progress of the simulation and the estimated time that is left. */
function progressOf(console: Console, total: number) {
  const left = new TimeLeft();
  let done = 0;
  let last = performance.now();
  return {
    left,
    found({ strategy, rounds }: SimulationRun) {
      done += rounds.length;
      const seconds = rounds.reduce(
        (sum, { trainSeconds, selectSeconds }) => sum + trainSeconds + selectSeconds,
        0,
      );
      left.learn(strategy, seconds, rounds.length);
    },
    round(strategy: string) {
      const now = performance.now();
      left.done(strategy, (now - last) / 1000);
      last = now;
      console.progress(`simulating, ${timeLeftText(left.seconds())}`, ++done, total);
    },
  };
}
