/**
 * `creel train`: trains a head on features and labels.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import type { Head } from "../head/head.ts";
import type { Multilabeled } from "../head/label-matrix.ts";
import type { Labeled, Measured } from "../head/labeled.ts";
import { saveHead } from "../head/save.ts";
import { trainHead } from "../head/train-head.ts";
import { openIndices } from "../io/dataset.ts";
import { checkOutput, writeAtomically } from "../io/output.ts";
import { arrayRows, type RowSource } from "../io/rows.ts";
import { sampleCount, type Samples, truthOf } from "../learn/simulation/data.ts";
import { classScores, labelScores, valueScores } from "../learn/simulation/head.ts";
import { Pool } from "../pool/pool.ts";
import { keyOf } from "../random/counter-hash.ts";
import { sample } from "../random/sample.ts";
import { type Command, type Given, integerOf, textOf } from "./command.ts";
import { openConsole } from "./console.ts";
import { DEVICE_OPTIONS, deviceOf } from "./device.ts";
import { inputFiles } from "./input-files.ts";
import { print } from "./output.ts";
import { scaleOf, writtenScale } from "./scale.ts";
import { visibleLine } from "./visible.ts";
import {
  classCountOf,
  DATA_OPTIONS,
  type KnownRows,
  readRows,
  readTest,
  testShareOf,
} from "./simulate/input.ts";
import { expandOf } from "./size.ts";
import { HEAD_OPTIONS, headOf } from "./simulate/options.ts";

/** The command `creel train`. */
export const trainCommand: Command = {
  name: "train",
  summary: "Train a head on the labeled samples of a file",
  positionals: ["FILE"],
  options: {
    out: { value: "FILE", help: "Where the head goes, a .safetensors file (required)" },
    force: { help: "Replace the file of --out if it exists" },
    ...DATA_OPTIONS,
    "test-share": { value: "S", help: "Without --test: the share of the labeled rows to test on" },
    labeled: { value: "F", help: "Indices of the labeled samples, or a mask" },
    ...HEAD_OPTIONS,
    seed: { value: "N", fallback: "0", help: "Seed of everything random" },
    json: { help: "One JSON object on stdout instead of lines" },
    ...DEVICE_OPTIONS,
  },
  examples: [
    "creel train pool.npz --labels labels.npy --labeled labeled.npy --out head.safetensors",
    "creel train pool.npy --labels tags.npy --out head.safetensors",
    "creel train pool.npz --head mlp --hidden 128,64 --test-share 0.2 --out head.safetensors",
  ],

  async run([path], given) {
    const started = performance.now();
    const out = await outOf(path!, given);
    const settings = headOf(given);
    const seed = integerOf(given, "seed") ?? 0;
    const scale = scaleOf(given) ?? "standardize";
    const console = openConsole(given["quiet"] === true);
    const known = await readRows(path!, {
      labels: textOf(given, "labels"),
      targets: textOf(given, "targets"),
      option: "--labels",
      partial: true,
      ...expandOf(given),
    });
    const test = await readTest(given, known);
    const parts = await partsOf(known, given, seed);
    const width = known.matrix?.columns;
    const classes = width ?? (known.labels && classCountOf(parts.train, parts.held));
    if (test && known.labels) checkClasses(test, classes!);
    using device = await deviceOf(given, console);
    using pool = await Pool.from(
      device,
      arrayRows(known.name, known.features, known.columns),
      { scale },
    );
    const { indices, truth } = parts.train;
    const samples: Labeled | Multilabeled | Measured = classes === undefined
      ? { indices, targets: truth }
      : width === undefined
      ? { indices, labels: truth }
      : { indices, labels: { data: truth, columns: width } };
    const { head: kind, ...rest } = settings;
    using head = await trainHead(pool, samples, {
      kind,
      ...rest,
      ...(classes !== undefined && { classes }),
      ...(kind === "mlp" && { seed }),
      signal: device.signal,
      onProgress: console.progress,
    });
    console.clear();
    const measured: Record<string, Record<string, number>> = {};
    const outputs = await outputsOf(head, pool);
    measured["train"] = scoresOf(head, outputs, parts.train);
    const { held } = parts;
    if (held.indices.length > 0) measured["test"] = scoresOf(head, outputs, held);
    if (test) {
      const rows = arrayRows("test", test.features, test.columns);
      const indices = Array.from({ length: sampleCount(test) }, (_, row) => row);
      const part = { indices, truth: test.truth };
      measured["test"] = scoresOf(head, await outputsOf(head, rows), part);
    }
    const file = await saveHead(head, { scale: writtenScale(scale) });
    await writeAtomically(out, file, { force: given["force"] === true });
    const { optimizer, epochs } = head.report!;
    await show({
      out,
      head: settings.head,
      task: head.task,
      samples: indices.length,
      [classes === undefined ? "outputs" : "classes"]: head.classes,
      columns: head.columns,
      scale: writtenScale(scale),
      optimizer,
      epochs,
      device: device.kind,
      adapter: device.name,
      seconds: (performance.now() - started) / 1000,
      ...measured,
    }, given["json"] === true);
  },
};

async function outOf(path: string, given: Given): Promise<string> {
  const out = textOf(given, "out");
  if (out === undefined) throw new InputError("Missing --out: the file for the head");
  if (!out.endsWith(".safetensors")) {
    throw new InputError(`Cannot write ${out}: a head is a .safetensors file`);
  }
  await checkOutput(out, { force: given["force"] === true, inputs: inputFiles(path, given) });
  return out;
}

/** Rows with their labels or targets, those of a row one after the other. */
interface Part {
  readonly indices: readonly number[];
  readonly truth: ArrayLike<number>;
}

/** The rows of the training set, and the labeled rows that are held out for testing. */
async function partsOf(
  known: KnownRows,
  given: Given,
  seed: number,
): Promise<{ train: Part; held: Part }> {
  const { rows, labels, matrix, targets } = known;
  const file = textOf(given, "labeled");
  const listed = file === undefined
    ? known.labeled
    : await openIndices(file, rows, "labeled", expandOf(given));
  const values = { truth: (labels ?? matrix?.data ?? targets)!, width: matrix?.columns };
  const all = Array.from({ length: rows }, (_, row) => row);
  const count = sampleCount(values);
  const whole = count === rows;
  if (!whole && count !== listed?.length) {
    const or = listed ? `, or ${listed.length}, one for each labeled sample` : "";
    throw new InputError(
      `Cannot use ${count} ${matrix ? "rows of " : ""}labels: ${rows} are needed, one for each ` +
        `sample${or}`,
    );
  }
  const labelOf = (row: number) => targets ? 0 : truthOf(values, [row])[0]!;
  const indices = listed ? Array.from(listed) : all.filter((row) => labelOf(row) >= 0);
  const placeOf = new Map(indices.map((row, at) => [row, whole ? row : at]));
  for (const [row, place] of placeOf) {
    if (labelOf(place) >= 0) continue;
    throw new InputError(`Cannot train on sample ${row}: it is unlabeled (${labelOf(place)})`);
  }
  const share = given["test-share"] === undefined ? 0 : testShareOf(given);
  const tested = Math.round(indices.length * share);
  if (indices.length - tested < 1) {
    throw new InputError(
      `Cannot train on no labels: ${indices.length} samples are labeled, and ${tested} are for ` +
        "testing",
    );
  }
  const order = share > 0 ? sample(indices, indices.length, keyOf(seed, "test set")) : indices;
  const part = (rows: readonly number[]): Part => ({
    indices: rows,
    truth: truthOf(values, rows.map((row) => placeOf.get(row)!)),
  });
  return { train: part(order.slice(tested)), held: part(order.slice(0, tested)) };
}

function checkClasses(test: Samples, classes: number): void {
  const at = Array.from(test.truth).findIndex((label) => label >= classes);
  if (at < 0) return;
  throw new InputError(
    `Cannot test on label ${test.truth[at]} at row ${at}: the training labels are 0 to ${
      classes - 1
    }`,
  );
}

/** The probabilities or values that a head predicts for all rows. */
function outputsOf(head: Head, rows: Pool | RowSource): Promise<Float32Array | Float64Array> {
  return head.task === "regression" ? head.values(rows) : head.probabilities(rows);
}

/** The metrics of a head on some of the predicted rows. */
function scoresOf(
  { classes, task }: Head,
  outputs: Float32Array | Float64Array,
  { indices, truth }: Part,
): Record<string, number> {
  const chosen = new Float64Array(indices.length * classes);
  indices.forEach((row, at) =>
    chosen.set(outputs.subarray(row * classes, (row + 1) * classes), at * classes)
  );
  if (task === "regression") return valueScores(chosen, truth);
  return task === "multilabel" ? labelScores(chosen, truth, classes) : classScores(chosen, truth);
}

async function show(result: Record<string, unknown>, json: boolean): Promise<void> {
  if (json) {
    await print(`${JSON.stringify(result)}\n`);
    return;
  }
  const { out, head, task, samples } = result;
  const lines = [
    `Trained a ${head} head for ${task} on ${samples} samples: ${visibleLine(String(out))}`,
  ];
  for (const part of ["train", "test"]) {
    const scores = result[part] as Record<string, number> | undefined;
    if (!scores) continue;
    const text = Object.entries(scores).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
    lines.push(`${part.padEnd(6)}${text.join("  ")}`);
  }
  await print(`${lines.join("\n")}\n`);
}
