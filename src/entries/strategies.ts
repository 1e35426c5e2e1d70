/**
 * Every strategy with the table of its options, and what strategies are made of. A page that
 * imports this module can ask for any strategy by its name.
 *
 * @example The range of an option, for a form
 * ```ts
 * import { falcun, optionsOf, rangeOf } from "@creel/creel/strategies";
 * import assert from "node:assert/strict";
 *
 * const { gamma } = optionsOf(falcun.definition);
 * assert.equal(rangeOf(gamma!), "a positive float32 number");
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
