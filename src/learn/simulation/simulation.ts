/**
 * Simulation of active learning on labeled data: in every round a head is trained on the labeled
 * samples and measured on a test set, and a strategy chooses the samples that get their labels
 * next.
 *
 * A seed determines the test split, the initial labels and all random numbers, so that runs of
 * different strategies with the same seed differ in nothing but the strategy.
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

/** The settings that all runs of a simulation share. */
export interface SimulationSettings
  extends SplitOptions, Pick<SimulationHeadOptions, "head" | "C" | "hidden" | "epochs"> {
  /** The number of random labels at the start of a run. */
  readonly initial: number;
  /** The number of batches that the strategy chooses. */
  readonly rounds: number;
  /** The number of samples in each batch. */
  readonly budget: number;
}

/** One point of a learning curve. */
export interface SimulationRound {
  /** The number of labeled samples. */
  readonly labels: number;
  /** The scores on the test set, by name. */
  readonly scores: Readonly<Record<string, number>>;
  /** The balance of the labeled classes; absent for regression and several labels a sample. */
  readonly balance?: Omit<ClassBalance, "counts">;
  /** The time that the training took, in seconds. */
  readonly trainSeconds: number;
  /**
   * The time that the selection of the next batch took, in seconds; 0 in the last round, which has
   * none.
   */
  readonly selectSeconds: number;
}

/** The run of one strategy with one seed. */
export interface SimulationRun {
  /** The strategy as text, such as `bait-exp` or `falcun(gamma=3)`. */
  readonly strategy: string;
  /** The seed of the run. */
  readonly seed: number;
  /** The learning curve. */
  readonly rounds: readonly SimulationRound[];
  /** The rows of the file that were labeled at the start. */
  readonly initial: readonly number[];
  /** The rows of the file that were chosen in each round, in the order of the picks. */
  readonly picks: readonly (readonly number[])[];
}

/** The abort signal and the progress callbacks of a run. */
export interface SimulateOptions extends RecordingOptions {
  /** Called after every round with the number of finished rounds. */
  readonly onRound?: ((done: number) => void) | undefined;
}

/** Whether a strategy can run on regression data, that is without class probabilities or labels. */
export function runsOnTargets(strategy: Strategy): boolean {
  return strategy.reads(false).length === 0;
}

/**
 * The indices of the samples that are labeled at the start, the same for every strategy with a
 * seed.
 */
export function initialLabels(rows: number, count: number, seed: number): number[] {
  const all = Array.from({ length: rows }, (_, i) => i);
  return sample(all, count, keyOf(seed, "first labels"));
}

/**
 * Runs one strategy with one seed.
 *
 * @param split the split of the seed
 * @param strategy the strategy
 * @param seed the seed
 * @param settings the settings of the simulation, with the number of classes
 * @param options the abort signal and the progress callbacks
 * @throws {InputError} if the strategy cannot run with these settings
 * @throws {DeviceError} if the device runs out of memory, is lost, or cannot run the strategy
 */
export async function simulate(
  split: OpenSplit,
  strategy: Strategy,
  seed: number,
  settings: SimulationSettings & { readonly classes: number | undefined },
  options: SimulateOptions = {},
): Promise<SimulationRun> {
  const { initial, classes } = settings;
  const labeled = initialLabels(split.pool.rows, initial, seed);
  const rowsOf = (indices: readonly number[]) => indices.map((index) => split.rows[index]!);
  const rounds: SimulationRound[] = [];
  const picks: number[][] = [];
  for (let round = 0; round <= settings.rounds; round++) {
    options.signal?.throwIfAborted();
    const start = performance.now();
    using head = await trainSimulationHead(split, labeled, {
      ...settings,
      seed: keyOf(seed, "head", round),
      signal: options.signal,
    });
    const trained = performance.now();
    const scores = await head.measure();
    const labels = labeled.length;
    const balance = classes === undefined || split.poolSamples.width !== undefined
      ? undefined
      : balanceOf(labeled.map((index) => split.poolSamples.truth[index]!), classes);
    const measured = performance.now();
    if (round < settings.rounds) {
      const batch = await choose(split, strategy, labeled, head, {
        ...settings,
        round,
        seed,
        signal: options.signal,
      });
      picks.push(rowsOf(batch));
      for (const index of batch) labeled.push(index);
    }
    rounds.push({
      labels,
      scores,
      ...(balance && { balance }),
      trainSeconds: (trained - start) / 1000,
      selectSeconds: round < settings.rounds ? (performance.now() - measured) / 1000 : 0,
    });
    options.onRound?.(round + 1);
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
  const { budget, round, seed, signal } = settings;
  // Samples with several labels have no one class.
  const classes = split.poolSamples.width === undefined ? settings.classes : undefined;
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
