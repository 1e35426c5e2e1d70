/**
 * The range of the numbers of BAIT: the unit in which it computes, which ridges it can compute
 * with, and what it says where it cannot (docs/mathematics.md, "The range of lambda").
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { DeviceError, InputError } from "../../errors.ts";
import type { Pool } from "../../pool/pool.ts";
import { MASKED } from "../../kernels/bait/pick.ts";
import type { BaitSettings } from "./options.ts";

/** The least and the largest ridge relative to the mean of the diagonal of F. */
const RIDGES = { from: 1e-12, to: 1e12 } as const;

/**
 * The rounding error of one number: where A has several rows, M is the ridge alone in the
 * directions in which the columns of A add up to 0, and there rounding errors grow by 1 / ridge^2.
 */
const EPSILON = { cpu: 1.1102230246251565e-16, webgpu: 5.960464477539063e-8 } as const;

/** A drift above this share of the scores means that the picks are arbitrary. */
const MEANINGLESS_DRIFT = 0.05;

/**
 * The power of two by which BAIT multiplies the features, so that the largest is about 1. If the
 * ridge is multiplied by its square, the picks and the objective stay what they are.
 */
export function featureUnit({ largest }: Pool): number {
  return largest > 0 ? 2 ** -Math.round(Math.log2(largest)) : 1;
}

/**
 * Checks a ridge that was given as a number.
 *
 * @param lambda the ridge
 * @param mean the mean of the diagonal of F
 * @param device the device that computes
 * @param classes K', the number of rows of A
 * @throws {InputError} if the ridge is too small or too large for the numbers of the device
 */
export function checkRidge(
  lambda: number,
  mean: number,
  device: Device,
  classes: number,
): void {
  const least = classes === 1
    ? RIDGES.from
    : Math.max(RIDGES.from, Math.sqrt(EPSILON[device.kind]));
  const share = lambda / mean;
  if (share >= least && share <= RIDGES.to) return;
  const short = (value: number) =>
    value < 1e5 ? `${Number(value.toPrecision(2))}` : value.toExponential(1);
  throw new InputError(
    `Cannot run BAIT with lambda ${short(lambda)}: the mean of the diagonal of F is ` +
      `${short(mean)}, and on device ${device.kind} lambda may be from ${short(least * mean)} to ` +
      `${short(RIDGES.to * mean)}, or auto`,
  );
}

/**
 * Checks that the scores of a greedy selection have digits that mean anything. Only a ridge that
 * was given is refused; with `auto` drift is repaired, and the report says how large it was.
 *
 * @param drift the largest relative error of a score that was measured
 * @throws {InputError} if lambda is a number and too small for the numbers of the device
 */
export function checkDrift(drift: number, { lambda }: BaitSettings, device: Device): void {
  if (lambda === "auto" || !(drift > MEANINGLESS_DRIFT)) return;
  throw new InputError(
    `Cannot run BAIT with lambda ${lambda}: rounding errors of device ${device.kind} are ` +
      `${Number((100 * drift).toPrecision(2))} % of a score, so use a larger lambda, or auto` +
      `${device.kind === "cpu" ? "" : ", or device cpu"}`,
  );
}

/**
 * Checks that the numbers of a selection are numbers: finite, and the scores none of those that
 * mark samples that cannot be picked.
 *
 * @throws {InputError} if lambda was given
 * @throws {DeviceError} otherwise
 */
export function checkNumbers(
  { lambda }: BaitSettings,
  scores: readonly number[],
  others: readonly number[],
): void {
  if (scores.every((score) => score > MASKED) && [...scores, ...others].every(Number.isFinite)) {
    return;
  }
  const left = "its numbers left the range of the device's floats";
  if (lambda === "auto") {
    throw new DeviceError(
      `Cannot finish BAIT: ${left}, so scale the features`,
    );
  }
  throw new InputError(
    `Cannot finish BAIT with lambda ${lambda}: ${left}, so use a larger lambda, or auto`,
  );
}
