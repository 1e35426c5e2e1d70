/**
 * All strategies behind one call: a name, a pool, a budget, and what is known about the pool.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { Pool } from "../pool/pool.ts";
import { checkChoices } from "./check-choices.ts";
import { REGISTRY, STRATEGIES, type StrategyName } from "./registry.ts";
import { checkNeeds, type Need, requestOf, withMembers } from "./request.ts";
import type { Selection, StrategyChoices, StrategyOptions } from "./strategy-options.ts";
import { selectFromParts } from "./sub-pool.ts";

export { STRATEGIES, type StrategyName } from "./registry.ts";
export type {
  BaitReport,
  Oracle,
  Selection,
  StrategyChoices,
  StrategyOptions,
} from "./strategy-options.ts";

/** What a strategy reads besides the features, where there is a head for those that can do without. */
export function needsOf(name: StrategyName, choices: StrategyChoices = {}): readonly Need[] {
  return REGISTRY[name].needs(choices, true);
}

/**
 * Whether a strategy looks at a head, where there is one. An ensemble stands in for the probabilities of a
 * head, but not for the head itself.
 */
export function needsHead(
  name: StrategyName,
  choices: StrategyChoices & Pick<StrategyOptions, "memberPredictors"> = {},
): boolean {
  const ofHead: readonly Need[] = choices.memberPredictors
    ? ["head", "weights"]
    : ["probabilities", "head", "weights", "members"];
  return needsOf(name, choices).some((need) => ofHead.includes(need));
}

/**
 * Chooses a batch.
 *
 * @param pool the features of all samples
 * @param name the strategy
 * @param options the budget, what is known, and the strategy's options
 * @throws {InputError} if an option is out of its range, or what the strategy needs is missing
 * @throws {DeviceError} if the device cannot do it
 */
export async function runStrategy(
  pool: Pool,
  name: StrategyName,
  options: StrategyOptions,
): Promise<Selection> {
  if (!STRATEGIES.includes(name)) {
    throw new InputError(`Unknown strategy ${name}: use ${STRATEGIES.join(", ")}`);
  }
  checkChoices(options);
  const plain = requestOf(pool, options);
  const { needs: needsWith, run } = REGISTRY[name];
  const headed = plain.predictor !== undefined || plain.members !== undefined;
  const { request, needs } = withMembers(plain, needsWith(options, headed));
  checkNeeds(name, needs, request);
  return await selectFromParts(request, run);
}
