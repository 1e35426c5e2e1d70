/**
 * What BAIT needs on the device besides the pool, worked out before anything is allocated, so that
 * a form that cannot fit is refused with the figures of the forms that can.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import { formatBytes } from "../../device/tensor.ts";
import { DeviceError } from "../../errors.ts";
import type { Fisher } from "../strategy/bait-report.ts";
import { factorShape } from "./fisher/factors.ts";
import { ROW_UNIT } from "../../pool/pool.ts";
import { scoreWorkgroupBytes } from "./phase.ts";

/** Matrices of order D alive at once at the peak: F, M^-1, P, and three while M is inverted. */
const MATRICES = 6;
/** Bytes that the scratch of a pass over one segment may take. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/** The sizes of a selection. */
export interface BaitSize {
  /** Samples in the pool. */
  readonly rows: number;
  /** The padded number of features. */
  readonly stride: number;
  /** K. */
  readonly classes: number;
  /** The form. */
  readonly fisher: Fisher;
  /** c of `exp`. */
  readonly topClasses: number;
}

/** Bytes that a form needs besides the pool. */
export interface BaitNeed {
  /** D = K' times the padded number of features. */
  readonly D: number;
  /** Of one D x D matrix. */
  readonly matrixBytes: number;
  /** Of all matrices alive at once. */
  readonly matricesBytes: number;
  /** Of what is kept for each sample: factors, forms and scores. */
  readonly sampleBytes: number;
}

/** What a form needs on a device. */
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
 * The most rows a segment may have, so that each of its tensors fits in a binding and the scratch.
 */
export function segmentRows(device: Device, size: BaitSize): number {
  const { classes, rank } = factorShape(size.fisher, size.classes, size.topClasses);
  const widest = Math.max(size.classes, rank * (rank + 1));
  const bound = Math.floor(device.limits.bindingBytes / (4 * widest));
  const scratch = Math.floor(SCRATCH_BYTES / (4 * 2 * rank * classes));
  return Math.max(ROW_UNIT, Math.min(bound, scratch));
}

/**
 * Refuses a form that the device cannot hold.
 *
 * @throws {DeviceError} with the size it needs, the budget, and what `exp` and `binary` would need
 */
export function checkFits(device: Device, size: BaitSize): void {
  const need = baitNeed(device, size);
  const left = device.memory.budget - device.memory.bytes;
  const total = need.matricesBytes + need.sampleBytes;
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
