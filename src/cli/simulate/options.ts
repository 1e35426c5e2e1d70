/**
 * The options of `creel simulate`, and the settings and strategies that they select.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { type HeadName, HEADS } from "../../learn/simulation/head.ts";
import type { SimulationData } from "../../learn/simulation/data.ts";
import { runsOnTargets, type SimulationSettings } from "../../learn/simulation/simulation.ts";
import { checkSeveralLabels } from "../../select/strategy/readings.ts";
import { type Given, integerOf, numberOf, type Option, textOf } from "../command.ts";
import { scaleOf, scaleOption, writtenScale } from "../scale.ts";
import type { Strategy } from "../../select/strategy/strategy.ts";
import { splitStrategies, strategyText } from "../../select/strategy/strategy-text.ts";
import { FACTORIES, strategiesFromTexts } from "../strategy-options.ts";
import { testShareOf } from "./input.ts";
import { SETTINGS_VERSION, type StoredSettings } from "./settings-file.ts";

/** The options of the head, which `creel train` shares. */
export const HEAD_OPTIONS: Readonly<Record<string, Option>> = {
  head: { value: "KIND", choices: HEADS, fallback: "linear", help: "The head that is trained" },
  C: { value: "C", fallback: "1", help: "Linear: weight of the samples against the L2 penalty" },
  hidden: { value: "N,N,...", fallback: "128", help: "MLP: the widths of its hidden layers" },
  epochs: { value: "N", fallback: "100", help: "MLP: passes over the labeled samples" },
  scale: scaleOption("standardize"),
};

/** The options of a simulation. */
export const SIMULATION_OPTIONS: Readonly<Record<string, Option>> = {
  strategies: {
    value: "A,B,...",
    fallback: "bait-binary,margin,random; margin,random with several labels a sample; " +
      "bait-regression,random with targets",
    help:
      "What to compare: names (creel strategies lists them), bait-full, bait-exp, bait-binary, " +
      "bait-regression, bait-classes, names with options as in " +
      '"bait(fisher=exp,lambda=1),falcun(gamma=3)", files',
  },
  initial: { value: "N", fallback: "10", help: "Random labels to start with" },
  rounds: { value: "N", fallback: "20", help: "How many batches each strategy chooses" },
  budget: { value: "B", fallback: "10", help: "How many samples each batch has" },
  seeds: { value: "N", fallback: "10", help: "How many seeds: 0, 1, ... N - 1" },
  subset: { value: "N", help: "Use N of the pool's rows, drawn by the seed (default: all)" },
  ...HEAD_OPTIONS,
};

/** The settings that all runs share. */
export function simulationSettings(given: Given): SimulationSettings {
  return {
    initial: countOf(given, "initial", 10),
    rounds: countOf(given, "rounds", 20),
    budget: countOf(given, "budget", 10),
    testShare: testShareOf(given),
    subset: given["subset"] === undefined ? undefined : countOf(given, "subset", 1),
    ...headOf(given),
    scale: scaleOf(given) ?? "standardize",
  };
}

/** The kind of the head and the options of its training. */
export function headOf(
  given: Given,
): Pick<SimulationSettings, "head" | "C" | "hidden" | "epochs"> {
  const head = (textOf(given, "head") ?? "linear") as HeadName;
  const foreign = (head === "linear" ? ["hidden", "epochs"] : ["C"])
    .find((name) => given[name] !== undefined);
  if (foreign) {
    const owner = head === "linear" ? "mlp" : "linear";
    throw new InputError(`Option --${foreign} is for --head ${owner}: found --head ${head}`);
  }
  if (head === "linear") return { head, C: positiveOf(given, "C") };
  const hidden = (textOf(given, "hidden") ?? "128").split(",").map(Number);
  if (hidden.length > 3 || !hidden.every((width) => Number.isSafeInteger(width) && width > 0)) {
    throw new InputError(
      `Option --hidden must be 1 to 3 whole numbers such as 128,64: found ${given["hidden"]}`,
    );
  }
  return { head, hidden, epochs: countOf(given, "epochs", 100) };
}

/** The value of an option as a whole number from 1. */
export function countOf(given: Given, name: string, fallback: number): number {
  const value = integerOf(given, name) ?? fallback;
  if (value < 1) throw new InputError(`Option --${name} must be 1 or more: found ${value}`);
  return value;
}

/** The value of an option as a positive number; 1 if it is not given. */
export function positiveOf(given: Given, name: string): number {
  const value = numberOf(given, name) ?? 1;
  // A GPU computes in float32, where 1e-300 is 0.
  if (!(Math.fround(value) > 0)) {
    throw new InputError(`Option --${name} must be a positive number: found ${value}`);
  }
  return value;
}

/**
 * The strategies to compare.
 *
 * @throws {InputError} if a strategy is unknown, is given twice, or cannot run on the data or with
 * the head
 */
export async function strategiesOf(
  given: Given,
  { pool, classes }: SimulationData,
): Promise<Strategy[]> {
  const several = pool.width !== undefined;
  const fallback = classes === undefined
    ? "bait-regression,random"
    : several
    ? "bait-classes,margin,random"
    : "bait-binary,margin,random";
  const strategies = await strategiesFromTexts(
    splitStrategies(textOf(given, "strategies") ?? fallback),
  );
  const texts = strategies.map(strategyText);
  for (const [at, strategy] of strategies.entries()) {
    const text = texts[at]!;
    if (texts.indexOf(text) !== at) throw new InputError(`Strategy ${text} is given twice`);
    if (several) checkSeveralLabels(strategy);
    if (classes === undefined && !runsOnTargets(strategy)) {
      const able = FACTORIES.map((factory) => factory()).filter(runsOnTargets);
      throw new InputError(
        `Cannot run ${text} on real-valued targets: it needs class probabilities, and ` +
          `bait-regression, ${able.slice(1).map(({ name }) => name).join(", ")} do not`,
      );
    }
    if (given["head"] === "mlp" && strategy.reads(true).includes("weights")) {
      throw new InputError(
        `Cannot run ${text} with --head mlp: it needs the weights of a linear head`,
      );
    }
  }
  return strategies;
}

/** Everything that determines a run, besides its strategy and its seed. */
export function storedSettings(
  settings: SimulationSettings,
  data: {
    readonly sha256: string;
    readonly rows: number;
    readonly columns: number;
    readonly classes: number | undefined;
    readonly testRows: number | undefined;
    readonly several: boolean;
  },
  device: "webgpu" | "cpu",
): StoredSettings {
  const { testShare, subset, hidden } = settings;
  const given = { ...settings, testShare: data.testRows === undefined ? testShare : null };
  return {
    version: SETTINGS_VERSION,
    data: data.sha256,
    rows: data.rows,
    columns: data.columns,
    classes: data.classes ?? null,
    ...(data.several && { task: "multilabel" }),
    testRows: data.testRows ?? null,
    ...Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as StoredSettings,
    subset: subset ?? null,
    scale: writtenScale(settings.scale),
    ...(hidden && { hidden: hidden.join(",") }),
    device,
  };
}
