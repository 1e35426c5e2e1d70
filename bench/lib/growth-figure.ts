/**
 * The time of a pick against the number of samples, on two logarithmic axes.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import { type BenchReport, sourceOf } from "./report.ts";

/** The forms, and their colors. */
const FORMS = [
  { key: "creel", name: "Creel", color: "#e4572e" },
  { key: "textbook", name: "textbook form, same device", color: "#4c78a8" },
  { key: "numpy", name: "textbook form, numpy", color: "#59a14f" },
] as const;

/** The specification of the figure; undefined if no report has the sweeps over n. */
export function growthFigure(reports: readonly BenchReport[]): TopLevelSpec | undefined {
  const report = reports.find(({ subjects }) => subjects.scale);
  if (!report) return undefined;
  const sweeps = report.subjects.scale!.sweeps.filter(({ by }) => by === "rows");
  const values = sweeps.flatMap(({ found }) =>
    found.flatMap((point) =>
      FORMS.flatMap(({ key, name }) => {
        const seconds = point[key];
        if (seconds === undefined) return [];
        return [{ n: point.rows, d: `d = ${point.columns}`, ms: 1000 * seconds, form: name }];
      })
    )
  );
  const shown = FORMS.filter(({ name }) => values.some(({ form }) => form === name));
  const widths = [...new Set(values.map(({ d }) => d))];
  // The lines of each width are labeled at their left ends.
  const firsts = shown.flatMap(({ name }) =>
    widths.map((width) => values.find(({ d, form }) => d === width && form === name))
  ).filter((point) => point !== undefined).filter(({ form }) => form !== "textbook form, numpy");
  const x = {
    field: "n",
    type: "quantitative",
    scale: { type: "log" },
    axis: { title: "samples, n", format: "~s", values: [1e3, 1e4, 1e5, 1e6] },
  };
  const y = {
    field: "ms",
    type: "quantitative",
    scale: { type: "log" },
    axis: { title: "ms a pick", format: "~r", tickCount: 6 },
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 16,
    config: { font: "sans-serif", title: { anchor: "start" } },
    title: {
      text: "Milliseconds a pick against the number of samples",
      subtitle: sourceOf(report),
    },
    width: 560,
    height: 360,
    data: { values },
    encoding: { x, y },
    layer: [
      {
        mark: { type: "line", strokeWidth: 2, point: { size: 40 }, aria: false },
        encoding: {
          color: {
            field: "form",
            type: "nominal",
            scale: {
              domain: shown.map(({ name }) => name),
              range: shown.map(({ color }) => color),
            },
            legend: { title: null, orient: "bottom", labelLimit: 300 },
          },
          strokeDash: {
            field: "d",
            type: "nominal",
            scale: { domain: widths, range: [[1, 0], [6, 4]] },
            legend: null,
          },
        },
      },
      {
        data: { values: firsts },
        mark: { type: "text", align: "left", dx: 10, dy: 10, aria: false },
        encoding: { text: { field: "d", type: "nominal" } },
      },
    ],
  } as TopLevelSpec;
}
