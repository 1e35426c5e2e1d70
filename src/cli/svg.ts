/**
 * Figures: a Vega-Lite specification drawn as SVG, without a browser.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";

/** Draws a specification. The libraries are loaded only when a figure is drawn. */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Warnings about the specification are for whoever writes it, not for whoever runs a command.
  const logger = vega.logger(vega.Error);
  const runtime = vega.parse(compile(spec, { logger }).spec);
  const view = new vega.View(runtime, { renderer: "none", logger });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
