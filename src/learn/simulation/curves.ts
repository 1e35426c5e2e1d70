/**
 * Runs turned into curves: means over seeds, comparisons with random choice, and the table of all
 * points.
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

/** A mean over seeds at one label count. */
export interface CurvePoint extends Interval {
  /** How many samples were labeled. */
  readonly labels: number;
}

/** How a strategy compares with random choice, seed by seed. */
export interface Comparison {
  /** Its area under the curve minus random choice's; for an error, less is better. */
  readonly aulc: Interval;
  /** In how many seeds it was better. */
  readonly wins: number;
  /** In how many seeds both ran. */
  readonly seeds: number;
}

/** What a strategy's runs say. */
export interface StrategySummary {
  /** The seeds that ran, in order. */
  readonly seeds: readonly number[];
  /** The area under the curve of the metric, divided by its span: the curve's mean height. */
  readonly aulc: Interval;
  /** The scores at each label count, by name. */
  readonly scores: Readonly<Record<string, readonly CurvePoint[]>>;
  /** Against random choice; absent for itself, and where it did not run with the same seeds. */
  readonly versusRandom?: Comparison | undefined;
  /** What it saves; absent as {@linkcode StrategySummary.versusRandom}. */
  readonly labelSavings?: LabelSavings | undefined;
  /** What random choice needs to get where it is; absent likewise. */
  readonly randomLabels?: readonly RandomLabels[] | undefined;
  /** How even the labeled classes were at the end; absent for regression. */
  readonly classBalance?: Readonly<Record<"entropy" | "ratio" | "coverage", Estimate>> | undefined;
  /** Seconds of a whole run. */
  readonly seconds: { readonly selection: Estimate; readonly training: Estimate };
}

/** Runs of one strategy, under the name that curves show. */
export type RunsByName = ReadonlyMap<string, readonly SimulationRun[]>;

/** The curve of a run. */
export function curveOf({ rounds }: SimulationRun, score: string): Curve {
  return {
    labels: rounds.map(({ labels }) => labels),
    scores: rounds.map(({ scores }) => scores[score]!),
  };
}

/**
 * Summarizes runs.
 *
 * @param runs by name, each at least one, all with the same label counts
 * @param metric the score that curves show
 * @param baselineOf the name of random choice's runs to compare a name with; by default `random`
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

/** All points of all runs as comma-separated values with a heading. */
export function curvesCsv(runs: RunsByName): string {
  const rows: string[] = [];
  let heading: string | undefined;
  for (const [name, own] of runs) {
    for (const { seed, rounds } of own) {
      for (const { labels, scores, balance, trainSeconds, selectSeconds } of rounds) {
        const named = { ...scores, ...balance };
        heading ??= `strategy,seed,labels,${
          Object.keys(named).join(",")
        },trainSeconds,selectSeconds`;
        const values = [...Object.values(named), trainSeconds, selectSeconds];
        rows.push([quote(name), seed, labels, ...values].join(","));
      }
    }
  }
  return `${[heading, ...rows].join("\n")}\n`;
}

function quote(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
