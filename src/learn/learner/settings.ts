/**
 * The settings of a learner: its options without functions, checked and with defaults.
 *
 * @module
 */

import { checkNames, type OptionNames } from "../../check-names.ts";
import { InputError } from "../../errors.ts";
import { bait } from "../../select/bait/bait.ts";
import { strategyOfName } from "../../select/named-strategy.ts";
import { strategyOf } from "../../select/run-strategy.ts";
import { type OptionValue, STRATEGY_HINT } from "../../select/strategy/options.ts";
import { optionsOf, type Strategy } from "../../select/strategy/strategy.ts";
import { COLD_STARTS, type ColdStart, type LearnerHead, type LearnerOptions } from "./options.ts";

/** The options of a learner that can be saved, with their defaults. */
export interface LearnerSettings {
  /** The name of the strategy. */
  readonly strategy: string;
  /** The options of the strategy that were set. */
  readonly strategyOptions: Readonly<Record<string, OptionValue>>;
  /** How the first batches are chosen, while no head can be trained. */
  readonly coldStart: ColdStart;
  /** K or the names of the classes, if they are known. */
  readonly classes?: number | readonly string[];
  /** The seed of all random numbers. */
  readonly seed: number;
  /** The number of watched samples, whose predictions are measured for the stopping rules. */
  readonly watch: number;
  /** The number of heads of the ensemble; absent without one. */
  readonly ensemble?: number;
}

/** The names of {@linkcode LearnerOptions}. */
const LEARNER_OPTIONS: OptionNames<LearnerOptions> = {
  strategy: true,
  coldStart: true,
  oracle: true,
  classes: true,
  trainer: true,
  ensemble: true,
  seed: true,
  watch: true,
  clock: true,
};

/**
 * The options of all strategies that early saves stored together, whichever strategy chose: those
 * that the strategy of a save does not have are left out, while other unknown ones are errors.
 */
const EARLY_OPTIONS: readonly string[] = [
  ...["fisher", "topClasses", "weighting", "oversample", "lambda", "select", "diagonal"],
  ...["candidates", "partitions", "rotate", "round", "includeLabeled", "deterministic", "gamma"],
  ...["temperature", "delta", "clusters", "members", "dropout"],
];

/** The settings of a learner without options. */
const DEFAULTS: LearnerSettings = {
  strategy: "bait",
  strategyOptions: {},
  coldStart: "random",
  seed: 0,
  watch: 1000,
};

/**
 * Computes settings from options.
 *
 * @param options the options of the caller
 * @param strategy the strategy of the learner
 * @param saved the settings of a saved learner, which are the defaults
 * @throws {InputError} if an option is unknown or out of its range, or the number of classes
 * differs from the saved one
 */
export function learnerSettings(
  options: LearnerOptions<LearnerHead>,
  strategy: Strategy,
  saved: LearnerSettings = DEFAULTS,
): LearnerSettings {
  checkNames("ActiveLearner", options, LEARNER_OPTIONS, STRATEGY_HINT);
  const classes = options.classes ?? saved.classes;
  const ensemble = options.ensemble ?? saved.ensemble;
  const settings: LearnerSettings = {
    strategy: strategy.name,
    strategyOptions: { ...strategy.options },
    coldStart: options.coldStart ?? saved.coldStart,
    ...(classes !== undefined && { classes: typeof classes === "number" ? classes : [...classes] }),
    seed: options.seed ?? saved.seed,
    watch: options.watch ?? saved.watch,
    ...(ensemble !== undefined && { ensemble }),
  };
  const { coldStart, seed, watch } = settings;
  if (!COLD_STARTS.includes(coldStart)) {
    throw new InputError(`Unknown cold start ${coldStart}: use ${COLD_STARTS.join(", ")}`);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new InputError(`The seed must be a whole number: found ${seed}`);
  }
  if (!Number.isSafeInteger(watch) || watch < 0) {
    throw new InputError(`The samples to watch must be a whole number, 0 or more: found ${watch}`);
  }
  if (ensemble !== undefined && !(Number.isSafeInteger(ensemble) && ensemble >= 2)) {
    throw new InputError(
      `The ensemble must be a whole number of heads, 2 or more: found ${ensemble}`,
    );
  }
  checkClasses(classes);
  const [given, known] = [classCount(options.classes), classCount(saved.classes)];
  if (given !== undefined && known !== undefined && given !== known) {
    throw new InputError(`Cannot use ${given} classes: the saved learner has ${known}`);
  }
  return settings;
}

/** K, from a number or from the names of the classes. */
export function classCount(classes: number | readonly string[] | undefined): number | undefined {
  return typeof classes === "object" ? classes.length : classes;
}

/**
 * The strategy of a learner.
 *
 * @param options the options of the caller, which may have a strategy
 * @param saved the settings of a saved learner, whose strategy is the default
 * @throws {InputError} if the strategy is unknown, or saved options do not match it
 */
export async function learnerStrategy(
  { strategy }: Pick<LearnerOptions, "strategy">,
  saved?: LearnerSettings,
): Promise<Strategy> {
  if (strategy !== undefined || !saved) return await strategyOf(strategy ?? bait);
  try {
    const factory = await strategyOfName(saved.strategy);
    const known = optionsOf(factory.definition);
    const own = Object.entries(saved.strategyOptions).filter(([name]) =>
      Object.hasOwn(known, name) || !EARLY_OPTIONS.includes(name)
    );
    return (factory as (options: unknown) => Strategy)(Object.fromEntries(own));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `Cannot use the strategy of the saved learner: ${error.message} (give the option strategy)`,
    );
  }
}

function checkClasses(classes: number | readonly string[] | undefined): void {
  const count = classCount(classes);
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1)) {
    throw new InputError(`The classes must be 1 or more: found ${count}`);
  }
  if (typeof classes !== "object") return;
  const twice = classes.find((name, at) => classes.indexOf(name) !== at);
  if (twice !== undefined) throw new InputError(`Class ${twice} is named twice`);
}
