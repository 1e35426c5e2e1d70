/**
 * The result of a strategy, and the check of results from custom strategies.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { BaitReport } from "./bait-report.ts";
import type { SelectionRequest } from "./request.ts";

/** The samples that a strategy chose. */
export interface SelectedBatch {
  /** The indices of the chosen samples, in the order in which they were picked. */
  readonly picks: number[];
  /** The score of each pick, for strategies that score samples. */
  readonly scores?: number[];
  /**
   * The report of `bait`; absent for other strategies and if the pool was split into partitions.
   */
  readonly bait?: BaitReport;
}

/**
 * Checks the result of a strategy, which may be custom code.
 *
 * @param name the name of the strategy
 * @param selection its result
 * @param request the request that it received
 * @throws {InputError} if the picks are not `budget` different candidates
 */
export function checkSelection(
  name: string,
  selection: SelectedBatch,
  { pool, candidates, budget }: SelectionRequest,
): void {
  const picks: unknown = (selection as Partial<SelectedBatch> | undefined)?.picks;
  if (!Array.isArray(picks)) throw new InputError(`Strategy ${name} returned no array of picks`);
  if (picks.length !== budget) {
    throw new InputError(`Strategy ${name} returned ${picks.length} picks: ${budget} are needed`);
  }
  const open = new Uint8Array(pool.rows);
  for (const index of candidates) open[index] = 1;
  const picked = new Set<unknown>();
  for (const index of picks) {
    if (picked.has(index)) throw new InputError(`Strategy ${name} picked ${index} twice`);
    if (open[index] !== 1) {
      throw new InputError(`Strategy ${name} picked ${index}, which is no candidate`);
    }
    picked.add(index);
  }
}
