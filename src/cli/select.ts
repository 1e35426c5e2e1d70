/**
 * `creel select`: chooses the samples of a file that should be labeled next.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { encodeNpy } from "../io/numpy/npy.ts";
import { type Dataset, openDataset, openIndices, openLabels, openMatrix } from "../io/dataset.ts";
import type { FileLabels } from "../io/labels.ts";
import { checkOutput, writeAtomically } from "../io/output.ts";
import type { MatrixInput } from "../io/matrix.ts";
import type { SeveralLabels } from "../learn/known-labels.ts";
import { severalLabels } from "../learn/several-labels.ts";
import { select as selectBatch, type SelectResult } from "../learn/select.ts";
import { type Command, type Given, integerOf, numberOf, textOf } from "./command.ts";
import { openConsole } from "./console.ts";
import { DEVICE_OPTIONS, deviceOf } from "./device.ts";
import { print } from "./output.ts";
import { openHead } from "./head-file.ts";
import { inputFiles } from "./input-files.ts";
import { EXPAND_OPTION, expandOf } from "./size.ts";
import { scaleOf, scaleOption, writtenScale } from "./scale.ts";
import { givenStrategy, STRATEGY_OPTION, STRATEGY_OPTIONS } from "./strategy-options.ts";

/** The formats of `--out`, by extension. */
const OUT_FORMATS = [".json", ".npy", ".txt"] as const;

/** The command `creel select`. */
export const selectCommand: Command = {
  name: "select",
  summary: "Choose the samples of a file that should be labeled next",
  positionals: ["FILE"],
  options: {
    budget: { value: "B", help: "How many samples to choose (required)" },
    strategy: STRATEGY_OPTION,
    logits: { value: "F", help: "Logits [n, K] of the current head" },
    probs: { value: "F", help: "Class probabilities [n, K] of the current head" },
    head: { value: "F", help: "The current head, a .safetensors file of creel train" },
    "member-logits": { value: "F,F,...", help: "Logits [n, K] of each member of an ensemble" },
    labels: {
      value: "F",
      help: "Classes, [n] or one for each labeled sample, or rows of zeros and ones for several " +
        "labels a sample: trains a head",
    },
    task: {
      value: "TASK",
      choices: ["classification", "multilabel"],
      help: "multilabel: logits and probabilities are of several labels a sample (default: what " +
        "the labels are, else classification)",
    },
    labeled: { value: "F", help: "Indices of the labeled samples, or a mask" },
    ...STRATEGY_OPTIONS,
    round: {
      value: "N",
      fallback: "0",
      help: "How many batches were chosen before; random numbers and base --rotate depend on it",
    },
    scale: scaleOption("standardize when a head is trained, else none"),
    storage: {
      value: "TYPE",
      choices: ["f32", "f16"],
      fallback: "f32",
      help: "How features are stored on the device",
    },
    seed: { value: "N", fallback: "0", help: "Seed of everything random" },
    json: { help: "One JSON object on stdout instead of one pick per line" },
    out: { value: "FILE", help: "Write the picks to a .json, .npy or .txt file instead of stdout" },
    force: { help: "Replace the file of --out if it exists" },
    ...EXPAND_OPTION,
    ...DEVICE_OPTIONS,
  },
  examples: [
    "creel select pool.npz --budget 100",
    "creel select pool.npy --logits logits.npy --labeled labeled.npy --budget 50 --fisher exp --json",
    "creel select pool.npy --labels labels.npy --labeled labeled.npy --budget 50 --out next.txt",
  ],

  async run([path], given) {
    const started = performance.now();
    const budget = budgetOf(given);
    const strategy = await givenStrategy(given);
    const out = textOf(given, "out");
    if (out !== undefined) await checkOut(out, path!, given);
    const console = openConsole(given["quiet"] === true);
    await using files = new AsyncDisposableStack();
    const dataset = files.use(await openDataset(path!, expandOf(given)));
    const { rows } = dataset.features;
    const input = await openInputs(given, rows, files, dataset);
    checkUnlabeled(input, rows, budget, { path: path!, given });
    using device = await deviceOf(given, console);
    using head = await openHead(device, textOf(given, "head"), dataset.features, given);
    const result = await selectBatch({
      features: dataset.features,
      strategy,
      ...settingsOf(given),
      ...input,
      head,
      budget,
      device,
      onProgress: console.progress,
    });
    console.clear();
    const seconds = (performance.now() - started) / 1000;
    await show(result, budget, seconds, given, out);
  },
};

function budgetOf(given: Given): number {
  if (given["budget"] === undefined) {
    throw new InputError("Missing --budget: how many samples should be chosen");
  }
  return numberOf(given, "budget")!;
}

async function checkOut(out: string, path: string, given: Given): Promise<void> {
  if (!OUT_FORMATS.some((extension) => out.endsWith(extension))) {
    throw new InputError(`Cannot write ${out}: use one of ${OUT_FORMATS.join(", ")}`);
  }
  await checkOutput(out, { force: given["force"] === true, inputs: inputFiles(path, given) });
}

/**
 * The files with what is known about the pool: those of the options, then the arrays in the file of
 * the pool.
 */
async function openInputs(
  given: Given,
  rows: number,
  files: AsyncDisposableStack,
  dataset: Awaited<ReturnType<typeof openDataset>>,
) {
  const [logits, probs, labels, labeled] = ["logits", "probs", "labels", "labeled"].map((name) =>
    textOf(given, name)
  );
  const head = textOf(given, "head");
  const expand = expandOf(given);
  if ([logits, probs, head].filter((file) => file !== undefined).length > 1) {
    throw new InputError("Give one of --logits, --probs and --head, not several");
  }
  const matrix = async (file: string, name: string): Promise<MatrixInput> =>
    files.use(await openMatrix(file, name, expand));
  // The files of options replace everything that the file of the pool has about the classes.
  const members = textOf(given, "member-logits")?.split(",");
  const named = logits ?? probs ?? head ?? labels ?? members?.[0];
  return {
    logits: logits ? await matrix(logits, "logits") : named ? undefined : dataset.logits,
    probs: probs
      ? await matrix(probs, "probs")
      : named ?? dataset.logits
      ? undefined
      : dataset.probs,
    memberLogits: members && await Promise.all(members.map((file) => matrix(file, "logits"))),
    labels: labels ? labelsOf(await openLabels(labels, expand)) : labelsOf(dataset),
    task: textOf(given, "task") as "classification" | "multilabel" | undefined,
    labeled: labeled ? await openIndices(labeled, rows, "labeled", expand) : dataset.labeled,
  };
}

/** The labels of a file as `select` takes them. */
function labelsOf(found: FileLabels | Dataset): Int32Array | SeveralLabels | undefined {
  if ("classes" in found) return found.classes;
  const matrix = "matrix" in found ? found.matrix : found.labelMatrix;
  // Not the matrix itself, for which `select` would have to load a module.
  return matrix ? severalLabels(matrix) : (found as Dataset).labels;
}

/**
 * Checks that some row has no label, which `select` does, too, but without the names of the files.
 *
 * @throws {InputError} if every row has one
 */
function checkUnlabeled(
  { labels, labeled }: Awaited<ReturnType<typeof openInputs>>,
  rows: number,
  budget: number,
  { path, given }: { readonly path: string; readonly given: Given },
): void {
  const all = labels && Array.from("data" in labels ? labels.data : labels);
  const count = labels && "data" in labels ? labels.data.length / labels.columns : labels?.length;
  const known = all?.every((label) => label >= 0) ?? true;
  if (!known || (labeled?.length ?? count) !== rows) return;
  const name = labeled ? "labeled" : "labels";
  const source = textOf(given, name) ?? `${name} in ${path}`;
  throw new InputError(
    `Cannot select ${budget} sample${budget === 1 ? "" : "s"}: all ${rows} rows are labeled ` +
      `according to ${source}, so give ${
        labeled
          ? "only the rows whose labels are known"
          : "rows of unknown class the label -1, or name the labeled rows with --labeled"
      }`,
  );
}

/** The options of the selection itself. */
function settingsOf(given: Given) {
  return {
    round: integerOf(given, "round"),
    scale: scaleOf(given),
    storage: textOf(given, "storage") as "f32" | "f16" | undefined,
    seed: integerOf(given, "seed"),
  };
}

async function show(
  result: SelectResult,
  budget: number,
  seconds: number,
  given: Given,
  out: string | undefined,
): Promise<void> {
  const { strategy, picks, scores, device, scale, peakBytes, head, bait } = result;
  const report = `${
    JSON.stringify({
      strategy,
      budget,
      device: device.kind,
      adapter: device.name,
      picks,
      ...(scores && { scores }),
      seconds,
      scale: writtenScale(scale),
      seed: integerOf(given, "seed") ?? 0,
      peakBytes,
      ...(head && { head }),
      ...(bait && { bait }),
    })
  }\n`;
  const lines = `${picks.join("\n")}\n`;
  if (out !== undefined) {
    const contents = out.endsWith(".npy")
      ? encodeNpy(Int32Array.from(picks), [picks.length])
      : out.endsWith(".json")
      ? report
      : lines;
    await writeAtomically(out, contents, { force: given["force"] === true });
    if (given["json"] !== true) return;
  }
  await print(given["json"] === true ? report : lines);
}
