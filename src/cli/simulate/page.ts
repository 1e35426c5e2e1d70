/**
 * The report of a simulation: one HTML file without dependencies.
 *
 * @module
 */

import { escapeHtml, PAGE_STYLE } from "../html.ts";
import type { ResultTable } from "./table.ts";
import type { StoredSettings } from "./settings-file.ts";

/** The parts of the page. */
export interface ReportParts {
  /** The learning curves as SVG. */
  readonly svg: string;
  /** The table of results. */
  readonly table: ResultTable;
  /** The name and the settings of each simulation. */
  readonly settings: readonly { readonly name: string; readonly settings: StoredSettings }[];
}

/** The page as HTML. */
export function reportPage({ svg, table, settings }: ReportParts): string {
  const { headings, rows } = table;
  const head = headings.map((text) => `<th>${escapeHtml(text)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = row.map(({ text, best }) =>
      best ? `<td><b>${escapeHtml(text)}</b></td>` : `<td>${escapeHtml(text)}</td>`
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  const names = [...new Set(settings.flatMap((one) => Object.keys(one.settings)))];
  const values = names.map((name) => {
    const cells = settings.map((one) => `<td>${escapeHtml(String(one.settings[name] ?? ""))}</td>`);
    return `<tr><th>${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  const folders = settings.map(({ name }) => `<th>${escapeHtml(name)}</th>`).join("");
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Creel: a simulation of active learning</title>
<style>
${PAGE_STYLE}
  body { max-width: 1200px }
  .wide { overflow-x: auto }
  table { font-size: 14px }
  th, td { padding: .3em .8em }
  td:first-child { text-align: left }
  td { word-break: break-word }
</style>
<h1>A simulation of active learning</h1>
${svg}
<div class="wide"><table>
<tr>${head}</tr>
${body.join("\n")}
</table></div>
<p>AULC: the area under the learning curve by the trapezoid rule, divided by the range of the label
counts, that is the mean height of the curve. SE: the standard error over seeds. Differences from random
are paired: a seed gives every strategy the same initial labels and the same test set; if the score is an
error, less is better. "Labels for random's end": the number of labels with which the strategy first
reaches the final score of random selection, and the number with which random selection first does. Class
balance: the entropy of the classes of all labels at the end, 1 if they are even. Seconds are those of a
whole run. Bold: the best in its column.</p>
<h2>Settings</h2>
<div class="wide"><table>
<tr><th></th>${folders}</tr>
${values.join("\n")}
</table></div>
</html>
`;
}
