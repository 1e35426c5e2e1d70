/**
 * FALCUN (Gilhuber et al. 2024, "FALCUN: A Simple and Efficient Deep Active Learning Strategy"):
 * uncertain samples whose predictions differ from those of the picks.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { probabilityDistances } from "../../kernels/strategies/probability-distances.ts";
import { Probabilities } from "../../pool/probabilities.ts";
import { pickApart } from "../drivers/pick-apart.ts";
import { Picker } from "../drivers/picker.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { dropout, members } from "../strategy/member-options.ts";
import type { ResolvedOptions } from "../strategy/options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { uncertaintyScores } from "../members/uncertainty.ts";

/** The options of {@linkcode falcun}. */
export const falcunOptions = {
  /** The power of the state in the probabilities of the draws. */
  gamma: {
    kind: "number",
    above: 0,
    default: 10,
    help: "Samples are drawn with probabilities proportional to state^gamma",
  },
  /** Whether the sample with the largest state is picked instead of a random one. */
  deterministic: { kind: "flag", help: "Pick the largest state instead of a random sample" },
  members,
  dropout,
} as const;

/**
 * Picks by the state `min(1 - (p1 - p2), L1 distance of p to the predictions of the picks)`:
 * samples are drawn in proportion to `state^gamma`, or with `deterministic` the sample with the
 * largest state is picked.
 *
 * @example Pick the most uncertain of three samples
 * ```ts
 * import { arrayRows, falcun, openDevice, Pool, probsPredictor, runStrategy } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using pool = await Pool.from(device, arrayRows("rows", [[0], [1], [2]]));
 * const predictor = probsPredictor(arrayRows("probs", [[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]]));
 * const strategy = falcun({ deterministic: true });
 * const { picks } = await runStrategy(pool, strategy, { budget: 1, predictor });
 * assert.deepEqual(picks, [1]);
 * ```
 *
 * @throws {InputError} if there is a single class
 */
export const falcun: StrategyFactory<typeof falcunOptions> = /* @__PURE__ */ builtInStrategy({
  name: "falcun",
  summary: "Random uncertain samples whose predictions differ from those of the picks",
  source: 'Gilhuber et al. 2024, "FALCUN: A Simple and Efficient Deep Active Learning Strategy"',
  cost: "one pass over n x K for each pick",
  reads: ["probabilities"],
  options: falcunOptions,
  select: choose,
});

async function choose(
  request: SelectionRequest,
  { gamma, deterministic }: ResolvedOptions<typeof falcunOptions>,
): Promise<SelectedBatch> {
  const { pool, predictor, budget, candidates, keyFor, recordingOptions } = request;
  const { device, rows } = pool;
  if (predictor!.classes < 2) {
    throw new InputError("Cannot run falcun with a single class: no prediction differs");
  }
  const uncertainty = await uncertaintyScores(pool, predictor!, "margin");
  using probabilities = await Probabilities.from(pool, predictor!);
  const { blocks, classes } = probabilities;
  using state = device.tensor("uncertainty and distance", [rows], "real", uncertainty);
  using center = device.tensor("probabilities of the pick", [classes]);
  using picker = new Picker(device, rows, candidates, budget);
  const add = (_: Picker, place: number) => {
    picker.gather(blocks, classes, place, center);
    for (const { features, base, rows } of blocks) {
      const tensors = { probabilities: features, center, state };
      device.run(probabilityDistances, tensors, { rows, base, classes });
    }
  };
  const draw = deterministic ? undefined : { key: keyFor("draws"), gamma, from: 0 };
  const options = { ...recordingOptions, fixed: 0, total: budget, draw };
  await pickApart(device, { state, add }, picker, "falcun", options);
  return { picks: await picker.read() };
}
