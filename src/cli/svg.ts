/**
 * Figures: renders Vega-Lite specifications as SVG without a browser.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";

/**
 * What a dark page changes: the ground, and the grays that Vega and the figures of Creel use. Rules
 * of a style sheet are stronger than the attributes that Vega writes.
 */
const DARK = `<style>@media (prefers-color-scheme: dark) {
rect[fill="white"] { fill: #0d1117 }
text[fill="#000"], text[fill="black"] { fill: #e6edf3 }
[stroke="#ddd"] { stroke: #30363d }
[stroke="#888"] { stroke: #8b949e }
[fill="#222222"] { fill: #f0f6fc }
[fill="#d6d6d6"] { fill: #484f58 }
}</style>`;

/**
 * Renders a specification; the figure has dark colors where the reader prefers them. The libraries
 * are loaded on the first use.
 */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Warnings about the specification are of no use to the user of a command.
  const logger = vega.logger(vega.Error);
  const runtime = vega.parse(compile(spec, { logger }).spec);
  const view = new vega.View(runtime, { renderer: "none", logger });
  try {
    return (await view.toSVG()).replace(/^<svg [^>]*>/, `$&${DARK}`);
  } finally {
    view.finalize();
  }
}
