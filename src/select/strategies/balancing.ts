/**
 * Balancing (Aggarwal, Popescu & Hudelot 2020, "Active Learning for Imbalanced Datasets", WACV): while the
 * labels are too uneven, samples that look like the rarest class and unlike the common ones.
 *
 * What the paper leaves open is settled so. The labels are too uneven when the budget that is left cannot bring
 * every class up to the most common one. The rarest class is, of equally rare ones, the lowest; while it has
 * no label there is no mean to go by, and the pick is random. Major classes have more labels than the average
 * class. Where the classes are not known otherwise, they are those up to the highest label.
 *
 * @module
 */

import { Recording } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { InputError } from "../../errors.ts";
import { meanRatios } from "../../kernels/strategies/mean-ratios.ts";
import { MOST_CLASSES } from "../../head/labeled.ts";
import type { Pool } from "../../pool/pool.ts";
import { rowLanes } from "../../pool/row-lanes.ts";
import { Picker } from "../drivers/picker.ts";
import { sample } from "../../random/sample.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/**
 * Asks the oracle for the class of each pick before the next one. A pick is the candidate with the least
 * `|x - mu_rarest|^2 / max over the major classes of |x - mu|^2`, where the labels, with those of the picks so
 * far, are too uneven; otherwise a random one.
 *
 * @throws {InputError} if a label is not a class
 */
export const balancing: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "balancing",
  summary: "Samples that look like the rarest class, while the labels are too uneven; else random",
  source: "Aggarwal, Popescu & Hudelot 2020",
  cost: "one pass over the features and one answer of the oracle a pick",
  reads: ["labels", "oracle"],
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool, budget, labeled, labels, candidates, oracle, keyFor, recordingOptions } = request;
  const { device, rows } = pool;
  const classes = new ClassMeans(pool, request.predictor?.classes ?? 0);
  labeled.forEach((index, at) => classes.add(index, labels![at]!));
  // Random picks walk along one shuffle and skip what was taken: no more of it is needed than the budget.
  const shuffled = sample(candidates, budget, keyFor("balancing"));
  const taken = new Set<number>();
  using picker = new Picker(device, rows, candidates, budget);
  using scores = device.tensor("nearness to the rarest class", [rows]);
  const recording = new Recording(device, "balancing", budget, recordingOptions);
  for (let place = 0; place < budget; place++) {
    const uneven = unevenness(classes.counts, budget - place);
    let index = shuffled.find((candidate) => !taken.has(candidate))!;
    if (uneven) {
      nearness(pool, await classes.means([uneven.rarest, ...uneven.major]), scores);
      picker.take(scores, place);
      index = (await device.read(picker.picks, place, 1))[0]!;
    } else {
      picker.set(index, place);
    }
    taken.add(index);
    classes.add(index, await oracle!(index));
    await recording.step();
  }
  recording.end();
  return { picks: [...taken] };
}

/**
 * The class that must catch up and those that are ahead, or nothing where the labels are even enough or the
 * rarest class has none.
 *
 * @param counts labels of each class
 * @param left how many labels are to come
 */
export function unevenness(
  counts: readonly number[],
  left: number,
): { rarest: number; major: number[] } | undefined {
  const most = counts.reduce((a, b) => Math.max(a, b));
  const missing = counts.reduce((sum, count) => sum + most - count, 0);
  const rarest = counts.indexOf(counts.reduce((a, b) => Math.min(a, b)));
  if (missing <= left || counts[rarest] === 0) return undefined;
  const all = counts.reduce((sum, count) => sum + count, 0);
  const major = counts.flatMap((count, c) => count * counts.length > all ? [c] : []);
  return { rarest, major };
}

/** Records the scores of all samples against the mean of the rarest class and those of major ones. */
function nearness(pool: Pool, means: Float64Array, scores: Tensor): void {
  const { device, blocks, stride: d } = pool;
  const others = means.length / d - 1;
  using centers = device.tensor("means of classes", [others + 1, d], "real", means);
  for (const { features: x, base, rows } of blocks) {
    const constants = rowLanes(x, d);
    device.run(meanRatios, { x, means: centers, scores }, { rows, base, d, others }, constants);
  }
}

/** Counts and means of the classes of labeled samples, whose features are read only when they are needed. */
class ClassMeans {
  /** Labels of each class. */
  readonly counts: number[];
  readonly #sums = new Map<number, Float64Array>();
  #unread: { index: number; label: number }[] = [];

  /** Starts with so many classes; labels may bring more. */
  constructor(private readonly pool: Pool, classes: number) {
    this.counts = new Array(classes).fill(0);
  }

  /** One more label. */
  add(index: number, label: number): void {
    if (!Number.isSafeInteger(label) || label < 0 || label >= MOST_CLASSES) {
      throw new InputError(
        `Cannot use ${label} as the class of sample ${index}: classes are whole numbers from 0, ` +
          `below ${MOST_CLASSES}`,
      );
    }
    while (this.counts.length <= label) this.counts.push(0);
    this.counts[label]!++;
    this.#unread.push({ index, label });
  }

  /** The means of some classes, `[classes.length, stride]`. */
  async means(classes: readonly number[]): Promise<Float64Array> {
    await this.#read();
    const { stride } = this.pool;
    const means = new Float64Array(classes.length * stride);
    classes.forEach((c, at) => {
      means.set(this.#sums.get(c)!.map((sum) => sum / this.counts[c]!), at * stride);
    });
    return means;
  }

  async #read(): Promise<void> {
    const { pool: { device, stride } } = this;
    const unread = this.#unread;
    if (unread.length === 0) return;
    const indices = unread.map(({ index }) => index);
    using order = device.tensor("labeled samples", [unread.length], "u32", indices);
    using rows = this.pool.gather(order, unread.length);
    const blocks = await device.readAll(rows.blocks.map(({ features: tensor }) => ({ tensor })));
    this.#unread = [];
    let at = 0;
    for (const features of blocks) {
      for (let start = 0; start < features.length; start += stride) {
        const { label } = unread[at++]!;
        const sums = this.#sums.get(label) ?? new Float64Array(stride);
        for (let f = 0; f < stride; f++) sums[f]! += features[start + f]!;
        this.#sums.set(label, sums);
      }
    }
  }
}
