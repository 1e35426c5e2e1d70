/**
 * The computations of the demo: a head from a few labels, the batch of BAIT, random batches of the
 * same size, and their objectives and accuracies.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { RecordingOptions } from "../../device/recording.ts";
import { InputError } from "../../errors.ts";
import type { Head } from "../../head/head.ts";
import { trainHead } from "../../head/train-head.ts";
import { bytesOf } from "../../io/bytes.ts";
import { openNpz } from "../../io/numpy/npz.ts";
import { attempt } from "../../io/system-errors.ts";
import { matrixRows, readVector } from "../../io/array.ts";
import { arrayRows, readAll } from "../../io/rows.ts";
import { accuracy } from "../../learn/metrics/classification.ts";
import { project2d } from "./principal-components.ts";
import { Pool } from "../../pool/pool.ts";
import { baitObjectives, runBait } from "../../select/bait/run-bait.ts";
import { keyOf } from "../../random/counter-hash.ts";
import { sample } from "../../random/sample.ts";

/** The digits: 1,797 images of 8 x 8 pixels. */
export interface Digits {
  /** The gray levels `[n, 64]`, 0 for white to 1 for black. */
  readonly features: Float32Array;
  /** The digits `[n]`, 0 to 9. */
  readonly labels: Int32Array;
}

/** A number before the batch, after that of BAIT, and after each random one. */
export interface DemoComparison {
  /** The number with the initial labels alone. */
  readonly before: number;
  /** The number with the batch of BAIT. */
  readonly bait: number;
  /** The number with each random batch. */
  readonly random: readonly number[];
}

/** The results of the demo. */
export interface DemoResult {
  /** The name of the adapter. */
  readonly device: string;
  /** The digits of the pool, as indices into all digits; the other digits are the test set. */
  readonly pool: readonly number[];
  /** The indices of the samples of the pool that were labeled at the start. */
  readonly initial: readonly number[];
  /** The indices of the samples that BAIT chose, in order. */
  readonly picks: readonly number[];
  /** The indices of the samples in the first random batch. */
  readonly random: readonly number[];
  /** The two-dimensional map of the pool, `[n, 2]`. */
  readonly map: Float64Array;
  /** The number of unlabeled digits. */
  readonly candidates: number;
  /** The time that BAIT took, in seconds. */
  readonly seconds: number;
  /** The objective `trace(M^-1 F)`. */
  readonly objective: DemoComparison;
  /** The accuracy on the test set of a head that is trained on all labels, 0 to 1. */
  readonly accuracy: DemoComparison;
}

/** The options of {@linkcode runDemo}. */
export interface DemoOptions extends RecordingOptions {
  /** The number of digits that BAIT chooses. */
  readonly budget: number;
  /** The seed of the split and of the random batches. */
  readonly seed: number;
}

/** The number of pixels of a digit. */
const SIZE = 64;
/** The number of digits in the test set. */
const TEST = 500;
/** The number of digits that are labeled at the start. */
const INITIAL = 20;
/** The number of random batches. */
const RANDOM_BATCHES = 10;

/**
 * Loads the digits that are part of the package.
 *
 * @throws {InputError} if they cannot be read
 */
export async function loadDigits(): Promise<Digits> {
  const bytes = await attempt("read", "digits.npz", async () => {
    const response = await fetch(new URL("../../../docs/data/digits.npz", import.meta.url));
    return new Uint8Array(await response.arrayBuffer());
  });
  const npz = await openNpz(bytesOf("digits.npz", bytes));
  const features = await readAll(matrixRows(await npz.open("features")));
  const { values } = await readVector(await npz.open("labels"));
  return { features, labels: Int32Array.from(values) };
}

/** Runs the demo on a device. */
export async function runDemo(
  device: Device,
  digits: Digits,
  options: DemoOptions,
): Promise<DemoResult> {
  const { budget, seed } = options;
  const all = Array.from(digits.labels, (_, i) => i);
  const shuffled = sample(all, all.length, keyOf(seed, "test set"));
  const [test, rows] = [shuffled.slice(0, TEST), shuffled.slice(TEST)];
  const features = rowsOf(digits, rows);
  const labels = rows.map((row) => digits.labels[row]!);
  using pool = await Pool.from(device, arrayRows("digits", features, SIZE));
  using testPool = await Pool.from(
    device,
    arrayRows("test digits", rowsOf(digits, test), SIZE),
  );
  const testLabels = test.map((row) => digits.labels[row]!);
  const places = rows.map((_, place) => place);
  const initial = sample(places, INITIAL, keyOf(seed, "first labels"));
  const candidates = places.filter((place) => !initial.includes(place));
  if (budget < 1 || budget > candidates.length) {
    throw new InputError(
      `The budget must be a whole number from 1 to ${candidates.length}: found ${budget}`,
    );
  }
  const train = (indices: readonly number[]) =>
    trainHead(pool, { indices, labels: indices.map((i) => labels[i]!) }, { classes: 10 });
  const accuracyWith = async (batch: readonly number[]) => {
    using head = await train([...initial, ...batch]);
    return await accuracyOf(head, testPool, testLabels);
  };

  using head = await train(initial);
  const settings = {
    fisher: "exp" as const,
    topClasses: 2,
    budget,
    labeled: initial,
    predictor: head,
    onProgress: options.onProgress,
  };
  const start = performance.now();
  const selection = await runBait(pool, settings);
  const seconds = (performance.now() - start) / 1000;
  const batches = Array.from(
    { length: RANDOM_BATCHES },
    (_, run) => sample(candidates, budget, keyOf(seed, "random", run)),
  );
  const [before, ...random] = await baitObjectives(pool, settings, [[], ...batches]);
  const accuracies: number[] = [];
  for (const batch of batches) accuracies.push(await accuracyWith(batch));
  return {
    device: device.name,
    pool: rows,
    initial,
    picks: selection.picks,
    random: batches[0]!,
    map: project2d(features, SIZE),
    candidates: candidates.length,
    seconds,
    objective: { before: before!, bait: selection.objective, random },
    accuracy: {
      before: await accuracyOf(head, testPool, testLabels),
      bait: await accuracyWith(selection.picks),
      random: accuracies,
    },
  };
}

function rowsOf(digits: Digits, rows: readonly number[]): Float32Array {
  const features = new Float32Array(rows.length * SIZE);
  rows.forEach((row, place) =>
    features.set(digits.features.subarray(row * SIZE, (row + 1) * SIZE), place * SIZE)
  );
  return features;
}

async function accuracyOf(
  head: Head,
  pool: Pool,
  labels: readonly number[],
): Promise<number> {
  return accuracy(await head.probabilities(pool), labels);
}
