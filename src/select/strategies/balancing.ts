/**
 * Balancing (Aggarwal, Popescu & Hudelot 2020, "Active Learning for Imbalanced Datasets", WACV):
 * while the labels are too uneven, samples that are near the rarest class and far from the common
 * ones.
 *
 * Decisions that the paper leaves open: the labels are too uneven while the rest of the budget
 * cannot bring every class up to the most common one. Of equally rare classes the lowest counts as
 * the rarest; while it has no label it has no mean, and the pick is random. Major classes have more
 * labels than the average class. Without a head, the classes are those up to the highest label.
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
 * Calls the oracle for the class of each pick before the next pick. If the labels, including those
 * of the picks so far, are too uneven, the pick is the candidate with the smallest `|x -
 * mu_rarest|^2 / max over the major classes of |x - mu|^2`; otherwise it is random.
 *
 * Reads the labels of the labeled samples and an oracle.
 *
 * @throws {InputError} if the oracle returns a label that is no class
 */
export const balancing: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "balancing",
  summary:
    "Samples near the rarest class while the labels are too uneven, otherwise random samples",
  source: 'Aggarwal, Popescu & Hudelot 2020, "Active Learning for Imbalanced Datasets"',
  cost: "one pass over n x d and one call of the oracle for each pick",
  reads: ["labels", "oracle"],
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool, budget, labeled, labels, candidates, oracle, keyFor, recordingOptions } = request;
  const { device, rows } = pool;
  const classes = new ClassMeans(pool, request.predictor?.classes ?? 0);
  labeled.forEach((index, at) => classes.add(index, labels![at]!));
  // Random picks take the next untaken sample of one shuffle, which needs no more than B entries.
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
 * Decides whether labels are too uneven.
 *
 * @param counts the number of labels of each class, `[K]`
 * @param left the number of labels that are still to come
 * @returns the rarest class and the major ones; undefined if the labels are even enough or the
 * rarest class has none
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

/**
 * Records the scores of all samples from their distances to the means of the rarest and the major
 * classes.
 */
function nearness(pool: Pool, means: Float64Array, scores: Tensor): void {
  const { device, blocks, stride: d } = pool;
  const others = means.length / d - 1;
  using centers = device.tensor("means of classes", [others + 1, d], "real", means);
  for (const { features: x, base, rows } of blocks) {
    const constants = rowLanes(x, d);
    device.run(meanRatios, { x, means: centers, scores }, { rows, base, d, others }, constants);
  }
}

/**
 * The label counts and the feature means of the classes; features are read when a mean is needed.
 */
class ClassMeans {
  /** The number of labels of each class. */
  readonly counts: number[];
  readonly #sums = new Map<number, Float64Array>();
  #unread: { index: number; label: number }[] = [];

  /** Starts with a number of classes; larger labels add classes. */
  constructor(private readonly pool: Pool, classes: number) {
    this.counts = new Array(classes).fill(0);
  }

  /** Adds one labeled sample. */
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
