/**
 * Writes the results of a simulation: the points, the summary, the curves and the page.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { writeFiles } from "../../io/output.ts";
import {
  curvesCsv,
  type RunsByName,
  type StrategySummary,
  summarize,
} from "../../learn/simulation/curves.ts";
import { type Metric, METRICS } from "../../learn/simulation/head.ts";
import type { SimulationRun } from "../../learn/simulation/simulation.ts";
import { drawSvg } from "../svg.ts";
import { drawCurves } from "./figure.ts";
import { reportPage } from "./page.ts";
import { type StoredSettings, taskOf } from "./settings-file.ts";
import type { REPORT_FILES } from "./store.ts";
import { plainTable, type ResultTable, resultTable } from "./table.ts";

/** The simulations in a report. */
export interface ReportInput {
  /** The runs by the names that the report shows. */
  readonly runs: RunsByName;
  /** The settings of each folder. */
  readonly settings: readonly { readonly name: string; readonly settings: StoredSettings }[];
  /** Returns the name of the random selection to compare a name with. */
  readonly baselineOf?: ((name: string) => string) | undefined;
}

/** A report as text. */
export interface Report {
  /** The contents of `summary.json`. */
  readonly json: string;
  /** The table for the terminal. */
  readonly text: string;
}

/** The contents of `summary.json`. */
export interface Summary {
  /** The name of the score that curves show. */
  readonly metric: Metric["name"];
  /** The settings: of one simulation, or by folder. */
  readonly settings: StoredSettings | Readonly<Record<string, StoredSettings>>;
  /** The summary of each strategy, with the scores at each number of labels by their names. */
  readonly strategies: Readonly<Record<string, Omit<StrategySummary, "scores">>>;
}

/**
 * Writes the four files of a report to a folder, which is made; earlier ones are replaced.
 *
 * @throws {InputError} if the runs were measured by different scores, or a file cannot be written
 */
export async function writeReport(folder: string, input: ReportInput): Promise<Report> {
  const { runs, settings, baselineOf } = input;
  checkScores(runs);
  const metric = METRICS[taskOf(settings[0]!.settings)];
  const strategies = summarize(runs, metric, baselineOf);
  const table: ResultTable = resultTable(strategies, metric);
  const summary: Summary = {
    metric: metric.name,
    settings: settings.length === 1
      ? settings[0]!.settings
      : Object.fromEntries(settings.map((one) => [one.name, one.settings])),
    strategies: Object.fromEntries(
      Object.entries(strategies).map(([name, { seeds, aulc, scores, ...rest }]) => [
        name,
        { seeds, aulc, ...scores, ...rest },
      ]),
    ),
  };
  const svg = await drawSvg(drawCurves(strategies, metric.name));
  const json = `${JSON.stringify(summary, null, 2)}\n`;
  const contents: Record<typeof REPORT_FILES[number], string> = {
    "curves.csv": curvesCsv(runs),
    "summary.json": json,
    "curves.svg": svg,
    "report.html": reportPage({ svg, table, settings }),
  };
  await writeFiles(folder, contents, { force: true });
  return { json, text: `${plainTable(table)}\n` };
}

/** Checks that all runs were measured by the same scores, which one version of Creel does. */
function checkScores(runs: RunsByName): void {
  const all = [...runs.values()].flat();
  const scoresOf = ({ rounds }: SimulationRun) => Object.keys(rounds[0]!.scores).join(", ");
  const other = all.find((run) => scoresOf(run) !== scoresOf(all[0]!));
  if (!other) return;
  throw new InputError(
    `Cannot compare ${all[0]!.strategy} and ${other.strategy}: the one was measured by ` +
      `${scoresOf(all[0]!)}, the other by ${scoresOf(other)}`,
  );
}
