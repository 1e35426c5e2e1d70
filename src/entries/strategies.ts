/**
 * All strategies with the declarations of their options, and the types of strategies. In a bundle
 * that imports and uses this whole namespace every strategy can be used by its name.
 *
 * @example The allowed values of an option, for a form
 * ```ts
 * import { falcun, optionsOf, rangeOf } from "@creel/creel/strategies";
 * import assert from "node:assert/strict";
 *
 * const { gamma } = optionsOf(falcun.definition);
 * assert.equal(rangeOf(gamma!), "a positive float32 number");
 * ```
 *
 * @example A strategy by its name
 * ```ts
 * import { select } from "@creel/creel";
 * import * as strategies from "@creel/creel/strategies";
 * import assert from "node:assert/strict";
 *
 * const features = { data: Float32Array.of(0, 1, 5), columns: 1 };
 * const { picks } = await select({ features, labeled: [0], budget: 1, strategy: "coreset" });
 * assert.deepEqual(picks, [2]);
 * assert.equal(strategies.coreset().name, "coreset");
 * ```
 *
 * @module
 */

export * from "../select/bait/bait.ts";
export * from "../select/strategies/alfa-mix.ts";
export { badge, badgeOptions } from "../select/strategies/badge.ts";
export { balancing } from "../select/strategies/balancing.ts";
export * from "../select/strategies/bald.ts";
export * from "../select/strategies/base.ts";
export { batchBald } from "../select/strategies/batch-bald.ts";
export * from "../select/strategies/cal.ts";
export * from "../select/strategies/cluster-margin.ts";
export * from "../select/strategies/coreset.ts";
export { dropQuery } from "../select/strategies/drop-query.ts";
export * from "../select/strategies/entropy.ts";
export * from "../select/strategies/falcun.ts";
export * from "../select/strategies/least-confidence.ts";
export * from "../select/strategies/margin.ts";
export * from "../select/strategies/mase.ts";
export * from "../select/strategies/max-herding.ts";
export { probCover, probCoverOptions } from "../select/strategies/prob-cover.ts";
export * from "../select/strategies/random.ts";
export * from "../select/strategies/typiclust.ts";
export * from "../select/strategies/uncertainty-herding.ts";
export * from "../select/strategies/variation-ratio.ts";

export {
  type Fisher,
  FISHERS,
  type Weighting,
  WEIGHTINGS,
} from "../select/strategy/bait-report.ts";
export {
  dropout,
  memberOptions,
  members,
  severalMembersOptions,
} from "../select/strategy/member-options.ts";
export {
  type AutoOption,
  type ChoiceOption,
  type FlagOption,
  type IntegerOption,
  type NumberOption,
  type OptionBase,
  type OptionDeclaration,
  type OptionsOf,
  type OptionTable,
  type OptionValue,
  rangeOf,
  type ResolvedOptions,
  type ValueOf,
} from "../select/strategy/options.ts";
export type { Oracle } from "../select/strategy/request.ts";
export {
  optionsOf,
  type Reading,
  SHARED_OPTIONS,
  type SharedTable,
  type StrategyDefinition,
  type StrategyFactory,
} from "../select/strategy/strategy.ts";
