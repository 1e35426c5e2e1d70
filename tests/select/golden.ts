/**
 * The golden cases: what two independent float64 implementations of BAIT chose, and how a selection
 * is compared with them. Loads in browsers too, where tests/browser runs the same comparison.
 */

import type { Device } from "../../src/device/device.ts";
import type { Fisher } from "../../src/select/strategy/bait-report.ts";
import { matrixRows, readVector } from "../../src/io/array.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { type Npz, openNpz } from "../../src/io/numpy/npz.ts";
import { readAll } from "../../src/io/rows.ts";
import { select, type SelectResult } from "../../src/learn/select.ts";
import { bait } from "../../src/select/bait/bait.ts";
import { classBlocks } from "../../src/select/bait/classes/class-blocks.ts";

/** The names of the cases, the quick ones first. */
export const GOLDEN_CASES = [
  "full_small",
  "regression_cold",
  "regression_small",
  "binary_small",
  "exp1_small",
  "exp2_small",
  "full_lambda",
  "classes_small",
  "classes_all",
  "digits_binary",
  "digits_exp2",
  "digits_full",
] as const;

/** The expected result of a selection. */
export interface GoldenAnswer {
  /** The picks of the forward pass, in order, and the score of each. */
  readonly forward: readonly number[];
  readonly forwardScores: readonly number[];
  /** The final batch. */
  readonly selected: readonly number[];
  /** The objective of the final batch. */
  readonly objective: number;
}

/** A case: the input of a selection and what must come out. */
export interface GoldenCase extends GoldenAnswer {
  readonly name: string;
  readonly fisher: Fisher;
  readonly topClasses: number | null;
  readonly lambda: number;
  readonly budget: number;
  readonly oversample: number;
  readonly features: Matrix;
  /** Absent for `regression`. */
  readonly logits: Matrix | undefined;
  readonly labeled: readonly number[];
}

export interface Matrix {
  readonly data: Float32Array<ArrayBuffer>;
  readonly columns: number;
}

/** How far, relatively, results may be from the reference's. */
export interface GoldenTolerance {
  readonly scores: number;
  readonly objective: number;
}

/** What float32 on a GPU is allowed, and what the float64 device is. */
export const TOLERANCES: Readonly<Record<Device["kind"], GoldenTolerance>> = {
  webgpu: { scores: 1e-3, objective: 1e-4 },
  cpu: { scores: 1e-9, objective: 1e-9 },
};

/** Two reference scores closer than this, relatively, may be picked in either order. */
const TIE = 1e-4;

/** Reads a case from its two files. */
export async function parseGolden(json: string, npz: Uint8Array): Promise<GoldenCase> {
  const { lambda_: lambda, ...parameters } = JSON.parse(json);
  const arrays = await openNpz(bytesOf(`${parameters.name}.npz`, npz));
  return {
    oversample: 2,
    ...parameters,
    lambda,
    features: await matrixOf(arrays, "features"),
    logits: arrays.names.includes("logits") ? await matrixOf(arrays, "logits") : undefined,
    labeled: await vectorOf(arrays, "labeled"),
    forward: await vectorOf(arrays, "forward"),
    forwardScores: await vectorOf(arrays, "forward_scores"),
    selected: await vectorOf(arrays, "selected"),
  };
}

/** A matrix of an .npz file, as `select` takes it. */
export async function matrixOf(npz: Npz, name: string): Promise<Matrix> {
  const rows = matrixRows(await npz.open(name));
  return { data: await readAll(rows), columns: rows.columns };
}

/** A vector of an .npz file. */
export async function vectorOf(npz: Npz, name: string): Promise<number[]> {
  return Array.from((await readVector(await npz.open(name))).values);
}

/** The result of a selection, to compare another one with. */
export function answerOf({ picks, bait }: SelectResult): GoldenAnswer {
  const { forward, forwardScores, objective } = bait!;
  return { forward, forwardScores, objective, selected: picks };
}

/** Runs a case. */
export function runGolden(device: Device, golden: GoldenCase): Promise<SelectResult> {
  const { features, logits, labeled, fisher, topClasses, lambda, budget, oversample } = golden;
  // A page has the code of this form only if it imports the value.
  const form = fisher === "classes" ? classBlocks : fisher;
  return select({
    device,
    features,
    logits,
    labeled,
    budget,
    strategy: bait({ fisher: form, topClasses: topClasses ?? undefined, lambda, oversample }),
  });
}

/** How a selection differs from the reference's, one sentence a difference; none if it does not. */
export function goldenDifferences(
  golden: GoldenAnswer,
  result: SelectResult,
  tolerance: GoldenTolerance,
): string[] {
  const { bait, picks } = result;
  if (!bait) return ["there is no report of BAIT"];
  const problems = [
    ...orderDifferences(golden, bait.forward),
    ...scoreDifferences(golden.forwardScores, bait.forwardScores, tolerance.scores),
  ];
  const inOrder = bait.forward.filter((index) => picks.includes(index));
  if (inOrder.join() !== picks.join()) {
    problems.push(`the picks ${picks} are not in the order of the forward pass`);
  }
  if (sorted(picks) !== sorted(golden.selected)) {
    problems.push(`the batch is ${sorted(picks)} instead of ${sorted(golden.selected)}`);
  }
  if (!near(bait.objective, golden.objective, tolerance.objective)) {
    problems.push(`the objective is ${bait.objective} instead of ${golden.objective}`);
  }
  return problems;
}

function orderDifferences(golden: GoldenAnswer, forward: readonly number[]): string[] {
  if (forward.length !== golden.forward.length) {
    return [`${forward.length} forward picks instead of ${golden.forward.length}`];
  }
  return forward.flatMap((index, step) => {
    const expected = golden.forward[step]!;
    if (index === expected) return [];
    const other = golden.forward.indexOf(index);
    const [a, b] = [golden.forwardScores[step]!, golden.forwardScores[other]];
    if (b !== undefined && near(a, b, TIE)) return [];
    return [`forward pick ${step} is ${index} instead of ${expected}`];
  });
}

function scoreDifferences(
  expected: readonly number[],
  scores: readonly number[],
  tolerance: number,
): string[] {
  return expected.flatMap((score, step) =>
    near(scores[step]!, score, tolerance)
      ? []
      : [`forward score ${step} is ${scores[step]} instead of ${score}`]
  );
}

const near = (a: number, b: number, relative: number) => Math.abs(a - b) <= relative * Math.abs(b);

const sorted = (indices: readonly number[]) => indices.toSorted((a, b) => a - b).join(", ");
