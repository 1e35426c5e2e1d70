/**
 * Reads the weights of the linear head of a request.
 *
 * @module
 */

import { checkColumns } from "../../pool/predict-rows.ts";
import type { LinearWeights } from "../../pool/predictions.ts";
import type { SelectionRequest } from "../strategy/request.ts";

/**
 * Reads the weights of the head.
 *
 * @param request the request of a strategy that reads `weights`
 * @returns `[K, d]`, row-major
 * @throws {InputError} if the weights and the pool differ in the number of features
 */
export async function weightsOf(
  { pool, predictor }: SelectionRequest,
): Promise<LinearWeights["weight"]> {
  const { weight } = await predictor!.readWeights!();
  checkColumns(weight.length / predictor!.classes, pool.columns);
  return weight;
}
