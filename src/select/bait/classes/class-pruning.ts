/**
 * The backward phase of `fisher: "classes"` in float64 on the host. It is that of
 * `backward/exact-pruning.ts` for every class block alone, with the members that have the class: a
 * block has one row for each of them, so at K = 1,000 the blocks are tiny.
 *
 * @module
 */

import { Recording, type RecordingOptions } from "../../../device/recording.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { Yielder } from "../../../device/yielder.ts";
import { matmul } from "../../../linalg/matmul.ts";
import { choleskyRow, inverseOfTrailing, leadingRows } from "../backward/host-matrix.ts";
import type { ClassInformation } from "./class-information.ts";
import { kernelOf } from "./class-space.ts";
import type { HostSamples } from "./host-samples.ts";

/** The largest total size of the blocks that are read at once, in elements. */
const READ_ELEMENTS = 2 ** 22;

/** The block of a class: C and R of its members (docs/mathematics.md). */
interface ClassBlock {
  readonly places: readonly number[];
  readonly C: Float64Array;
  /** T = U (K^-1)_:S, `[p, d]`, until R is known. */
  T: Float64Array;
  R: Float64Array;
}

/**
 * Drops members one after another, each time the one whose removal increases the objective least;
 * ties go to the lowest index.
 *
 * @param information the entries, with F of each class as their rows
 * @param members the picks of the forward phase, in the order of their indices
 * @param drop the number of members to drop
 * @param options the abort signal and the progress callback
 * @returns the indices of the dropped samples, in the order of the removals
 */
export async function pruneClasses(
  information: ClassInformation,
  members: HostSamples,
  drop: number,
  options: RecordingOptions,
): Promise<number[]> {
  const { device } = information.pool;
  const yielder = new Yielder(options.signal, device.signal);
  const blocks: ClassBlock[] = [];
  let group: { k: number; block: ClassBlock }[] = [];
  let size = 0;
  for (const k of members.classes) {
    const block = await blockOf(information, members, k, yielder);
    const elements = block.places.length ** 2;
    if (group.length > 0 && size + elements > READ_ELEMENTS) {
      await measure(information, group);
      [group, size] = [[], 0];
    }
    group.push({ k, block });
    blocks.push(block);
    size += elements;
  }
  if (group.length > 0) await measure(information, group);
  const left = new Set(members.indices.keys());
  const blocksOf = members.indices.map((_, i) =>
    blocks.flatMap((block) => {
      const at = block.places.indexOf(i);
      return at < 0 ? [] : [{ block, at }];
    })
  );
  const dropped: number[] = [];
  const recording = new Recording(device, "backward", drop, options);
  while (dropped.length < drop) {
    let best = -1;
    let least = Infinity;
    for (const i of left) {
      let rise = 0;
      for (const { block: { C, R, places: { length } }, at } of blocksOf[i]!) {
        rise += R[at * length + at]! / C[at * length + at]!;
      }
      if (best < 0 || rise < least) [best, least] = [i, rise];
    }
    left.delete(best);
    for (const { block, at } of blocksOf[best]!) removeFrom(block, at);
    dropped.push(members.indices[best]!);
    await yielder.yieldIfDue();
    await recording.step();
  }
  recording.end();
  return dropped;
}

/** C and T of a class. */
async function blockOf(
  information: ClassInformation,
  members: HostSamples,
  k: number,
  yielder: Yielder,
): Promise<ClassBlock> {
  const { pool: { stride: d }, lambda } = information;
  const places = members.placesOf(k);
  const part = places.length;
  const U = information.rowsOf(k, members);
  const size = U.length / d;
  const kernel = kernelOf(U, d, lambda);
  for (let row = 0; row < size; row++) {
    choleskyRow(kernel, size, row);
    await yielder.yieldIfDue();
  }
  const inverse = await inverseOfTrailing(kernel, size, part, yielder);
  const leading = await leadingRows(kernel, size, inverse, part, yielder);
  const T = new Float64Array(part * d);
  for (let row = 0; row < size; row++) {
    const known = row - (size - part);
    for (let c = 0; c < part; c++) {
      const weight = known < 0 ? leading[row * part + c]! : inverse[known * part + c]!;
      for (let f = 0; f < d; f++) T[c * d + f]! += weight * U[row * d + f]!;
    }
    await yielder.yieldIfDue();
  }
  return { places, C: inverse.map((value) => lambda * value), T, R: new Float64Array() };
}

/** Computes `R = T F T^T` of several classes on the device, and reads them at once. */
async function measure(
  information: ClassInformation,
  group: readonly { k: number; block: ClassBlock }[],
): Promise<void> {
  const { pool: { device, stride: d } } = information;
  const total = group.reduce((sum, { block }) => sum + block.places.length ** 2, 0);
  using all = device.tensor("R of classes", [total]);
  let offset = 0;
  for (const { k, block } of group) {
    const part = block.places.length;
    using T = device.tensor("T of a class", [part, d], "real", block.T);
    let beta = 0;
    information.eachPiece(k, (x, count) => {
      using y: Tensor = device.tensor("X T^T", [count, part]);
      const b = { tensor: T, transposed: true };
      matmul(device, { m: count, n: part, k: d, a: { tensor: x }, b, c: { tensor: y } });
      const a = { tensor: y, transposed: true };
      const c = { tensor: all, offset, ld: part };
      matmul(device, { m: part, n: part, k: count, a, b: { tensor: y }, c, beta, lower: true });
      beta = 1;
    });
    offset += part ** 2;
  }
  const values = await device.read(all);
  let at = 0;
  for (const { block } of group) {
    block.T = new Float64Array();
    const size = block.places.length;
    const lower = values.subarray(at, at += size ** 2);
    block.R = Float64Array.from(lower, (value, e) => {
      const [i, j] = [Math.floor(e / size), e % size];
      return i < j ? lower[j * size + i]! : value;
    });
  }
}

/** Removes a member: a congruence of C and R (docs/mathematics.md, "What float32 costs"). */
function removeFrom({ C, R, places: { length } }: ClassBlock, s: number): void {
  const fromC = C.slice(s * length, (s + 1) * length);
  const fromR = R.slice(s * length, (s + 1) * length);
  const E = fromC.map((value) => value / fromC[s]!);
  const square = fromR[s]!;
  for (let i = 0; i < length; i++) {
    if (i === s) continue;
    for (let j = 0; j < length; j++) {
      if (j === s) continue;
      C[i * length + j]! -= E[i]! * fromC[j]!;
      R[i * length + j]! -= E[i]! * fromR[j]! + fromR[i]! * E[j]! - E[i]! * E[j]! * square;
    }
  }
  // The row and the column of the member are not read again, but by other removals: C is 0 there.
  for (let i = 0; i < length; i++) {
    for (const at of [i * length + s, s * length + i]) C[at] = R[at] = 0;
  }
}
