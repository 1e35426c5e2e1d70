/**
 * Reads and checks the files of a simulation or a training.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { checkPlausible } from "../../head/labeled.ts";
import { type Dataset, type ExpandOptions, openDataset, openLabels } from "../../io/dataset.ts";
import { openFile } from "../../io/file.ts";
import type { StoredLabels } from "../../io/labels.ts";
import { openContents } from "../../io/open-contents.ts";
import { firstNonFinite, nonFinite, readAll, type RowSource } from "../../io/rows.ts";
import type { Samples, SimulationData } from "../../learn/simulation/data.ts";
import { type Given, numberOf, type Option, textOf } from "../command.ts";
import { EXPAND_OPTION, expandOf } from "../size.ts";

/** The options for data files. */
export const DATA_OPTIONS: Readonly<Record<string, Option>> = {
  labels: {
    value: "F",
    help: "Classes from 0, one for each row, or rows of zeros and ones for several labels a " +
      "sample (default: labels in FILE)",
  },
  targets: { value: "F", help: "Real values instead of classes: regression (default: in FILE)" },
  test: { value: "F", help: "Features to test on" },
  "test-labels": { value: "F", help: "Their classes (default: labels in the file of --test)" },
  "test-targets": { value: "F", help: "Their values, for regression" },
  "test-share": {
    value: "S",
    fallback: "0.25",
    help: "Without --test: the share of FILE's rows to test on, drawn by the seed",
  },
  ...EXPAND_OPTION,
};

/** Features with a class or a value for each row. */
export interface KnownRows {
  /** The features, `[n, d]`, row-major. */
  readonly features: Float32Array;
  /** The name of the features in messages. */
  readonly name: string;
  /** d, the number of features. */
  readonly columns: number;
  /** n, the number of rows. */
  readonly rows: number;
  /** The classes `[n]`, where -1 stands for unknown; undefined if there are targets. */
  readonly labels?: Int32Array | undefined;
  /** The labels `[n, K]` of rows with several each, -1 where they are unknown. */
  readonly matrix?: StoredLabels | undefined;
  /** The real values `[n]` of a regression; undefined if there are labels. */
  readonly targets?: Float32Array | undefined;
  /** The indices of the labeled rows, if the file has them. */
  readonly labeled?: Int32Array | undefined;
}

/** The options of {@linkcode readRows}. */
export interface ReadRowsOptions extends ExpandOptions {
  /** The file of the labels, if it is another one. */
  readonly labels: string | undefined;
  /** The file of the targets, if it is another one. */
  readonly targets: string | undefined;
  /** The name of the option in messages, such as `--labels`. */
  readonly option: string;
  /** Whether labels of the labeled rows alone are allowed. */
  readonly partial?: boolean;
}

/**
 * Reads features with their labels or targets.
 *
 * @throws {InputError} if a file cannot be read, there are neither labels nor targets, or their
 * number is wrong
 */
export async function readRows(path: string, options: ReadRowsOptions): Promise<KnownRows> {
  const { labels: labelFile, targets: targetFile, option } = options;
  if (labelFile !== undefined && targetFile !== undefined) {
    throw new InputError(`Give ${option} or ${option.replace("labels", "targets")}, not both`);
  }
  const { maxExpandBytes } = options;
  const expand: ExpandOptions = maxExpandBytes === undefined ? {} : { maxExpandBytes };
  await using dataset = await openDataset(path, expand);
  const source: RowSource = dataset.features;
  const found = labelFile === undefined ? undefined : await openLabels(labelFile, expand);
  const own: Partial<Dataset> = found === undefined && targetFile === undefined ? dataset : {};
  const labels = found && "classes" in found ? found.classes : own.labels;
  const matrix = found && "matrix" in found ? found.matrix : own.labelMatrix;
  const targets = targetFile === undefined
    ? labels || matrix ? undefined : own.targets
    : await openTargets(targetFile, expand);
  const known = labels ?? matrix?.data ?? targets;
  if (known === undefined) {
    throw new InputError(`Missing ${option}: ${path} has neither labels nor targets`);
  }
  const count = known.length / (matrix?.columns ?? 1);
  if (count !== source.rows && !(options.partial && !targets)) {
    throw new InputError(
      `Cannot use ${labelFile ?? targetFile ?? path}: it has ${count} ${
        targets ? "targets" : "labels"
      }, and ${path} has ${source.rows} rows`,
    );
  }
  return {
    features: await readAll(source),
    name: source.name,
    columns: source.columns,
    rows: source.rows,
    labels,
    matrix,
    targets,
    labeled: dataset.labeled,
  };
}

/** Reads targets from a separate file. */
async function openTargets(path: string, options: ExpandOptions): Promise<Float32Array> {
  await using file = await openFile(path);
  const { name, values } = await (await openContents(file, options)).vector("targets");
  const targets = Float32Array.from(values);
  const bad = firstNonFinite(targets);
  if (bad >= 0) throw nonFinite({ name, columns: 1 }, 0, bad, values[bad]!);
  return targets;
}

/** Reads the test rows of `--test`; undefined if a share of the pool is the test set. */
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
    option: pool.targets ? "--test-targets" : "--test-labels",
    ...expandOf(given),
  });
  if (test.columns !== pool.columns) {
    throw new InputError(
      `Cannot test on ${path}: its rows have ${test.columns} features, and the pool's have ` +
        `${pool.columns}`,
    );
  }
  const [pools, tests] = [pool, test].map(kindOf);
  if (pools !== tests) {
    throw new InputError(`Cannot test on ${path}: it has ${tests}, and the pool has ${pools}`);
  }
  return samplesOf(test, path);
}

/** What is known about rows, for messages. */
function kindOf({ targets, matrix }: KnownRows): string {
  if (targets) return "targets";
  return matrix ? `rows of ${matrix.columns} labels` : "labels";
}

/** The value of `--test-share`, above 0 and below 1. */
export function testShareOf(given: Given): number {
  const share = numberOf(given, "test-share") ?? 0.25;
  if (!(share > 0 && share < 1)) {
    throw new InputError(`Option --test-share must be above 0 and below 1: found ${share}`);
  }
  return share;
}

/**
 * Reads the data of a simulation. Every row must be labeled, because the labels replace the person.
 */
export async function readSimulationData(path: string, given: Given): Promise<SimulationData> {
  const known = await readRows(path, {
    labels: textOf(given, "labels"),
    targets: textOf(given, "targets"),
    option: "--labels",
    ...expandOf(given),
  });
  const pool = samplesOf(known, textOf(given, "labels") ?? path);
  const test = await readTest(given, known);
  const classes = known.labels && classCountOf(pool, ...(test ? [test] : []));
  return { pool, test, classes: pool.width ?? classes };
}

/**
 * K: the largest label of all parts plus 1.
 *
 * @throws {InputError} if that is no plausible number of classes for so many samples
 */
export function classCountOf(...parts: readonly Pick<Samples, "truth">[]): number {
  let largest = 0;
  let count = 0;
  for (const { truth } of parts) {
    count += truth.length;
    for (let i = 0; i < truth.length; i++) largest = Math.max(largest, truth[i]!);
  }
  checkPlausible(largest, count, `Cannot use label ${largest}`);
  return largest + 1;
}

function samplesOf(known: KnownRows, path: string): Samples {
  const { features, columns, labels, matrix, targets } = known;
  const truth = (labels ?? matrix?.data ?? targets)!;
  const at = targets ? -1 : truth.findIndex((label) => label < 0);
  if (at >= 0) {
    throw new InputError(
      `Cannot use ${path}: row ${Math.floor(at / (matrix?.columns ?? 1))} is unlabeled ` +
        `(${truth[at]}), and every row needs ${labels ? "a class from 0" : "labels"}`,
    );
  }
  return { features, columns, truth, width: matrix?.columns };
}
