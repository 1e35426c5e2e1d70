/**
 * BADGE (Ash et al. 2020, "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower
 * Bounds"): k-means++ seeding in the space of the gradients of the loss with respect to the weights
 * of the last layer, taking the predicted class as the label.
 *
 * @module
 */

import type { Tensor } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { gradientDistances } from "../../kernels/strategies/gradient-distances.ts";
import { pseudoResiduals } from "../../kernels/strategies/pseudo-residuals.ts";
import type { Pool } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { Probabilities } from "../../pool/probabilities.ts";
import { rowLanes } from "../../pool/row-lanes.ts";
import { pickApart, type PickSpace } from "../drivers/pick-apart.ts";
import { Picker } from "../drivers/picker.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { dropout, members } from "../strategy/member-options.ts";
import type { ResolvedOptions } from "../strategy/options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode badge}. */
export const badgeOptions = {
  /** Whether the labeled samples count as picks. */
  includeLabeled: { kind: "flag", help: "Count the labeled samples as picks" },
  members,
  dropout,
} as const;

/**
 * Picks the sample with the largest gradient first, and then draws samples in proportion to the
 * squared distance of their gradients to the nearest pick. With `includeLabeled` the labeled
 * samples count as picks, with the gradients of their predicted classes, and the first sample is
 * drawn as well.
 */
export const badge: StrategyFactory<typeof badgeOptions> = /* @__PURE__ */ builtInStrategy({
  name: "badge",
  summary: "Random samples whose gradients of the last layer are large and far apart",
  source: 'Ash et al. 2020, "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower ' +
    'Bounds", algorithm 1',
  cost: "one pass over n x d and n x K for each pick",
  reads: ["probabilities"],
  options: badgeOptions,
  select: choose,
});

async function choose(
  request: SelectionRequest,
  { includeLabeled }: ResolvedOptions<typeof badgeOptions>,
): Promise<SelectedBatch> {
  const { pool, predictor, budget, labeled, candidates, keyFor, recordingOptions } = request;
  const before = includeLabeled ? labeled : [];
  using space = await GradientSpace.from(pool, predictor!);
  using picker = new Picker(pool.device, pool.rows, candidates, budget, before);
  const from = before.length > 0 ? 0 : 1;
  await pickApart(pool.device, space, picker, "badge", {
    ...recordingOptions,
    fixed: before.length,
    total: before.length + budget,
    draw: { key: keyFor("draws"), gamma: 1, from },
  });
  return { picks: await picker.read() };
}

/**
 * The squared distances of gradients to the gradient of the nearest pick, and to 0 before the first
 * pick.
 */
export class GradientSpace extends Resource implements PickSpace {
  /** `[n]`, the squared distances. */
  readonly state: Tensor;
  readonly #xPick: Tensor;
  readonly #qPick: Tensor;

  private constructor(private readonly pool: Pool, private readonly residuals: Probabilities) {
    super();
    const { device, rows, stride } = pool;
    using undo = new ResourceStack();
    this.state = undo.use(device.tensor("distance of gradients", [rows]));
    this.#xPick = undo.use(device.tensor("features of the pick", [stride]));
    this.#qPick = undo.use(device.tensor("residuals of the pick", [residuals.classes]));
    for (const { probabilities, rows } of residuals.segments) {
      device.run(pseudoResiduals, { probabilities }, { rows, classes: residuals.classes });
    }
    // The distances to a gradient of 0 are the norms.
    this.#measure(true);
    undo.move();
  }

  /** Computes the gradients of all samples for the predictions of a head. */
  static async from(pool: Pool, predictor: Predictor): Promise<GradientSpace> {
    const probabilities = await Probabilities.from(pool, predictor);
    try {
      return new GradientSpace(pool, probabilities);
    } catch (error) {
      probabilities.dispose();
      throw error;
    }
  }

  /** Records the update after a pick, see {@linkcode PickSpace.add}; entry 0 replaces the norms. */
  add(picker: Picker, place: number): void {
    const { pool, residuals } = this;
    picker.gather(pool.blocks, pool.stride, place, this.#xPick);
    picker.gather(residuals.blocks, residuals.classes, place, this.#qPick);
    this.#measure(place === 0);
  }

  /** Frees the tensors. */
  dispose(): void {
    this.residuals.dispose();
    for (const tensor of [this.state, this.#xPick, this.#qPick]) tensor.dispose();
  }

  #measure(fresh: boolean): void {
    const { pool: { device, stride: d }, residuals: { segments, classes }, state } = this;
    const [xPick, qPick] = [this.#xPick, this.#qPick];
    for (const { features: x, offset, base, rows, probabilities: q } of segments) {
      const params = { rows, base, d, classes, xOffset: offset * d, fresh: fresh ? 1 : 0 };
      const constants = rowLanes(x, d);
      device.run(gradientDistances, { x, q, xPick, qPick, state }, params, constants);
    }
  }
}
