/**
 * The linear head of a request, whatever predictor it comes from.
 *
 * @module
 */

import { Head } from "../../head/head.ts";
import type { LinearWeights } from "../../pool/predictions.ts";
import type { SelectionRequest } from "../strategy/request.ts";

/**
 * Makes a head on the pool's device from the weights of the predictor.
 *
 * @param request of a strategy that reads `weights`
 * @returns the head, the caller's to dispose, and its weights `[K, d]`
 */
export async function linearHeadOf(
  { pool, predictor }: SelectionRequest,
): Promise<{ head: Head; weight: LinearWeights["weight"] }> {
  const weights = await predictor!.readWeights!();
  const classes = predictor!.classes;
  const head = Head.fromLayers(pool.device, [weights], {
    task: "classification",
    widths: [weights.weight.length / classes, classes],
    activation: "relu",
    columnScale: undefined,
    unitRows: false,
  });
  return { head, weight: weights.weight };
}
