/**
 * The files of a simulation or a training, read and checked.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { openDataset, openIntegers } from "../../io/dataset.ts";
import { openFile } from "../../io/file.ts";
import { openContents } from "../../io/open-contents.ts";
import { firstNonFinite, nonFinite, readAll, type RowSource } from "../../io/rows.ts";
import type { Samples, SimulationData } from "../../learn/simulation/data.ts";
import { type Given, numberOf, type Option, textOf } from "../command.ts";

/** The options that name files. */
export const DATA_OPTIONS: Readonly<Record<string, Option>> = {
  labels: { value: "F", help: "Classes from 0, one for each row (default: labels in FILE)" },
  targets: { value: "F", help: "Real values instead of classes: regression (default: in FILE)" },
  test: { value: "F", help: "Features to test on" },
  "test-labels": { value: "F", help: "Their classes (default: labels in the file of --test)" },
  "test-targets": { value: "F", help: "Their values, for regression" },
  "test-share": {
    value: "S",
    fallback: "0.25",
    help: "Without --test: the share of FILE's rows to test on, drawn by the seed",
  },
};

/** Features and what is known about each row: a class or a value. */
export interface KnownRows {
  /** The features, `[n, d]`, row-major. */
  readonly features: Float32Array;
  /** What messages call them. */
  readonly name: string;
  /** d. */
  readonly columns: number;
  /** n. */
  readonly rows: number;
  /** Classes, where -1 stands for unknown; exclusive with targets. */
  readonly labels?: Int32Array | undefined;
  /** Real values. */
  readonly targets?: Float32Array | undefined;
  /** Indices of the labeled rows, if the file says which. */
  readonly labeled?: Int32Array | undefined;
}

/** What {@linkcode readRows} asks the files for. */
export interface Asked {
  /** The file of labels. */
  readonly labels: string | undefined;
  /** The file of targets. */
  readonly targets: string | undefined;
  /** What to call the options in messages, such as `--labels`. */
  readonly option: string;
  /** Whether there may be labels of the labeled rows only. */
  readonly partial?: boolean;
}

/**
 * Reads features with their labels or targets.
 *
 * @throws {InputError} a file cannot be read, there are neither labels nor targets, or their number is
 * wrong
 */
export async function readRows(path: string, asked: Asked): Promise<KnownRows> {
  const { labels: labelFile, targets: targetFile, option } = asked;
  if (labelFile !== undefined && targetFile !== undefined) {
    throw new InputError(`Give ${option} or ${option.replace("labels", "targets")}, not both`);
  }
  await using dataset = await openDataset(path);
  const source: RowSource = dataset.features;
  const labels = labelFile !== undefined
    ? await openIntegers(labelFile)
    : targetFile === undefined
    ? dataset.labels
    : undefined;
  const targets = targetFile !== undefined
    ? await openTargets(targetFile)
    : labels
    ? undefined
    : dataset.targets;
  const known = labels ?? targets;
  if (known === undefined) {
    throw new InputError(`Missing ${option}: ${path} has neither labels nor targets`);
  }
  if (known.length !== source.rows && !(asked.partial && labels)) {
    throw new InputError(
      `Cannot use ${labelFile ?? targetFile ?? path}: it has ${known.length} ${
        labels ? "labels" : "targets"
      }, and ${path} has ${source.rows} rows`,
    );
  }
  return {
    features: await readAll(source),
    name: source.name,
    columns: source.columns,
    rows: source.rows,
    labels,
    targets,
    labeled: dataset.labeled,
  };
}

/** Reads real values from a file of their own. */
async function openTargets(path: string): Promise<Float32Array> {
  await using file = await openFile(path);
  const { name, values } = await (await openContents(file)).vector("targets");
  const targets = Float32Array.from(values);
  const bad = firstNonFinite(targets);
  if (bad >= 0) throw nonFinite({ name, columns: 1 }, 0, bad, values[bad]!);
  return targets;
}

/** The test rows of `--test`; undefined where a share of the pool is tested on. */
export async function readTest(given: Given, pool: KnownRows): Promise<Samples | undefined> {
  const path = textOf(given, "test");
  if (path === undefined) {
    for (const name of ["test-labels", "test-targets"]) {
      if (given[name] !== undefined) {
        throw new InputError(`Option --${name} needs --test: the features it belongs to`);
      }
    }
    return undefined;
  }
  if (given["test-share"] !== undefined) {
    throw new InputError("Give --test or --test-share, not both");
  }
  const test = await readRows(path, {
    labels: textOf(given, "test-labels"),
    targets: textOf(given, "test-targets"),
    option: pool.labels ? "--test-labels" : "--test-targets",
  });
  if (test.columns !== pool.columns) {
    throw new InputError(
      `Cannot test on ${path}: its rows have ${test.columns} features, and the pool's have ` +
        `${pool.columns}`,
    );
  }
  if (!pool.labels !== !test.labels) {
    const [pools, tests] = pool.labels ? ["labels", "targets"] : ["targets", "labels"];
    throw new InputError(`Cannot test on ${path}: it has ${tests}, and the pool has ${pools}`);
  }
  return samplesOf(test, path);
}

/** The test share. */
export function testShareOf(given: Given): number {
  const share = numberOf(given, "test-share") ?? 0.25;
  if (!(share > 0 && share < 1)) {
    throw new InputError(`Option --test-share must be above 0 and below 1: found ${share}`);
  }
  return share;
}

/**
 * Reads everything a simulation needs: every row must be labeled, because the labels answer for the
 * person.
 */
export async function readSimulationData(path: string, given: Given): Promise<SimulationData> {
  const known = await readRows(path, {
    labels: textOf(given, "labels"),
    targets: textOf(given, "targets"),
    option: "--labels",
  });
  const pool = samplesOf(known, textOf(given, "labels") ?? path);
  const test = await readTest(given, known);
  return { pool, test, classes: known.labels && classesOf(pool, ...(test ? [test] : [])) };
}

/** K: the largest class of all plus 1. */
export function classesOf(...parts: readonly Pick<Samples, "truth">[]): number {
  let largest = 0;
  for (const { truth } of parts) {
    for (let i = 0; i < truth.length; i++) largest = Math.max(largest, truth[i]!);
  }
  return largest + 1;
}

function samplesOf({ features, columns, labels, targets }: KnownRows, path: string): Samples {
  const unlabeled = labels?.findIndex((label) => label < 0) ?? -1;
  if (unlabeled >= 0) {
    throw new InputError(
      `Cannot use ${path}: row ${unlabeled} is unlabeled (${labels![unlabeled]}), and every ` +
        "row needs a class from 0",
    );
  }
  return { features, columns, truth: (labels ?? targets)! };
}
