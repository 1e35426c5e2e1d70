/**
 * Which samples have information about which classes: the entries of the form `classes`, one for
 * each sample and each of its most probable classes, in the order of the classes.
 *
 * @module
 */

import type { Device } from "../../../device/device.ts";
import { Recording, type RecordingOptions } from "../../../device/recording.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { DeviceError } from "../../../errors.ts";
import { classWeights } from "../../../kernels/classes/class-weights.ts";
import type { Pool } from "../../../pool/pool.ts";
import type { Predictor } from "../../../pool/predictions.ts";

/** The largest size of the class probabilities of one segment, in bytes. */
const SEGMENT_BYTES = 64 * 2 ** 20;

/** The entries of all samples. */
export interface ClassIndex {
  /** K, the number of classes. */
  readonly classes: number;
  /** q, the number of classes of a sample. */
  readonly top: number;
  /** The class and the entry for each sample and each of its classes, `[n, q, 2]`. */
  readonly slots: Uint32Array<ArrayBuffer>;
  /** The first entry of each class, and the number of entries, `[K + 1]`. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** The sample of each entry, ascending within a class. */
  readonly samples: Uint32Array<ArrayBuffer>;
  /**
   * The factor s of the features of each entry: `s^2 x x^T` is its share of F,
   * `p (1 - p) x x^T / n`, in the unit of the features.
   */
  readonly scales: Float64Array<ArrayBuffer>;
  /** The largest number of entries of a class. */
  readonly most: number;
}

/**
 * Finds the most probable classes of all samples, segment by segment: the class probabilities of
 * the pool are never held whole.
 *
 * @param pool the features of all samples
 * @param predictor the class probabilities
 * @param topClasses q, or 0 for all classes
 * @param unit the factor of the features
 * @param options the abort signal and the progress callback
 * @throws {DeviceError} if the entries do not fit on the device
 */
export async function classIndexOf(
  pool: Pool,
  predictor: Predictor,
  topClasses: number,
  unit: number,
  options: RecordingOptions,
): Promise<ClassIndex> {
  const { device, rows: n } = pool;
  const { classes } = predictor;
  const top = Math.min(topClasses || classes, classes);
  checkEntries(device, n, top);
  const slots = new Uint32Array(2 * n * top);
  const weights = new Float64Array(n * top);
  const segments = pool.segments(segmentRows(device, classes));
  const recording = new Recording(device, "classes", segments.length, options);
  for (const segment of segments) {
    const { base, rows } = segment;
    using probabilities = await predictor.predict(device, segment);
    const [columns, variances] = await topOfRows(device, probabilities, { rows, classes, top });
    for (let e = 0; e < rows * top; e++) slots[2 * (base * top + e)] = columns![e]!;
    weights.set(variances!, base * top);
    await recording.step();
  }
  recording.end();
  return { classes, top, slots, ...sortedByClass(slots, weights, n, top, classes, unit) };
}

/** The largest number of rows whose class probabilities are computed at a time. */
function segmentRows(device: Device, classes: number): number {
  return Math.floor(Math.min(device.limits.bindingBytes, SEGMENT_BYTES) / (4 * classes));
}

async function topOfRows(
  device: Device,
  probabilities: Tensor,
  params: { rows: number; classes: number; top: number },
): Promise<ArrayLike<number>[]> {
  const shape = [params.rows, params.top];
  using columns = device.tensor("top classes", shape, "u32");
  using weights = device.tensor("variances of classes", shape);
  device.run(classWeights, { probabilities, columns, weights }, params);
  return await device.readAll([{ tensor: columns }, { tensor: weights }]);
}

/** Sorts the entries by class with a counting sort, which also fills the entries in `slots`. */
function sortedByClass(
  slots: Uint32Array<ArrayBuffer>,
  weights: Float64Array,
  n: number,
  top: number,
  classes: number,
  unit: number,
): Pick<ClassIndex, "starts" | "samples" | "scales" | "most"> {
  const starts = new Uint32Array(classes + 1);
  for (let e = 0; e < weights.length; e++) starts[slots[2 * e]! + 1]!++;
  const most = starts.reduce((a, b) => Math.max(a, b));
  for (let k = 0; k < classes; k++) starts[k + 1]! += starts[k]!;
  const next = starts.slice();
  const samples = new Uint32Array(weights.length);
  const scales = new Float64Array(weights.length);
  for (let e = 0; e < weights.length; e++) {
    const entry = next[slots[2 * e]!]!++;
    slots[2 * e + 1] = entry;
    samples[entry] = Math.floor(e / top);
    scales[entry] = unit * Math.sqrt(weights[e]! / n);
  }
  return { starts, samples, scales, most };
}

function checkEntries(device: Device, n: number, top: number): void {
  const most = Math.floor(device.limits.bindingBytes / 8);
  if (n * top <= most) return;
  throw new DeviceError(
    `Cannot run fisher classes with ${top} classes for each of ${n} samples: device ` +
      `${device.kind} holds ${most} pairs of a sample and a class, so use topClasses ` +
      `${Math.max(1, Math.floor(most / n))} or fewer`,
  );
}
