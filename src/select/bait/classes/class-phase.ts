/**
 * The forward phase of `fisher: "classes"` on the device: the pick, and the rank-1 update of the
 * class blocks that it touches, for the samples that touch them too. M_k^-1 is kept in its dual
 * form, and `F_k v` is two passes over the samples of class k, so a pick costs about three passes
 * over the n q^2 / K rows that share a class with it.
 *
 * @module
 */

import { allocate, type Tensors } from "../../../device/allocate.ts";
import type { Device } from "../../../device/device.ts";
import { formatBytes } from "../../../device/tensor.ts";
import { DeviceError } from "../../../errors.ts";
import { dispose, Resource, ResourceStack } from "../../../disposal.ts";
import { joinClasses } from "../../../kernels/classes/join-classes.ts";
import { pickClasses } from "../../../kernels/classes/pick-classes.ts";
import { rescoreClasses } from "../../../kernels/classes/rescore-classes.ts";
import { scoreClasses } from "../../../kernels/classes/score-classes.ts";
import { solveClasses } from "../../../kernels/classes/solve-classes.ts";
import { spreadClasses } from "../../../kernels/classes/spread-classes.ts";
import { GROUP_ROWS, TOUCH } from "../../../kernels/classes/touched.ts";
import { updateClasses } from "../../../kernels/classes/update-classes.ts";
import { Picker } from "../../drivers/picker.ts";
import { featureUnit } from "../range.ts";
import type { ClassInformation } from "./class-information.ts";
import type { HostSamples } from "./host-samples.ts";

/** The largest number of slices of the sum over the samples of a class. */
const SLICES = 128;

type Names =
  | "slots"
  | "starts"
  | "ranks"
  | "lists"
  | "dual"
  | "touched"
  | "scores"
  | "x"
  | "v"
  | "z"
  | "y"
  | "parts"
  | "products"
  | "state";

/** The state of the forward phase. */
export class ClassPhase extends Resource {
  /** The picks. */
  readonly picker: Picker;
  readonly #device: Device;
  readonly #tensors: Tensors<Names>;
  /** The first dual row of each class, and after them the first one of the picks. */
  readonly #firstRows: Uint32Array;
  readonly #sliceRows: number;
  readonly #longestList: number;

  /**
   * Allocates the state.
   *
   * @param information the entries and their forms
   * @param candidates the indices of the samples that may be picked
   * @param steps the number of picks
   */
  constructor(
    private readonly information: ClassInformation,
    candidates: readonly number[],
    steps: number,
  ) {
    super();
    const { pool: { device, rows, stride: d, blocks }, index } = information;
    const { classes, top, most, starts } = index;
    this.#device = device;
    const duals = Array.from({ length: classes }, (_, k) => information.dualOf(k));
    this.#firstRows = runningSum(duals.map(({ length }) => length / d));
    const known = this.#firstRows[classes]!;
    const lengths = duals.map(({ length }, k) =>
      length / d + Math.min(steps, starts[k + 1]! - starts[k]!)
    );
    this.#longestList = lengths.reduce((a, b) => Math.max(a, b));
    const listStarts = runningSum(lengths);
    const lists = new Uint32Array(Math.max(1, listStarts[classes]!));
    duals.forEach(({ length }, k) => {
      for (let r = 0; r < length / d; r++) lists[listStarts[k]! + r] = this.#firstRows[k]! + r;
    });
    this.#sliceRows = GROUP_ROWS * Math.ceil(most / SLICES / GROUP_ROWS);
    const slices = blocks.length * Math.ceil(most / this.#sliceRows);
    checkRows(device, known + steps * top, d, top);
    using undo = new ResourceStack();
    this.#tensors = undo.use(allocate(device, {
      slots: ["classes of samples", [rows, top, 2], "u32", index.slots],
      starts: ["starts of classes", [2 * (classes + 1)], "u32", [...starts, ...listStarts]],
      ranks: ["ranks of classes", [classes], "u32", duals.map(({ length }) => length / d)],
      lists: ["lists of dual rows", [lists.length], "u32", lists],
      dual: ["dual rows", [known + steps * top, d]],
      touched: ["classes of the pick", [top, TOUCH], "u32"],
      scores: ["scores", [rows]],
      x: ["the pick", [d]],
      v: ["M^-1 x", [top, d]],
      z: ["Z", [top, d]],
      y: ["X M^-1 x", [top, most]],
      parts: ["parts of F M^-1 x", [top, slices, d]],
      products: ["dual products", [top, this.#longestList]],
      state: ["drift", [top, 2]],
    }));
    duals.forEach((dual, k) => {
      if (dual.length > 0) device.write(this.#tensors.dual, dual, this.#firstRows[k]! * d);
    });
    this.picker = undo.use(new Picker(device, rows, candidates, steps));
    this.score();
    undo.move();
  }

  /** The scores of all samples, `[n]`. */
  get scores(): Tensors<Names>["scores"] {
    return this.#tensors.scores;
  }

  /** Records the scores of all samples from their forms. */
  score(): void {
    const { pool: { rows }, index: { top }, candidate, forms } = this.information;
    const { slots, scores } = this.#tensors;
    this.#device.run(scoreClasses, { slots, forms, scores }, { rows, top, candidate });
  }

  /** Records one pick and the update after it. */
  advance(step: number): void {
    const device = this.#device;
    const t = this.#tensors;
    const { pool, index, candidate, lambda, forms, samples, scales } = this.information;
    const { classes, top, most } = index;
    const { blocks, stride: d } = pool;
    const unit = featureUnit(pool);
    const known = this.#firstRows[classes]!;
    const { slots, starts, ranks, lists, touched, dual, x, v, y, z, parts, state } = t;
    this.picker.take(t.scores, step);
    this.picker.gather(blocks, d, step, x);
    const { picks } = this.picker;
    const pick = { step, top, classes, base: known };
    device.run(pickClasses, { picks, slots, starts, ranks, lists, touched }, pick);
    const solve = { top, d, most: this.#longestList, lambda };
    const { products } = t;
    device.run(
      solveClasses,
      { touched, lists, dual, right: x, products, out: v },
      { ...solve, slices: 1, rightStride: 0, scale: unit },
    );
    const sliceRows = this.#sliceRows;
    const perBlock = Math.ceil(most / sliceRows);
    const slices = blocks.length * perBlock;
    blocks.forEach(({ features, base, rows }, place) => {
      device.run(
        spreadClasses,
        { touched, samples, scales, x: features, v, y, parts },
        { top, d, base, rows, most, sliceRows, firstSlice: place * perBlock, slices },
        { half: features.dtype === "f16" ? 1 : 0 },
      );
    });
    device.run(
      solveClasses,
      { touched, lists, dual, right: parts, products, out: z },
      { ...solve, slices, rightStride: slices * d, scale: 1 },
    );
    device.run(
      joinClasses,
      { touched, scales, forms, x, v, z, dual, state },
      { top, d, row: known + step * top, unit, candidate, lambda },
    );
    for (const { features, base, rows } of blocks) {
      device.run(
        updateClasses,
        { touched, samples, scales, x: features, z, y, state, forms },
        { top, d, base, rows, most },
        { half: features.dtype === "f16" ? 1 : 0 },
      );
    }
    const { scores } = t;
    device.run(
      rescoreClasses,
      { touched, samples, slots, forms, scores },
      { top, most, candidate },
    );
  }

  /** Reads the largest relative error of G and H that was seen since the last repair. */
  async readDrift(): Promise<number> {
    const state = await this.#device.read(this.#tensors.state);
    let worst = 0;
    for (let e = 0; e < state.length; e += 2) worst = Math.max(worst, state[e]!);
    return worst;
  }

  /**
   * Computes the dual rows and the forms of all classes that picks have touched afresh, which
   * removes the drift.
   *
   * @param picked the picks so far, in order
   */
  async repair(picked: HostSamples): Promise<void> {
    const { information, information: { pool: { stride: d }, index: { top, classes, slots } } } =
      this;
    const { dual, state } = this.#tensors;
    const touched = [...picked.classes];
    for (const k of touched) {
      const rows = information.dualOf(k, picked);
      const known = this.#firstRows[k + 1]! - this.#firstRows[k]!;
      if (known > 0) {
        this.#device.write(dual, rows.subarray(0, known * d), this.#firstRows[k]! * d);
      }
      picked.placesOf(k).forEach((step, at) => {
        const first = picked.indices[step]! * top;
        const j = Array.from({ length: top }, (_, j) => slots[2 * (first + j)]).indexOf(k);
        const row = this.#firstRows[classes]! + step * top + j;
        this.#device.write(dual, rows.subarray((known + at) * d, (known + at + 1) * d), row * d);
      });
    }
    await information.measure(touched, picked, "both");
    this.#device.write(state, new Float64Array(2 * top));
    this.score();
  }

  /** Frees everything except the information. */
  dispose(): void {
    this.picker.dispose();
    this.#tensors[dispose]();
  }
}

/** The sums of all numbers before each place, and of all. */
function runningSum(numbers: readonly number[]): Uint32Array {
  const sums = new Uint32Array(numbers.length + 1);
  numbers.forEach((value, k) => sums[k + 1] = sums[k]! + value);
  return sums;
}

function checkRows(device: Device, rows: number, d: number, top: number): void {
  const bytes = rows * d * (device.kind === "cpu" ? 8 : 4);
  const { bindingBytes } = device.limits;
  if (bytes <= bindingBytes) return;
  throw new DeviceError(
    `Cannot run fisher classes with ${top} classes for each sample: the labeled samples and the ` +
      `picks take ${formatBytes(bytes)} and the device binds at most ` +
      `${formatBytes(bindingBytes)}, so use fewer topClasses`,
  );
}
