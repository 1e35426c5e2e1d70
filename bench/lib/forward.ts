/**
 * The time of a pick inside of a whole selection, with its inspections and repairs, as a user waits
 * for it.
 *
 * @module
 */

import type { Pool } from "../../src/pool/pool.ts";
import type { Predictor } from "../../src/pool/predictions.ts";
import { runBait } from "../../src/select/bait/run-bait.ts";
import type { Form } from "./start.ts";

/** How long a slice of a selection is, so that short selections have several, in milliseconds. */
const SLICE = 20;

/** A selection whose picks are timed. */
export interface Forward {
  /** The seconds of a pick between the first and the last report of progress. */
  readonly pickSeconds: number;
  /** The seconds of the whole selection. */
  readonly seconds: number;
  /** The picks. */
  readonly picks: readonly number[];
}

/**
 * Selects with the forward phase alone and times its picks.
 *
 * @param form the form of the Fisher information
 * @param picks the number of picks, enough for several slices
 * @throws Error if progress was reported fewer than two times
 */
export async function timeForward(
  pool: Pool,
  predictor: Predictor,
  form: Form,
  picks: number,
): Promise<Forward> {
  const reports: { done: number; at: number }[] = [];
  const begin = performance.now();
  const { forward } = await runBait(pool, {
    ...form,
    predictor,
    labeled: [],
    budget: picks,
    oversample: 1,
    sliceMilliseconds: SLICE,
    onProgress: (phase, done) => {
      if (phase === "forward") reports.push({ done, at: performance.now() });
    },
  });
  const seconds = (performance.now() - begin) / 1000;
  const [first, last] = [reports[0], reports.at(-1)];
  if (!first || !last || first.done === last.done) {
    throw new Error(`Progress was reported ${reports.length} times in ${picks} picks`);
  }
  return {
    pickSeconds: (last.at - first.at) / 1000 / (last.done - first.done),
    seconds,
    picks: forward,
  };
}
