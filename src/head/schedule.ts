/**
 * Learning rate schedules.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/**
 * The schedule of the learning rate:
 *
 * - `constant`: the same rate at all steps.
 * - `cosine`: half a cosine from the full rate at the first step toward 0 after the last
 *   (Loshchilov & Hutter 2017, "SGDR", equation 5, without restarts).
 * - `{ every, factor }`: multiplied by `factor` after every `every` epochs.
 */
export type Schedule =
  | "constant"
  | "cosine"
  | { readonly every: number; readonly factor: number };

/**
 * Returns the factor of the learning rate at a step.
 *
 * @param schedule the schedule
 * @param step the index of the step in the whole training, from 0
 * @param length the number of steps of the training, and of an epoch
 * @returns a factor from 0 to 1
 */
export function rateFactor(
  schedule: Schedule,
  step: number,
  { total, perEpoch }: { total: number; perEpoch: number },
): number {
  if (schedule === "constant") return 1;
  if (schedule === "cosine") return 0.5 * (1 + Math.cos(Math.PI * step / total));
  return schedule.factor ** Math.floor(Math.floor(step / perEpoch) / schedule.every);
}

/**
 * Checks a schedule.
 *
 * @throws {InputError} if its name is unknown, `every` is not a positive integer, or `factor` is
 * not above 0 and at most 1
 */
export function checkSchedule(schedule: Schedule): void {
  if (schedule === "constant" || schedule === "cosine") return;
  if (typeof schedule !== "object") {
    throw new InputError(
      `Unknown schedule ${schedule}: use constant, cosine or { every, factor }`,
    );
  }
  const { every, factor } = schedule;
  if (!Number.isInteger(every) || every < 1 || !(factor > 0 && factor <= 1)) {
    throw new InputError(
      `Cannot multiply the learning rate by ${factor} every ${every} epochs: the factor must be ` +
        "above 0 and at most 1, the epochs a whole number from 1 on",
    );
  }
}
