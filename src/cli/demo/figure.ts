/**
 * The figure of the demo as a Vega-Lite specification: the chosen digits, a map of the pool, and a
 * comparison of the batch with random ones.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import type { DemoComparison, DemoResult, Digits } from "./run.ts";
import { grayPng } from "./png.ts";

/** The number of pixels of a digit. */
const SIZE = 64;
/** The width of a digit, in pixels. */
const SIDE = 8;
/** The number of digits in a row of the figure. */
const ACROSS = 10;
/** The groups of samples on the map, in the order in which they are drawn. */
const GROUPS = ["pool", "random", "labeled", "BAIT"];
/** The colors of the groups. */
const COLORS = ["#d6d6d6", "#4c78a8", "#222222", "#e4572e"];
type Values = Record<string, string | number>[];

/** The specification of the figure. */
export function drawDemo(digits: Digits, result: DemoResult): TopLevelSpec {
  const { objective, accuracy, picks } = result;
  const runs = objective.random.length;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 16,
    config: { font: "sans-serif", view: { stroke: null }, title: { anchor: "start" } },
    hconcat: [
      digitGrid(`The ${picks.length} digits BAIT would label next`, imagesOf(digits, result)),
      {
        vconcat: [
          poolMap(mapOf(result)),
          strip("Objective trace(M⁻¹F), lower is better", comparisonOf(objective), runs),
          strip("Accuracy on 500 other digits, in %", comparisonOf(accuracy, 100), runs),
        ],
      },
    ],
  } as TopLevelSpec;
}

function digitGrid(title: string, values: Values) {
  const position = (field: string) => ({
    field,
    type: "quantitative",
    axis: null,
    scale: { domain: [-0.5, ACROSS - 0.5], nice: false, reverse: field === "row" },
  });
  const rows = Math.ceil(values.length / ACROSS);
  return {
    title: { text: title, subtitle: "in the order of the picks, with their true labels" },
    width: 460,
    height: 50 * rows,
    data: { values },
    encoding: {
      x: position("column"),
      y: { ...position("row"), scale: { domain: [-0.5, rows - 0.5], nice: false, reverse: true } },
    },
    layer: [
      {
        mark: { type: "image", width: 36, height: 36, aria: false },
        encoding: { url: { field: "image", type: "nominal" } },
      },
      {
        mark: { type: "text", dx: 17, dy: 15, fontSize: 10, color: "#e4572e", aria: false },
        encoding: { text: { field: "label", type: "nominal" } },
      },
    ],
  };
}

function poolMap(values: Values) {
  const position = (field: string) => ({
    field,
    type: "quantitative",
    axis: {
      title: field === "x" ? "first principal component" : "second",
      ticks: false,
      labels: false,
      grid: false,
    },
  });
  return {
    title: "The pool on its first two principal components",
    width: 460,
    height: 300,
    data: { values },
    mark: { type: "point", filled: true, aria: false },
    encoding: {
      x: position("x"),
      y: position("y"),
      color: {
        field: "group",
        type: "nominal",
        scale: { domain: GROUPS, range: COLORS },
        legend: { title: null, orient: "right" },
      },
      size: {
        field: "group",
        type: "nominal",
        scale: { domain: GROUPS, range: [12, 28, 60, 40] },
        legend: null,
      },
    },
  };
}

function strip(title: string, values: Values, runs: number) {
  return {
    title,
    width: 460,
    height: 50,
    data: { values },
    mark: { type: "point", filled: true, size: 90, opacity: 0.8, aria: false },
    encoding: {
      x: {
        field: "value",
        type: "quantitative",
        scale: { zero: false, nice: true, padding: 10 },
        axis: { title: null, grid: true, tickCount: 6 },
      },
      y: {
        field: "group",
        type: "nominal",
        sort: ["BAIT", `random, ${runs} batches`],
        title: null,
      },
      color: {
        field: "color",
        type: "nominal",
        scale: { domain: GROUPS, range: COLORS },
        legend: null,
      },
    },
  };
}

function imagesOf(digits: Digits, { pool, picks }: DemoResult): Values {
  return picks.map((pick, place) => {
    const row = pool[pick]!;
    const gray = digits.features.subarray(row * SIZE, (row + 1) * SIZE);
    return {
      column: place % ACROSS,
      row: Math.floor(place / ACROSS),
      image: grayPng(Uint8Array.from(gray, (level) => 255 * (1 - level)), SIDE),
      label: digits.labels[row]!,
    };
  });
}

function mapOf({ map, initial, picks, random }: DemoResult): Values {
  const group = new Map<number, string>();
  for (const index of random) group.set(index, "random");
  for (const index of initial) group.set(index, "labeled");
  for (const index of picks) group.set(index, "BAIT");
  const points = Array.from({ length: map.length / 2 }, (_, i) => ({
    x: map[2 * i]!,
    y: map[2 * i + 1]!,
    group: group.get(i) ?? "pool",
  }));
  // The most important group is drawn last, on top of the others.
  return points.sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group));
}

function comparisonOf({ bait, random }: DemoComparison, factor = 1): Values {
  return [
    { group: "BAIT", color: "BAIT", value: factor * bait },
    ...random.map((value) => ({
      group: `random, ${random.length} batches`,
      color: "random",
      value: factor * value,
    })),
  ];
}
