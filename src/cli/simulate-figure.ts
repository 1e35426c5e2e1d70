/**
 * Learning curves as a Vega-Lite specification: means over seeds with 95 % bands.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import type { StrategySummary } from "../learn/curves.ts";

/** What a score is called, and how it is shown. */
export interface Shown {
  /** For axes and headings. */
  readonly title: string;
  /** What values are multiplied with. */
  readonly factor: number;
}

/** How the score of the curves is shown. */
export function shownAs(metric: string): Shown {
  return metric === "accuracy"
    ? { title: "Test accuracy, in %", factor: 100 }
    : { title: "Test RMSE", factor: 1 };
}

/** Lays out the curves. */
export function drawCurves(
  summaries: Readonly<Record<string, StrategySummary>>,
  metric: string,
): TopLevelSpec {
  const { title, factor } = shownAs(metric);
  const names = Object.keys(summaries);
  const values = names.flatMap((strategy) =>
    summaries[strategy]!.scores[metric]!.map(({ labels, mean, low, high }) => ({
      strategy,
      labels,
      mean: factor * mean,
      low: factor * (metric === "accuracy" ? Math.max(0, low) : low),
      high: factor * (metric === "accuracy" ? Math.min(1, high) : high),
    }))
  );
  const seeds = Math.max(...names.map((name) => summaries[name]!.seeds.length));
  const x = { field: "labels", type: "quantitative", title: "Labels", scale: { zero: false } };
  const y = { type: "quantitative", title, scale: { zero: false } };
  const color = {
    field: "strategy",
    type: "nominal",
    sort: names,
    scale: { scheme: names.length > 10 ? "tableau20" : "tableau10" },
    // Otherwise the keys are as faint as the bands.
    legend: { title: null, symbolOpacity: 1, symbolType: "circle", labelLimit: 400 },
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
        mark: { type: "area", opacity: 0.15, aria: false },
        encoding: { y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        mark: { type: "line", strokeWidth: 2, point: { size: 18 }, aria: false },
        encoding: { y: { ...y, field: "mean" } },
      },
    ],
  } as TopLevelSpec;
}
