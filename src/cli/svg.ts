/**
 * Figures: renders Vega-Lite specifications as SVG without a browser.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";

/** Renders a specification. The libraries are loaded on the first use. */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Warnings about the specification are of no use to the user of a command.
  const logger = vega.logger(vega.Error);
  const runtime = vega.parse(compile(spec, { logger }).spec);
  const view = new vega.View(runtime, { renderer: "none", logger });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
