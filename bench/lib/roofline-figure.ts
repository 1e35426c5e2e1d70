/**
 * The roofline: operations per second against operations per byte, below the measured ceilings of
 * the device (Williams, Waterman and Patterson 2009, "Roofline: An Insightful Visual Performance
 * Model for Multicore Architectures").
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import { type BenchReport, sourceOf } from "./report.ts";

interface Mark {
  readonly name: string;
  readonly group: string;
  /** Operations per byte. */
  readonly intensity: number;
  readonly GFLOPs: number;
}

const GROUPS = ["a pick of Creel", "a textbook pick", "a matrix product"];
const COLORS = ["#e4572e", "#4c78a8", "#59a14f"];

/** The specification of the figure; undefined if no report has picks or products. */
export function rooflineFigure(reports: readonly BenchReport[]): TopLevelSpec | undefined {
  const report = reports.find(({ subjects }) => subjects["bait-pick"] ?? subjects.matmul);
  if (!report) return undefined;
  const marks = [...picks(report), ...products(report)];
  const { copyGBs, matmulGFLOPs } = report.ceilings;
  const intensities = marks.map(({ intensity }) => intensity);
  const [least, most] = [Math.min(0.1, ...intensities) / 2, 2 * Math.max(100, ...intensities)];
  const knee = matmulGFLOPs / copyGBs;
  const roof = [least, knee, most].map((intensity) => ({
    intensity,
    GFLOPs: Math.min(matmulGFLOPs, intensity * copyGBs),
  }));
  const log = (title: string) => ({
    type: "quantitative",
    scale: { type: "log", nice: false, padding: 12 },
    axis: { title, format: "~r", tickCount: 6 },
  });
  const x = { field: "intensity", ...log("operations per byte") };
  const y = { field: "GFLOPs", ...log("GFLOP/s") };
  const color = {
    field: "group",
    type: "nominal",
    scale: { domain: GROUPS, range: COLORS },
    legend: { title: null, orient: "bottom" },
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 16,
    config: { font: "sans-serif", title: { anchor: "start" } },
    title: {
      text: `Below a copy of ${copyGBs.toFixed(1)} GB/s and a product of ${
        matmulGFLOPs.toFixed(0)
      } GFLOP/s`,
      subtitle: sourceOf(report),
    },
    width: 560,
    height: 360,
    layer: [
      {
        data: { values: roof },
        mark: { type: "line", color: "#888", strokeWidth: 2, aria: false },
        encoding: { x, y },
      },
      {
        data: { values: marks },
        mark: { type: "point", filled: true, size: 70, opacity: 1, aria: false },
        encoding: { x, y, color },
      },
      {
        data: { values: marks.filter(({ group }) => group !== GROUPS[2]) },
        mark: { type: "text", align: "left", dx: 8, fontSize: 11, aria: false },
        encoding: { x, y, text: { field: "name", type: "nominal" } },
      },
    ],
  } as TopLevelSpec;
}

function picks({ subjects }: BenchReport): Mark[] {
  return (subjects["bait-pick"]?.cases ?? []).flatMap((one) => {
    const { fisher, rows, columns, rank, D, creel, textbook } = one;
    const classes = D / (Math.ceil(columns / 8) * 8);
    // The product with X, and the update of G and H, of a rank r.
    const flops = rows * (4 * columns * rank * classes + 6 * rank * rank * (rank + 1)) +
      8 * rank * D ** 2;
    // Both products of the textbook form read X again; what they write between is not counted.
    const bytes = 2 * 4 * rows * columns;
    return [
      {
        name: fisher,
        group: GROUPS[0]!,
        intensity: flops / creel.bytes,
        GFLOPs: flops / creel.seconds / 1e9,
      },
      {
        name: fisher,
        group: GROUPS[1]!,
        intensity: textbook.flops / bytes,
        GFLOPs: textbook.GFLOPs,
      },
    ];
  });
}

function products({ subjects }: BenchReport): Mark[] {
  return (subjects.matmul?.products ?? []).map(({ name, GFLOPs, GBs }) => ({
    name,
    group: GROUPS[2]!,
    intensity: GFLOPs / GBs,
    GFLOPs,
  }));
}
