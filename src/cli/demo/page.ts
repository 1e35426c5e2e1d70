/**
 * The page of the demo: the figure with an explanation, in one HTML file without dependencies.
 *
 * @module
 */

import { escapeHtml, PAGE_STYLE } from "../html.ts";
import type { DemoResult } from "./run.ts";

/** The page as HTML. */
export function demoPage(svg: string, result: DemoResult): string {
  const { device, seconds, picks, candidates, initial, objective, accuracy } = result;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Creel: which digits to label next</title>
<style>
${PAGE_STYLE}
  body { max-width: 1100px }
  svg image { image-rendering: pixelated }
  th, td { padding: .3em 1em }
  td.best { font-weight: bold }
  @media (max-width: 32em) { table { font-size: .8em } th, td { padding: .3em } }
</style>
<h1>Which digits should a person label next?</h1>
<p>A linear head was trained on ${initial.length} labeled images of handwritten digits. From the other
${candidates}, BAIT chose the ${picks.length} whose labels would improve the head most, in
${seconds.toFixed(1)} seconds on ${escapeHtml(device)}.</p>
<table>
<tr><th></th><th>before</th><th>BAIT</th><th>random, mean of ${objective.random.length}</th></tr>
<tr><th>Objective trace(M<sup>-1</sup>F), lower is better</th><td>${
    objective.before.toFixed(3)
  }</td>
<td class="best">${objective.bait.toFixed(3)}</td><td>${mean(objective.random).toFixed(3)}</td></tr>
<tr><th>Accuracy on 500 other digits after labeling</th><td>${percent(accuracy.before)}</td>
<td class="best">${percent(accuracy.bait)}</td><td>${percent(mean(accuracy.random))}</td></tr>
</table>
${svg}
<p>The objective is the uncertainty about the head's weights, weighed by how much each direction matters
to the pool (Ash et al. 2021, "Gone Fishing: Neural Active Learning with Fisher Embeddings"; here with
the two most probable classes of each image, Huseljic et al. 2024, "Fast Fishing"). BAIT lowers it
directly: it avoids samples about which the head is certain and samples that resemble one another.</p>
<p>Digits: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998, CC BY 4.0.</p>
</html>
`;
}
