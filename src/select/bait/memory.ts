/**
 * The memory that BAIT needs on the device besides the pool, computed before anything is allocated:
 * a form that cannot fit is refused with the sizes of the forms that can.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { formatBytes } from "../../device/tensor.ts";
import { DeviceError } from "../../errors.ts";
import type { Fisher } from "../strategy/bait-report.ts";
import { factorShape, type FisherFactors } from "./fisher/factors.ts";
import { ROW_UNIT } from "../../pool/pool.ts";
import { scoreWorkgroupBytes } from "./row-pass.ts";

/**
 * The number of matrices of order D in memory at the peak: F, M^-1, P, and three while M is
 * inverted.
 */
const MATRICES = 6;
/** The largest size of the scratch tensors of a pass over one segment, in bytes. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/** The sizes of a selection. */
export interface BaitSize {
  /** n, the number of samples in the pool. */
  readonly rows: number;
  /** The number of features, padded. */
  readonly stride: number;
  /** K, the number of classes. */
  readonly classes: number;
  /** The form of the Fisher information. */
  readonly fisher: Fisher;
  /** The number of most probable classes of the form `exp`. */
  readonly topClasses: number;
}

/** The memory that a form needs besides the pool. */
export interface BaitNeed {
  /** D, the order of the matrices: K' times the padded number of features. */
  readonly D: number;
  /** The size of one D x D matrix, in bytes. */
  readonly matrixBytes: number;
  /** The size of all matrices in memory at once, in bytes. */
  readonly matricesBytes: number;
  /** The size of the factors, forms and scores of all samples, in bytes. */
  readonly sampleBytes: number;
}

/** Computes the memory that a form needs on a device. */
export function baitNeed(device: Device, size: BaitSize): BaitNeed {
  const real = device.kind === "cpu" ? 8 : 4;
  const { classes, rank } = factorShape(size.fisher, size.classes, size.topClasses);
  const D = classes * size.stride;
  const perSample = real * (classes + rank + rank * (rank + 1) + 1) + 4 * rank;
  return {
    D,
    matrixBytes: real * D * D,
    matricesBytes: MATRICES * real * D * D,
    sampleBytes: perSample * size.rows,
  };
}

/**
 * The largest number of rows of a segment for which each tensor fits in a binding and in the
 * scratch size.
 */
export function segmentRows(device: Device, size: BaitSize): number {
  const { classes, rank } = factorShape(size.fisher, size.classes, size.topClasses);
  const bound = device.limits.bindingBytes / Math.max(classes, rank * (rank + 1));
  const rows = Math.min(bound, SCRATCH_BYTES / (2 * rank * classes)) / 4;
  return Math.max(ROW_UNIT, Math.floor(rows));
}

/**
 * Whether a copy of the features of rank 1 in tiles fits, besides what the selection allocates
 * later. A BAIT on a BLAS needs none, which has one product for all layouts.
 */
export function tilesFit({ pool: { device, rows, stride, blocks }, D }: FisherFactors): boolean {
  if (device.blas || device.streams) return false;
  const real = device.kind === "cpu" ? 8 : 4;
  const copy = rows * stride * (blocks[0]!.features.dtype === "f16" ? 2 : 4);
  const later = MATRICES / 2 * real * D * D + SCRATCH_BYTES;
  return copy + later <= device.memory.budget - device.memory.bytes;
}

/**
 * Refuses a form that the device cannot hold.
 *
 * @throws {DeviceError} with the size of the form, the memory budget, and the sizes of `exp` and
 * `binary`
 */
export function checkFits(device: Device, size: BaitSize): void {
  const need = baitNeed(device, size);
  const total = need.matricesBytes + need.sampleBytes;
  device.memory.make?.(total);
  const left = device.memory.budget - device.memory.bytes;
  const binding = device.limits.bindingBytes;
  const { rank } = factorShape(size.fisher, size.classes, size.topClasses);
  const problems: string[] = [];
  if (total > left) problems.push(`${formatBytes(left)} of the memory budget are left`);
  if (need.matrixBytes > binding) {
    problems.push(
      `one matrix takes ${formatBytes(need.matrixBytes)} and the device binds at most ` +
        formatBytes(binding),
    );
  }
  if (scoreWorkgroupBytes(rank) > device.limits.workgroupBytes) {
    problems.push(
      `rank ${rank} takes ${formatBytes(scoreWorkgroupBytes(rank))} of workgroup memory ` +
        `and the device has ${formatBytes(device.limits.workgroupBytes)}`,
    );
  }
  if (problems.length === 0) return;
  const others = (["exp", "binary"] as const).filter((fisher) => fisher !== size.fisher).map(
    (fisher) => {
      const other = baitNeed(device, { ...size, fisher });
      const bytes = formatBytes(other.matricesBytes + other.sampleBytes);
      return `${fisher} needs ${bytes} (D = ${other.D})`;
    },
  );
  throw new DeviceError(
    `Cannot run fisher ${size.fisher} with D = ${need.D}: it needs ${formatBytes(total)} besides ` +
      `the pool, of which ${formatBytes(need.matricesBytes)} for ${MATRICES} matrices of ` +
      `${need.D} x ${need.D}, but ${problems.join(", and ")}; ${others.join(", ")}`,
  );
}
