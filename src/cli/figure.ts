/**
 * Figures: a Vega-Lite specification drawn as SVG, without a browser.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";

/** Draws a specification. The libraries are loaded only when a figure is drawn. */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
