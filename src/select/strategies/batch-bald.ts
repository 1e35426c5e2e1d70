/**
 * BatchBALD (Kirsch et al. 2019, "BatchBALD: Efficient and Diverse Batch Acquisition for Deep
 * Bayesian Active Learning"): the batch with the largest joint mutual information between its
 * classes and the members, picked greedily (algorithm 1).
 *
 * The gain of candidate i given a batch S is `I(y_i; m | y_S)`: the mean, over the configurations
 * of classes of S, of `H(mean of p_m(y_i)) - mean of H(p_m(y_i))`, that is BALD with the members
 * weighted by their probability given the configuration. It is computed in this form, not as a
 * difference of joint entropies. The information of a batch is at most ln M: with 10 members the
 * gains are small after a few picks.
 *
 * @module
 */

import { Recording } from "../../device/recording.ts";
import { ResourceStack } from "../../disposal.ts";
import { disagreement } from "../members/disagreement.ts";
import { Joint, MemberStack, type StackRows } from "../members/joint.ts";
import { Picker } from "../drivers/picker.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { severalMembersOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { topOf } from "../drivers/top.ts";

/** How the configurations of classes of a batch are summed over. */
export interface JointLimits {
  /**
   * The largest number of configurations, those of the candidate included, that are all summed
   * over.
   */
  readonly exact: number;
  /** The number of configurations that are drawn otherwise. */
  readonly draws: number;
}

/**
 * The default limits. All candidates share the same draws, so that most of the sampling error is
 * common to all.
 */
const LIMITS: JointLimits = { exact: 1e5, draws: 2000 };

/** The number of multiplications of one dispatch: about 0.2 s on a software adapter. */
const PIECE = 2 ** 28;

/** The number of rows that keep a GPU busy. */
const BUSY_ROWS = 256;

/**
 * Picks greedily by joint mutual information; the score of a pick is its gain, in nats, given the
 * picks before it.
 *
 * While `K^(|S| + 1)` is at most 10^5, the gains are sums over all configurations of classes.
 * Beyond that 2000 configurations are drawn: each class from the prediction of the members given
 * the classes before it, extended by every following pick. This samples the joint distribution, as
 * section 4 of the paper does. The paper subtracts the exact mean of `H(p_m)` from the sampled
 * entropy; this implementation takes both means over the same draws, so that their errors cancel:
 * for a pool of 90 samples and 4 members the gains of 40 picks summed to 1.52 with the formula of
 * the paper and to 1.39 with this one, and ln 4 = 1.39 is the upper bound.
 *
 * Reads the predictions of several members.
 */
export const batchBald: StrategyFactory<typeof severalMembersOptions> =
  /* @__PURE__ */ builtInStrategy({
    name: "batch-bald",
    summary: "The batch whose classes are jointly the most informative about the members, picked " +
      "greedily",
    source: 'Kirsch et al. 2019, "BatchBALD: Efficient and Diverse Batch Acquisition for Deep ' +
      'Bayesian Active Learning", algorithm 1',
    cost: "one pass over M x n x K for each pick, times up to 2,000 configurations",
    reads: ["members"],
    options: severalMembersOptions,
    select: (request) => chooseJointly(request),
  });

/** Implements {@linkcode batchBald}, with other limits for tests. */
export async function chooseJointly(
  request: SelectionRequest,
  limits: JointLimits = LIMITS,
): Promise<SelectedBatch> {
  const { pool, budget, candidates, keyFor, recordingOptions } = request;
  const { device, rows } = pool;
  const members = request.members!;
  const { bald } = await disagreement(pool, members, recordingOptions);
  using stack = await MemberStack.from(pool, members);
  const { blocks, classes, width } = stack;
  const configurationsAt = (place: number) =>
    classes ** (place + 1) <= limits.exact ? classes ** place : limits.draws;
  const piecesAt = Array.from(
    { length: budget },
    (_, place) =>
      place === 0 ? [] : piecesOf(blocks, configurationsAt(place) * width * members.count),
  );
  const total = piecesAt.reduce((sum, pieces) => sum + pieces.length, 0);
  const recording = new Recording(device, "batch-bald", total, recordingOptions);

  using picker = new Picker(device, rows, candidates, budget);
  using posterior = device.tensor("probabilities of the members", [members.count]);
  using gains = device.tensor("gains", [rows], "real", bald);
  using gained = device.tensor("gains of the picks", [budget]);
  using gain = device.tensor("gain of the pick", [1]);
  using sample = device.tensor("probabilities of the pick", [members.count, width]);
  const note = (place: number) => {
    picker.gather([{ features: gains, base: 0, rows }], 1, place, gain);
    device.copy(gain, gained, { toOffset: place });
  };
  picker.set(topOf(bald, candidates, 1)[0]!, 0);
  note(0);
  using undo = new ResourceStack();
  let joint = undo.use(new Joint(device, stack, 1));
  let drawn = 0;
  for (let place = 1; place < budget; place++) {
    if (classes ** (place + 1) <= limits.exact) {
      picker.gather(blocks, sample.size, place - 1, sample);
      joint.extend(sample);
    } else {
      if (drawn === 0) joint = undo.use(new Joint(device, stack, limits.draws));
      for (; drawn < place; drawn++) {
        picker.gather(blocks, sample.size, drawn, sample);
        joint.draw(sample, keyFor("configuration", drawn));
      }
    }
    joint.average(posterior);
    for (const piece of piecesAt[place]!) {
      joint.measure(piece, posterior, gains);
      await recording.step();
    }
    picker.take(gains, place);
    note(place);
  }
  recording.end();
  return { picks: await picker.read(), scores: Array.from(await device.read(gained)) };
}

/** Splits the samples into pieces of one dispatch each, given the multiplications of one sample. */
function piecesOf(blocks: MemberStack["blocks"], each: number): StackRows[] {
  const most = Math.max(BUSY_ROWS, Math.floor(PIECE / each));
  return blocks.flatMap(({ features, base, rows }) => {
    const pieces: StackRows[] = [];
    for (let offset = 0; offset < rows; offset += most) {
      const count = Math.min(most, rows - offset);
      pieces.push({ features, offset, base: base + offset, rows: count });
    }
    return pieces;
  });
}
