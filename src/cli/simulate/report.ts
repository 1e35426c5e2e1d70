/**
 * `creel report`: merges the results of several simulations.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { statusOf } from "../../io/file.ts";
import { checkOutputFolder } from "../../io/output.ts";
import type { SimulationRun } from "../../learn/simulation/simulation.ts";
import { type Command, type Given, textOf } from "../command.ts";
import { openConsole } from "../console.ts";
import { print } from "../output.ts";
import { writeReport } from "./write-report.ts";
import { readRuns } from "./run-records.ts";
import { differences, readSettings, type StoredSettings } from "./settings-file.ts";
import { checkReportFiles } from "./store.ts";

/** The settings that simulations in one figure must share. */
const SHARED = [
  ...["version", "data", "rows", "columns", "classes", "testRows", "testShare", "subset"],
  ...["initial", "rounds", "budget"],
];

/** The command `creel report`. */
export const reportCommand: Command = {
  name: "report",
  summary: "Put the results of simulations together: curves, a table, a page",
  positionals: ["DIR..."],
  options: {
    out: { value: "DIR", fallback: "DIR, if there is one", help: "Where the report goes" },
    force: { help: "Replace a report in --out" },
    json: { help: "The summary as one JSON object on stdout instead of a table" },
  },
  examples: ["creel report results", "creel report linear mlp --out both"],

  async run(folders, given) {
    const console = openConsole(given["quiet"] === true);
    const simulations = await Promise.all(folders.map(openSimulation));
    const settings = simulations.map(({ name, settings }) => ({ name, settings }));
    checkShared(settings);
    const { runs, baselineOf } = merge(simulations);
    const out = await outOf(folders, given);
    const written = await writeReport(out, { runs, settings, baselineOf });
    console.note(`The curves and the report are in ${out}`);
    await print(given["json"] === true ? written.json : written.text);
  },
};

/** A finished or unfinished simulation. */
interface Simulation {
  readonly name: string;
  readonly settings: StoredSettings;
  readonly runs: readonly SimulationRun[];
}

async function openSimulation(folder: string): Promise<Simulation> {
  if (!(await statusOf(folder))?.isDirectory()) {
    throw new InputError(`Cannot read ${folder}: there is no such folder`);
  }
  const found = await readSettings(folder);
  if (!found) {
    throw new InputError(`Cannot read ${folder}: it holds no simulation (no settings.json)`);
  }
  const runs = await readRuns(folder, found);
  if (runs.length === 0) throw new InputError(`Cannot report on ${folder}: no run has finished`);
  return { name: folder, settings: found.settings, runs };
}

function checkShared(all: readonly Pick<Simulation, "name" | "settings">[]): void {
  const first = all[0]!;
  for (const { name, settings } of all) {
    const differs = differences(first.settings, settings).find((key) => SHARED.includes(key));
    if (differs === undefined) continue;
    throw new InputError(
      `Cannot put ${first.name} and ${name} together: ${differs} is ` +
        `${first.settings[differs]} in the one and ${settings[differs]} in the other`,
    );
  }
}

/**
 * The runs by name. The name of a strategy that ran with different settings includes the settings.
 */
function merge(simulations: readonly Simulation[]) {
  const first = simulations[0]!.settings;
  const differing = [
    ...new Set(simulations.flatMap(({ settings }) => differences(first, settings))),
  ];
  const suffixOf = ({ settings }: Simulation) =>
    differing.map((key) => `${key}=${settings[key] ?? "none"}`).join(", ");
  const suffixes = new Map<string, Set<string>>();
  for (const simulation of simulations) {
    for (const { strategy } of simulation.runs) {
      const known = suffixes.get(strategy) ?? new Set();
      suffixes.set(strategy, known.add(suffixOf(simulation)));
    }
  }
  const nameOf = (strategy: string, suffix: string) =>
    (suffixes.get(strategy)?.size ?? 0) > 1 ? `${strategy} [${suffix}]` : strategy;
  const runs = new Map<string, SimulationRun[]>();
  const baselines = new Map<string, string>();
  for (const simulation of simulations) {
    const suffix = suffixOf(simulation);
    for (const run of simulation.runs) {
      const name = nameOf(run.strategy, suffix);
      const own = runs.get(name) ?? [];
      // The same run may be in two folders.
      if (!own.some(({ seed }) => seed === run.seed)) own.push(run);
      runs.set(name, own.sort((a, b) => a.seed - b.seed));
      baselines.set(name, nameOf("random", suffix));
    }
  }
  return { runs, baselineOf: (name: string) => baselines.get(name) ?? "random" };
}

/** The folder of the report: that of --out, or the only folder that was given. */
async function outOf(folders: readonly string[], given: Given): Promise<string> {
  const named = textOf(given, "out");
  if (named === undefined && folders.length > 1) {
    throw new InputError("Missing --out: the folder for the report on several simulations");
  }
  const out = named ?? folders[0]!;
  await checkOutputFolder(out);
  const force = named === undefined || given["force"] === true;
  await checkReportFiles(out, { force, inputs: [] });
  return out;
}
