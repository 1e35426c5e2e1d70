/**
 * Learning curves from simulation runs: means over seeds, comparisons with random selection, and a
 * table of all points.
 *
 * @module
 */

import { areaUnderCurve } from "../metrics/area-under-curve.ts";
import {
  type Curve,
  type CurvePair,
  type LabelSavings,
  labelSavings,
  type RandomLabels,
  randomLabels,
} from "./label-savings.ts";
import type { Metric } from "./head.ts";
import type { SimulationRound, SimulationRun } from "./simulation.ts";
import { type Estimate, estimate, type Interval, interval } from "./statistics.ts";

/** A mean over seeds at one number of labels. */
export interface CurvePoint extends Interval {
  /** The number of labeled samples. */
  readonly labels: number;
}

/** The comparison of a strategy with random selection, paired by seed. */
export interface Comparison {
  /** The area under the curve minus that of random selection; negative is better for an error. */
  readonly aulc: Interval;
  /** The number of seeds in which the strategy was better. */
  readonly wins: number;
  /** The number of seeds in which both ran. */
  readonly seeds: number;
}

/** The summary of the runs of one strategy. */
export interface StrategySummary {
  /** The seeds, in ascending order. */
  readonly seeds: readonly number[];
  /** The area under the curve of the metric, divided by its span: the curve's mean height. */
  readonly aulc: Interval;
  /** The scores at each number of labels, by name. */
  readonly scores: Readonly<Record<string, readonly CurvePoint[]>>;
  /**
   * The comparison with random selection; absent for random selection itself and without runs of
   * the same seeds.
   */
  readonly versusRandom?: Comparison | undefined;
  /**
   * The labels that the strategy saves; absent if {@linkcode StrategySummary.versusRandom} is
   * absent.
   */
  readonly labelSavings?: LabelSavings | undefined;
  /** The labels that random selection needs for the scores of the strategy; absent likewise. */
  readonly randomLabels?: readonly RandomLabels[] | undefined;
  /** The balance of the labeled classes after the last round; absent for regression. */
  readonly classBalance?: Readonly<Record<"entropy" | "ratio" | "coverage", Estimate>> | undefined;
  /** The seconds that a whole run takes. */
  readonly seconds: { readonly selection: Estimate; readonly training: Estimate };
}

/** The runs of each strategy, by the name that curves show. */
export type RunsByName = ReadonlyMap<string, readonly SimulationRun[]>;

/** The learning curve of a run for one score. */
export function curveOf({ rounds }: SimulationRun, score: string): Curve {
  return {
    labels: rounds.map(({ labels }) => labels),
    scores: rounds.map(({ scores }) => scores[score]!),
  };
}

/**
 * Summarizes runs.
 *
 * @param runs the runs by name, at least one for each name, all with the same numbers of labels
 * @param metric the score that curves show
 * @param baselineOf returns the name of the random selection to compare a name with; by default
 * `random`
 */
export function summarize(
  runs: RunsByName,
  metric: Metric,
  baselineOf: (name: string) => string = () => "random",
): Record<string, StrategySummary> {
  const summaries: Record<string, StrategySummary> = {};
  for (const [name, own] of runs) {
    const baseline = baselineOf(name);
    const random = baseline === name ? [] : runs.get(baseline) ?? [];
    summaries[name] = summaryOf(own, random, metric);
  }
  return summaries;
}

function summaryOf(
  runs: readonly SimulationRun[],
  random: readonly SimulationRun[],
  metric: Metric,
): StrategySummary {
  const first = runs[0]!.rounds;
  const pairs: CurvePair[] = runs.flatMap((run) => {
    const other = random.find(({ seed }) => seed === run.seed);
    if (!other) return [];
    return [{ strategy: curveOf(run, metric.name), random: curveOf(other, metric.name) }];
  });
  const total = (part: (round: SimulationRound) => number) =>
    estimate(runs.map(({ rounds }) => rounds.reduce((sum, round) => sum + part(round), 0)));
  const ends = runs.flatMap(({ rounds }) => rounds.at(-1)!.balance ?? []);
  return {
    seeds: runs.map(({ seed }) => seed),
    aulc: interval(runs.map((run) => area(curveOf(run, metric.name)))),
    scores: Object.fromEntries(
      Object.keys(first[0]!.scores).map((score) => [
        score,
        first.map(({ labels }, point) => ({
          labels,
          ...interval(runs.map(({ rounds }) => rounds[point]!.scores[score]!)),
        })),
      ]),
    ),
    ...(pairs.length > 0 && {
      versusRandom: compare(pairs, metric),
      labelSavings: labelSavings(pairs, metric.rises),
      randomLabels: randomLabels(pairs, metric.rises),
    }),
    ...(ends.length > 0 && {
      classBalance: {
        entropy: estimate(ends.map(({ entropy }) => entropy)),
        ratio: estimate(ends.map(({ ratio }) => ratio)),
        coverage: estimate(ends.map(({ coverage }) => coverage)),
      },
    }),
    seconds: {
      selection: total(({ selectSeconds }) => selectSeconds),
      training: total(({ trainSeconds }) => trainSeconds),
    },
  };
}

function compare(pairs: readonly CurvePair[], { rises }: Metric): Comparison {
  const gains = pairs.map(({ strategy, random }) => area(strategy) - area(random));
  return {
    aulc: interval(gains),
    wins: gains.filter((gain) => rises ? gain > 0 : gain < 0).length,
    seeds: pairs.length,
  };
}

function area({ labels, scores }: Curve): number {
  return areaUnderCurve(labels, scores);
}

/** Formats all points of all runs as comma-separated values with a header. */
export function curvesCsv(runs: RunsByName): string {
  const rows: string[] = [];
  let heading: string | undefined;
  for (const [name, own] of runs) {
    for (const { seed, rounds } of own) {
      for (const { labels, scores, balance, trainSeconds, selectSeconds } of rounds) {
        const named = { ...scores, ...balance };
        heading ??= lineOf([
          ...["strategy", "seed", "labels", ...Object.keys(named)],
          ...["trainSeconds", "selectSeconds"],
        ]);
        rows.push(
          lineOf([name, seed, labels, ...Object.values(named), trainSeconds, selectSeconds]),
        );
      }
    }
  }
  return `${[heading, ...rows].join("\n")}\n`;
}

/** The cells of a line of CSV. */
function lineOf(cells: readonly unknown[]): string {
  return cells.map((cell) => typeof cell === "number" ? String(cell) : quote(String(cell)))
    .join(",");
}

/**
 * A cell of text. Spreadsheets run a text as a formula if it starts with one of the characters
 * below, so that an apostrophe comes before it, which they do not show.
 */
function quote(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
