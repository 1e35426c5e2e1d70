/**
 * Active learning replayed on labeled data: a strategy asks, the labels answer, and after every
 * round a head trained on what is then labeled is measured on a test set.
 *
 * A seed decides the test split, the initial labels and every random choice, so that runs of
 * different strategies with one seed differ in nothing but the strategy.
 *
 * @module
 */

import type { RecordingOptions } from "../../device/recording.ts";
import { keyOf } from "../../random/counter-hash.ts";
import { sample } from "../../random/sample.ts";
import { runStrategy } from "../../select/run-strategy.ts";
import type { Strategy } from "../../select/strategy/strategy.ts";
import { strategyText } from "../../select/strategy/strategy-text.ts";
import { type ClassBalance, classBalance } from "../metrics/class-balance.ts";
import type { OpenSplit, SplitOptions } from "./data.ts";
import { type SimulationHead, type SimulationHeadOptions, trainSimulationHead } from "./head.ts";

/** What is the same in all runs of a simulation. */
export interface SimulationSettings
  extends SplitOptions, Pick<SimulationHeadOptions, "head" | "C" | "hidden" | "epochs"> {
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
  /** Its name and options as text, such as `bait-exp` or `falcun(gamma=3)`. */
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

/** Whether a strategy can be run where there are no classes. */
export function runsOnTargets(strategy: Strategy): boolean {
  return strategy.reads(false).length === 0;
}

/** The indices into the pool that every strategy starts with for a seed. */
export function initialLabels(rows: number, count: number, seed: number): number[] {
  const all = Array.from({ length: rows }, (_, i) => i);
  return sample(all, count, keyOf(seed, "first labels"));
}

/**
 * Runs one strategy with one seed.
 *
 * @param split the split of that seed
 * @param strategy what to run
 * @param seed the seed
 * @param settings of the simulation, with the K of its data
 * @param watch progress and canceling
 * @throws {InputError} if the strategy cannot work with these settings
 * @throws {DeviceError} if the device cannot do it
 */
export async function simulate(
  split: OpenSplit,
  strategy: Strategy,
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
      seed: keyOf(seed, "head", round),
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
      const batch = await choose(split, strategy, labeled, head, {
        ...settings,
        round,
        seed,
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
  return {
    strategy: strategyText(strategy),
    seed,
    rounds,
    initial: rowsOf(labeled.slice(0, initial)),
    picks,
  };
}

async function choose(
  split: OpenSplit,
  strategy: Strategy,
  labeled: readonly number[],
  head: SimulationHead,
  settings: SimulationSettings & {
    readonly classes: number | undefined;
    readonly round: number;
    readonly seed: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<number[]> {
  const { classes, budget, round, seed, signal } = settings;
  const truth = (index: number) => split.poolSamples.truth[index]!;
  const { picks } = await runStrategy(split.pool, strategy, {
    budget,
    round,
    seed,
    signal,
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
