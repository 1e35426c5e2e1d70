/**
 * Active learning replayed on labeled data: a strategy asks, the labels answer, and after every round
 * a head trained on what is then labeled is measured on a test set.
 *
 * A seed decides the test split, the initial labels and every random choice, so that runs of different
 * strategies with one seed differ in nothing but the strategy.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import { type Fisher, FISHERS } from "../../select/bait/fisher/factors.ts";
import { sample } from "../../random/sample.ts";
import {
  needsOf,
  runStrategy,
  STRATEGIES,
  type StrategyChoices,
  type StrategyName,
} from "../../select/strategy.ts";
import { type ClassBalance, classBalance } from "../metrics/class-balance.ts";
import { deriveSeed, type OpenSplit, type SplitOptions } from "./data.ts";
import { type SimulationHead, type SimulationHeadOptions, trainSimulationHead } from "./head.ts";

/** What is the same in all runs of a simulation. */
export interface SimulationSettings
  extends
    SplitOptions,
    Omit<StrategyChoices, "fisher" | "round">,
    Pick<SimulationHeadOptions, "head" | "C" | "hidden" | "epochs"> {
  /** How many labels a run starts with. */
  readonly initial: number;
  /** How often a strategy is asked. */
  readonly rounds: number;
  /** How many samples it chooses each time. */
  readonly budget: number;
}

/** One point of a curve. */
export interface SimulationRound {
  /** How many samples were labeled. */
  readonly labels: number;
  /** Scores on the test set by name. */
  readonly scores: Readonly<Record<string, number>>;
  /** How even the labeled classes were; absent for regression. */
  readonly balance?: Omit<ClassBalance, "counts">;
  /** How long the training took. */
  readonly trainSeconds: number;
  /** How long the choice of the next batch took; 0 in the last round, which has none. */
  readonly selectSeconds: number;
}

/** One strategy with one seed, from the first label to the last. */
export interface SimulationRun {
  /** Its name, as in {@linkcode SIMULATED}. */
  readonly strategy: string;
  /** Its seed. */
  readonly seed: number;
  /** The curve. */
  readonly rounds: readonly SimulationRound[];
  /** The rows that were labeled at the start. */
  readonly initial: readonly number[];
  /** The rows that were chosen in each round, in the order of the picks. */
  readonly picks: readonly (readonly number[])[];
}

/** How a run is watched and stopped. */
export interface SimulationWatch extends RecordingOptions {
  /** Called after every round. */
  readonly onRound?: ((done: number) => void) | undefined;
}

const BAIT_PREFIX = "bait-";

/** The names of what can be simulated: BAIT in each of its forms, and every other strategy. */
export const SIMULATED: readonly string[] = [
  ...FISHERS.map((fisher) => `${BAIT_PREFIX}${fisher}`),
  ...STRATEGIES.filter((name) => name !== "bait"),
];

/** The strategy behind a name of {@linkcode SIMULATED}. */
export function strategyOf(name: string): { strategy: StrategyName; fisher?: Fisher } {
  const fisher = FISHERS.find((form) => name === `${BAIT_PREFIX}${form}`);
  return fisher ? { strategy: "bait", fisher } : { strategy: name as StrategyName };
}

/** Whether a name of {@linkcode SIMULATED} can be run where there are no classes. */
export function runsOnTargets(name: string): boolean {
  const { strategy, fisher } = strategyOf(name);
  return needsOf(strategy, { fisher }).length === 0;
}

/** Whether a name of {@linkcode SIMULATED} can be run with a linear head alone. */
export function needsWeights(name: string): boolean {
  return needsOf(strategyOf(name).strategy).includes("weights");
}

/** The indices into the pool that every strategy starts with for a seed. */
export function initialLabels(rows: number, count: number, seed: number): number[] {
  return sample(Array.from({ length: rows }, (_, i) => i), count, deriveSeed(seed, "initial"));
}

/**
 * Runs one strategy with one seed.
 *
 * @param split the split of that seed
 * @param name what to run, one of {@linkcode SIMULATED}
 * @param seed the seed
 * @param settings of the simulation, with the K of its data
 * @param watch progress and canceling
 * @throws {InputError} if the strategy cannot work with these settings
 * @throws {DeviceError} if the device cannot do it
 */
export async function simulate(
  split: OpenSplit,
  name: string,
  seed: number,
  settings: SimulationSettings & { readonly classes: number | undefined },
  watch: SimulationWatch = {},
): Promise<SimulationRun> {
  const { initial, classes } = settings;
  const labeled = initialLabels(split.pool.rows, initial, seed);
  const rowsOf = (indices: readonly number[]) => indices.map((index) => split.rows[index]!);
  const rounds: SimulationRound[] = [];
  const picks: number[][] = [];
  for (let round = 0; round <= settings.rounds; round++) {
    watch.signal?.throwIfAborted();
    const start = performance.now();
    using head = await trainSimulationHead(split, labeled, {
      ...settings,
      seed: deriveSeed(seed, "head", round),
      signal: watch.signal,
    });
    const trained = performance.now();
    const scores = await head.measure();
    const labels = labeled.length;
    const balance = classes === undefined
      ? undefined
      : balanceOf(labeled.map((index) => split.poolSamples.truth[index]!), classes);
    const asked = performance.now();
    if (round < settings.rounds) {
      const batch = await choose(split, name, labeled, head, {
        ...settings,
        round,
        seed: deriveSeed(seed, "selection", round),
        signal: watch.signal,
      });
      picks.push(rowsOf(batch));
      for (const index of batch) labeled.push(index);
    }
    rounds.push({
      labels,
      scores,
      ...(balance && { balance }),
      trainSeconds: (trained - start) / 1000,
      selectSeconds: round < settings.rounds ? (performance.now() - asked) / 1000 : 0,
    });
    watch.onRound?.(round + 1);
  }
  return { strategy: name, seed, rounds, initial: rowsOf(labeled.slice(0, initial)), picks };
}

async function choose(
  split: OpenSplit,
  name: string,
  labeled: readonly number[],
  head: SimulationHead,
  settings: SimulationSettings & {
    readonly classes: number | undefined;
    readonly round: number;
    readonly seed: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<number[]> {
  const { strategy, fisher } = strategyOf(name);
  const { classes, ...choices } = settings;
  const truth = (index: number) => split.poolSamples.truth[index]!;
  const { picks } = await runStrategy(split.pool, strategy, {
    ...choices,
    fisher,
    labeled: labeled.slice(),
    labels: classes === undefined ? undefined : labeled.map(truth),
    predictor: head.predictor,
    oracle: classes === undefined ? undefined : truth,
  });
  return picks;
}

function balanceOf(labels: readonly number[], classes: number): Omit<ClassBalance, "counts"> {
  const { entropy, ratio, coverage } = classBalance(labels, classes);
  return { entropy, ratio, coverage };
}
