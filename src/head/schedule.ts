/**
 * How the learning rate changes during training.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/**
 * How the learning rate changes: not at all; along half a cosine from the full rate at the first step
 * toward 0 after the last (Loshchilov & Hutter 2017, "SGDR", equation 5, without restarts); or
 * multiplied by `factor` after every `every` epochs.
 */
export type Schedule =
  | "constant"
  | "cosine"
  | { readonly every: number; readonly factor: number };

/**
 * The factor of the learning rate at a step.
 *
 * @param schedule how it changes
 * @param step counts from 0 over the whole training
 * @param length the steps of the training, and those of an epoch
 * @returns 0 to 1
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
 * Refuses what is no schedule.
 *
 * @throws {InputError} if its name is unknown, `every` is not a whole number from 1 on, or `factor` is
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
