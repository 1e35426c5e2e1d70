/**
 * The run of a strategy, and the check that every batch passes on its way out.
 *
 * @module
 */

import { foundText } from "../../check-names.ts";
import { DeviceError, InputError } from "../../errors.ts";
import { isBuiltIn } from "./built-in.ts";
import type { SelectionRequest } from "./request.ts";
import type { SelectedBatch } from "./selection.ts";
import type { Strategy } from "./strategy.ts";

/**
 * Runs a strategy and checks its batch, which is the only way out for a batch. A custom strategy
 * may return anything, and the kernels of a built-in strategy may leave the range of the floats of
 * a device.
 *
 * @param strategy the strategy
 * @param request its input
 * @returns the batch: `budget` different candidates, with one finite score each if it has scores
 * @throws {InputError} if a custom strategy returns anything else
 * @throws {DeviceError} if a built-in strategy does
 */
export async function checkedSelection(
  strategy: Strategy,
  request: SelectionRequest,
): Promise<SelectedBatch> {
  const selection = await strategy.select(request);
  const wrong = problemOf(selection, request);
  if (wrong === undefined) return selection;
  const message = `Strategy ${strategy.name} ${wrong}`;
  if (!isBuiltIn(strategy)) throw new InputError(message);
  throw new DeviceError(
    `${message}, so its numbers left the range of the floats of device ` +
      `${request.pool.device.kind}: scale the features, or use another device`,
  );
}

/** What is wrong with a batch: the end of a sentence that starts with the strategy. */
function problemOf(
  selection: Partial<SelectedBatch> | undefined,
  { pool, candidates, budget }: SelectionRequest,
): string | undefined {
  const picks: unknown = selection?.picks;
  const scores: unknown = selection?.scores;
  if (!Array.isArray(picks)) return "returned no array of picks";
  if (picks.length !== budget) return `returned ${picks.length} picks: ${budget} are needed`;
  const open = new Uint8Array(pool.rows);
  for (const index of candidates) open[index] = 1;
  const picked = new Set<unknown>();
  for (const index of picks) {
    if (picked.has(index)) return `picked ${index} twice`;
    if (open[index] !== 1) return `picked ${index}, which is no candidate`;
    picked.add(index);
  }
  if (scores === undefined) return undefined;
  if (!Array.isArray(scores)) return "returned scores that are no array";
  if (scores.length !== budget) return `returned ${scores.length} scores for ${budget} picks`;
  const at = scores.findIndex((score) => !Number.isFinite(score));
  if (at < 0) return undefined;
  return `returned the score ${foundText(scores[at])} for pick ${picks[at]}, which is not finite`;
}
