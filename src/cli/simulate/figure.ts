/**
 * Learning curves as a Vega-Lite specification: means over seeds with 95 % confidence bands.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import type { StrategySummary } from "../../learn/simulation/curves.ts";

/** The presentation of a score. */
export interface Shown {
  /** The title of axes and columns. */
  readonly title: string;
  /** The factor that values are multiplied by. */
  readonly factor: number;
}

/** The presentation of the score of the curves. */
export function shownAs(metric: string): Shown {
  if (metric === "rmse") return { title: "Test RMSE", factor: 1 };
  const name = metric === "accuracy" ? "accuracy" : "mean average precision";
  return { title: `Test ${name}, in %`, factor: 100 };
}

/** The ten colors of Tableau. */
const COLORS = [
  ...["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f"],
  ...["#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#bab0ac"],
];
/** The dash patterns of the first ten curves, the next ten, and so on. */
const DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2]];

/** The specification of the curves. */
export function drawCurves(
  summaries: Readonly<Record<string, StrategySummary>>,
  metric: string,
): TopLevelSpec {
  const { title, factor } = shownAs(metric);
  // The best first, as in the table.
  const share = metric !== "rmse";
  const sign = share ? -1 : 1;
  const aulc = (name: string) => sign * summaries[name]!.aulc.mean;
  const names = Object.keys(summaries).sort((a, b) => aulc(a) - aulc(b));
  const values = names.flatMap((strategy) =>
    summaries[strategy]!.scores[metric]!.map(({ labels, mean, low, high }) => ({
      strategy,
      labels,
      mean: factor * mean,
      low: factor * (share ? Math.max(0, low) : low),
      high: factor * (share ? Math.min(1, high) : high),
    }))
  );
  const seeds = Math.max(...names.map((name) => summaries[name]!.seeds.length));
  const x = { field: "labels", type: "quantitative", title: "Labels", scale: { zero: false } };
  const y = { type: "quantitative", title, scale: { zero: false } };
  const many = names.length > COLORS.length;
  const color = {
    field: "strategy",
    type: "nominal",
    scale: { domain: names, range: names.map((_, i) => COLORS[i % COLORS.length]) },
    legend: {
      title: null,
      // Without this the symbols of the legend are as faint as the bands.
      symbolOpacity: 1,
      symbolType: many ? "stroke" : "circle",
      symbolSize: many ? 400 : 100,
      labelLimit: 400,
    },
  };
  // More than ten curves need dash patterns, too.
  const strokeDash = {
    field: "strategy",
    type: "nominal",
    scale: {
      domain: names,
      range: names.map((_, i) => DASHES[Math.floor(i / COLORS.length) % DASHES.length]),
    },
    legend: many ? { title: null } : null,
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 16,
    config: { font: "sans-serif", title: { anchor: "start" } },
    title: {
      text: "Learning curves",
      subtitle: seeds > 1
        ? `mean of ${seeds} seeds, with 95 % confidence bands`
        : "one seed, so without bands",
    },
    width: 720,
    height: 420,
    data: { values },
    encoding: { x, color },
    layer: [
      {
        mark: { type: "area", opacity: many ? 0.05 : 0.15, aria: false },
        encoding: { y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        mark: { type: "line", strokeWidth: 2, point: { size: 18 }, aria: false },
        encoding: { y: { ...y, field: "mean" }, strokeDash },
      },
    ],
  } as TopLevelSpec;
}
