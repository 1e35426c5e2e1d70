/**
 * The results of a simulation as a table, for the terminal and the page.
 *
 * @module
 */

import type { StrategySummary } from "../../learn/simulation/curves.ts";
import type { Metric } from "../../learn/simulation/head.ts";
import { visibleLine } from "../visible.ts";

/** A table of text in which the best cells of each column are marked. */
export interface ResultTable {
  /** The headings of the columns. */
  readonly headings: readonly string[];
  /** The rows, sorted by the area under the curve, the best first. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A cell of the table. */
export interface Cell {
  /** The text of the cell. */
  readonly text: string;
  /** Whether no other cell in the column is better. */
  readonly best: boolean;
}

/** The scores in headings. */
const HEADINGS = { accuracy: "Accuracy", meanAveragePrecision: "mAP", rmse: "RMSE" } as const;

interface Column {
  heading: string;
  text: (summary: StrategySummary) => string;
  /** The number to compare; larger is better. */
  rank?: (summary: StrategySummary) => number | undefined;
}

/** The table of the results. */
export function resultTable(
  summaries: Readonly<Record<string, StrategySummary>>,
  metric: Metric,
): ResultTable {
  const sign = metric.rises ? 1 : -1;
  const names = Object.keys(summaries).sort((a, b) =>
    sign * (summaries[b]!.aulc.mean - summaries[a]!.aulc.mean)
  );
  const columns = columnsOf(metric);
  const best = columns.map(({ rank }) =>
    rank && Math.max(...names.map((name) => rank(summaries[name]!) ?? -Infinity))
  );
  return {
    headings: ["Strategy", ...columns.map(({ heading }) => heading)],
    rows: names.map((name) => [
      { text: name, best: false },
      ...columns.map(({ text, rank }, at) => ({
        text: text(summaries[name]!),
        best: names.length > 1 && rank !== undefined && rank(summaries[name]!) === best[at] &&
          Number.isFinite(best[at]),
      })),
    ]),
  };
}

function columnsOf({ name, rises }: Metric): Column[] {
  const percent = name !== "rmse";
  const sign = rises ? 1 : -1;
  const show = (value: number) => percent ? (100 * value).toFixed(2) : value.toPrecision(4);
  const signed = (value: number) => `${value >= 0 ? "+" : ""}${show(value)}`;
  const unit = percent ? ", %" : "";
  const last = (summary: StrategySummary) => summary.scores[name]!.at(-1)!;
  return [
    {
      heading: `AULC${unit} (± SE)`,
      text: ({ aulc }) => `${show(aulc.mean)} ± ${show(aulc.se)}`,
      rank: ({ aulc }) => sign * aulc.mean,
    },
    {
      heading: "Against random [95 % CI]",
      text: ({ versusRandom: versus }) =>
        versus
          ? `${signed(versus.aulc.mean)} [${signed(versus.aulc.low)}, ${signed(versus.aulc.high)}]`
          : "",
    },
    {
      heading: "Better in",
      text: ({ versusRandom: versus }) => versus ? `${versus.wins} of ${versus.seeds} seeds` : "",
    },
    {
      heading: `${HEADINGS[name]} at the end${unit}`,
      text: (summary) => show(last(summary).mean),
      rank: (summary) => sign * last(summary).mean,
    },
    {
      heading: "Labels for random's end",
      text: ({ labelSavings: found }) =>
        found ? `${found.strategy.mean.toFixed(0)} of ${found.random.mean.toFixed(0)}` : "",
      rank: ({ labelSavings: found }) => found && -found.strategy.mean,
    },
    {
      heading: "Saved [95 % CI]",
      text: ({ labelSavings: found }) => {
        if (!found) return "";
        const { saved, unreached } = found;
        const never = unreached > 0 ? `, not reached in ${unreached}` : "";
        return `${saved.mean.toFixed(0)} [${saved.low.toFixed(0)}, ${
          saved.high.toFixed(0)
        }]${never}`;
      },
      rank: ({ labelSavings: found }) => found?.saved.mean,
    },
    ...(percent
      ? [{
        heading: "Class balance",
        text: ({ classBalance }: StrategySummary) => classBalance?.entropy.mean.toFixed(3) ?? "",
        rank: ({ classBalance }: StrategySummary) => classBalance?.entropy.mean,
      }]
      : []),
    {
      heading: "Selection, s",
      text: ({ seconds }) => seconds.selection.mean.toFixed(1),
    },
    {
      heading: "Training, s",
      text: ({ seconds }) => seconds.training.mean.toFixed(1),
    },
  ];
}

/** Formats the table as plain text in columns. */
export function plainTable({ headings, rows }: ResultTable): string {
  // Names come from records of runs, which may be those of others.
  const lines = [headings, ...rows.map((row) => row.map(({ text }) => visibleLine(text)))];
  const widths = headings.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  return lines.map((line) => line.map((text, at) => text.padEnd(widths[at]!)).join("  ").trimEnd())
    .join("\n");
}
