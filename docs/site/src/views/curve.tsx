/**
 * The accuracy against labels, with the curve of random labeling.
 *
 * @module
 */

import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { fail } from "../state/actions.ts";
import { text } from "../text.ts";
import type { CurvePoint } from "../worker/protocol.ts";

const HEIGHT = 240;

/** The two curves. */
export interface CurveProps {
  /** The curve of the project. */
  readonly curve: readonly CurvePoint[];
  /** The mean curve of random labeling. */
  readonly random: readonly CurvePoint[];
}

/** The chart. */
export function CurveChart({ curve, random }: CurveProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const empty = curve.length + random.length === 0;
  useEffect(() => {
    const element = place.current!;
    const stop = new AbortController();
    // The samples matter more at first: the chart is drawn when it has something to show.
    if (empty) return;
    void import("uplot").then(({ default: Plot }) => {
      if (stop.signal.aborted) return;
      const draw = () => {
        chart.current?.destroy();
        const data = chartData(latest.current);
        chart.current = new Plot(chartOptions(element.clientWidth), data, element);
      };
      draw();
      const resized = new ResizeObserver(() =>
        chart.current?.setSize({ width: element.clientWidth, height: HEIGHT })
      );
      resized.observe(element);
      const dark = matchMedia("(prefers-color-scheme: dark)");
      dark.addEventListener("change", draw, stop);
      stop.signal.addEventListener("abort", () => {
        resized.disconnect();
        chart.current?.destroy();
      });
    }).catch(fail);
    return () => stop.abort();
  }, [empty]);
  const latest = useRef<CurveProps>({ curve, random });
  latest.current = { curve, random };
  useEffect(() => chart.current?.setData(chartData({ curve, random })), [curve, random]);
  const last = curve.slice(-3).map(({ labels, accuracy }) => text.curvePoint(labels, accuracy));
  return (
    <figure class="curve">
      <figcaption>
        <h2>{text.curveTitle}</h2>
        <ul class="legend" aria-hidden="true">
          <li class="you">{text.curveYou}</li>
          {random.length > 0 && <li class="random">{text.curveRandom}</li>}
        </ul>
      </figcaption>
      <div ref={place} class="chart" role="img" aria-label={text.curveName(last.join(", "))} />
    </figure>
  );
}

/** The points of both curves on one axis. */
export function chartData({ curve, random }: CurveProps): uPlot.AlignedData {
  const mine = new Map(curve.map(({ labels, accuracy }) => [labels, 100 * accuracy]));
  const others = new Map(random.map(({ labels, accuracy }) => [labels, 100 * accuracy]));
  const labels = [...new Set([...mine.keys(), ...others.keys()])].sort((a, b) => a - b);
  return [
    labels,
    labels.map((count) => mine.get(count) ?? null),
    labels.map((count) => others.get(count) ?? null),
  ];
}

function chartOptions(width: number): uPlot.Options {
  const color = (name: string) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = {
    stroke: color("--soft"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_, __, most) => [0, Math.max(100, most ?? 0)] },
      y: { range: (_, least) => [Math.min(90, Math.floor((least ?? 50) / 10) * 10), 100] },
    },
    axes: [
      { ...axis, label: text.axisLabels, labelSize: 18, labelFont: axis.font, size: 30 },
      { ...axis, size: 44, values: (_, ticks) => ticks.map((tick) => `${tick} %`) },
    ],
    series: [
      {},
      {
        label: text.curveYou,
        stroke: color("--accent"),
        width: 2.5,
        points: { show: true, size: 6, fill: color("--accent") },
        spanGaps: true,
      },
      {
        label: text.curveRandom,
        stroke: color("--soft"),
        width: 1.5,
        dash: [5, 4],
        points: { show: false },
        spanGaps: true,
      },
    ],
  };
}
