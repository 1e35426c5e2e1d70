/**
 * What the reference implementations of the strategies besides BAIT pick. Loads in browsers too,
 * where tests/browser makes the same comparison.
 */

import type { Device } from "../../src/device/device.ts";
import type { Npz } from "../../src/io/numpy/npz.ts";
import { select, type SelectOptions } from "../../src/learn/select.ts";
import type { StrategyName } from "../../src/select/strategy/names.ts";
import type { StrategyLike } from "../../src/select/run-strategy.ts";
import { falcun } from "../../src/select/strategies/falcun.ts";
import { probCover } from "../../src/select/strategies/prob-cover.ts";
import { matrixOf, vectorOf } from "./golden.ts";

/** The files. */
export const STRATEGY_FILES = ["strategies_small", "strategies_digits"] as const;

/** The array of a file that a call must equal. */
export interface StrategyCase {
  readonly array: string;
  readonly strategy: StrategyName;
  /** The strategy with the options that the file was made with, where they are not the defaults. */
  readonly value?: (numberOf: (array: string) => Promise<number>) => Promise<StrategyLike>;
  /** What else the file was made with. */
  readonly options?: Partial<SelectOptions>;
}

/** The picks of each file. */
export const STRATEGY_CASES: readonly StrategyCase[] = [
  { array: "least_confidence", strategy: "least-confidence" },
  { array: "margin", strategy: "margin" },
  { array: "entropy", strategy: "entropy" },
  { array: "mase", strategy: "mase" },
  { array: "base", strategy: "base" },
  { array: "cal", strategy: "cal" },
  { array: "coreset", strategy: "coreset" },
  { array: "badge_first", strategy: "badge", options: { budget: 1 } },
  {
    array: "falcun_deterministic",
    strategy: "falcun",
    value: () => Promise.resolve(falcun({ deterministic: true })),
  },
  { array: "max_herding", strategy: "max-herding" },
  { array: "max_herding_cold", strategy: "max-herding", options: { labeled: [] } },
  {
    array: "prob_cover",
    strategy: "prob-cover",
    value: async (numberOf) => probCover({ delta: await numberOf("prob_cover_delta") }),
  },
];

/**
 * What a call needs: with the weights of the head, for strategies that read them, or with its
 * logits.
 */
export async function strategyInput(
  npz: Npz,
  device: Device,
  strategy: StrategyName,
): Promise<SelectOptions> {
  const head = { weight: await matrixOf(npz, "weight"), bias: await vectorOf(npz, "bias") };
  const weighs = strategy === "mase" || strategy === "base";
  return {
    device,
    features: await matrixOf(npz, "features"),
    labeled: await vectorOf(npz, "labeled"),
    budget: (await vectorOf(npz, "budget"))[0]!,
    strategy,
    ...(weighs ? { head } : { logits: await matrixOf(npz, "logits") }),
  };
}

/** Runs a case. */
export async function runStrategyCase(
  npz: Npz,
  device: Device,
  { array, strategy, value, options }: StrategyCase,
): Promise<{ picks: number[]; expected: number[] }> {
  const numberOf = async (name: string) => (await vectorOf(npz, name))[0]!;
  const { picks } = await select({
    ...await strategyInput(npz, device, strategy),
    ...(value && { strategy: await value(numberOf) }),
    ...options,
  });
  return { picks, expected: await vectorOf(npz, array) };
}
