/**
 * The ranges of the strategies' options.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { FISHERS } from "./bait/fisher/factors.ts";
import { BAIT_SELECTS, WEIGHTINGS } from "./bait/run-bait.ts";
import type { StrategyChoices } from "./strategy-options.ts";

/**
 * Checks all options, also those that the strategy at hand does not read.
 *
 * @throws {InputError} if one is out of its range
 */
export function checkChoices(choices: StrategyChoices): void {
  const { fisher, lambda = "auto", weighting, oversample = 2 } = choices;
  if (fisher !== undefined && !FISHERS.includes(fisher)) {
    throw new InputError(`Unknown fisher ${fisher}: use ${FISHERS.join(", ")}`);
  }
  if (weighting !== undefined && !WEIGHTINGS.includes(weighting)) {
    throw new InputError(`Unknown weighting ${weighting}: use ${WEIGHTINGS.join(", ")}`);
  }
  if (choices.select !== undefined && !BAIT_SELECTS.includes(choices.select)) {
    throw new InputError(`Unknown select ${choices.select}: use ${BAIT_SELECTS.join(", ")}`);
  }
  const counts = {
    "top classes": choices.topClasses,
    "number of candidates": choices.candidates,
    "number of partitions": choices.partitions,
    "number of clusters": choices.clusters,
  };
  for (const [name, count] of Object.entries(counts)) {
    if (count === undefined || (Number.isInteger(count) && count >= 1)) continue;
    throw new InputError(`The ${name} must be a whole number, 1 or more: found ${count}`);
  }
  // A GPU computes in float32, where 1e-300 is 0 and 1e300 is infinite.
  if (lambda !== "auto" && !isPositive(lambda)) {
    throw new InputError(`Lambda must be a positive float32 number or auto: found ${lambda}`);
  }
  if (!(oversample >= 1 && Number.isFinite(oversample))) {
    throw new InputError(`Oversample must be a number, 1 or more: found ${oversample}`);
  }
  const numbers = {
    Gamma: choices.gamma,
    "The temperature": choices.temperature,
    Delta: choices.delta,
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || isPositive(value)) continue;
    throw new InputError(`${name} must be a positive float32 number: found ${value}`);
  }
  checkDropoutMembers(choices);
}

function checkDropoutMembers({ members = 2, dropout = 0.5 }: StrategyChoices): void {
  if (!Number.isInteger(members) || members < 2) {
    throw new InputError(
      `The number of members must be a whole number, 2 or more: found ${members}`,
    );
  }
  if (!(dropout > 0 && dropout < 1)) {
    throw new InputError(`Dropout must be a share above 0 and below 1: found ${dropout}`);
  }
}

function isPositive(value: number): boolean {
  return Math.fround(value) > 0 && Number.isFinite(Math.fround(value));
}
