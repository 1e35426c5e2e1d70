/**
 * What the demo computes: a head from a few labels, BAIT's batch, random batches of the same size, and
 * what each of them is worth.
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
  /** `[n, 64]`, gray levels from 0 (white) to 1. */
  readonly features: Float32Array;
  /** `[n]`, 0 to 9. */
  readonly labels: Int32Array;
}

/** One number before the batch, after BAIT's, and after each random one. */
export interface Comparison {
  /** With the initial labels alone. */
  readonly before: number;
  /** With BAIT's batch. */
  readonly bait: number;
  /** With each random batch. */
  readonly random: readonly number[];
}

/** What the demo found. */
export interface DemoResult {
  /** The adapter. */
  readonly device: string;
  /** The digits of the pool, as indices into all digits; the others are the test set. */
  readonly pool: readonly number[];
  /** Indices into the pool that were labeled at the start. */
  readonly initial: readonly number[];
  /** BAIT's choice, in order. */
  readonly picks: readonly number[];
  /** The first random batch. */
  readonly random: readonly number[];
  /** The pool's two-dimensional map, `[rows, 2]`. */
  readonly map: Float64Array;
  /** How many unlabeled digits there were. */
  readonly candidates: number;
  /** How long BAIT took. */
  readonly seconds: number;
  /** `trace(M^-1 F)`. */
  readonly objective: Comparison;
  /** Accuracy on the test set of a head trained on all labels then known. */
  readonly accuracy: Comparison;
}

/** The options of {@linkcode runDemo}. */
export interface DemoOptions extends RecordingOptions {
  /** How many digits BAIT chooses. */
  readonly budget: number;
  /** Seed of the split and of the random batches. */
  readonly seed: number;
}

const SIZE = 64;
const TEST = 500;
const INITIAL = 20;
const RANDOM_BATCHES = 10;

/** Reads the digits that travel with Creel. */
export async function loadDigits(): Promise<Digits> {
  const response = await fetch(new URL("../../../docs/data/digits.npz", import.meta.url));
  const npz = await openNpz(bytesOf("digits.npz", new Uint8Array(await response.arrayBuffer())));
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
