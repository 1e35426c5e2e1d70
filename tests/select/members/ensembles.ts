/** Ensembles and heads for the tests of members, and plain float64 formulas. */

import type { Device } from "../../../src/device/device.ts";
import type { Predictor } from "../../../src/pool/predictions.ts";
import { Random } from "../../fixture.ts";

/** Sizes that are multiples of nothing. */
export const [ROWS, COLUMNS, CLASSES, MEMBERS] = [333, 5, 4, 6];

/** Logits of several members, and their probabilities in float64. */
export function ensemble(seed: number, rows = ROWS, members = MEMBERS) {
  const random = new Random(seed);
  const logits = Array.from({ length: members }, () => random.normals(rows * CLASSES, 2));
  return {
    memberLogits: logits.map((data) => ({ data, columns: CLASSES })),
    probabilities: logits.map((data) =>
      Array.from({ length: rows }, (_, i) => softmax(data.slice(i * CLASSES, (i + 1) * CLASSES)))
    ),
  };
}

/** Probabilities of logits. */
export function softmax(logits: ArrayLike<number>): number[] {
  const powers = Array.from(logits, Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** In nats. */
export function entropy(p: readonly number[]): number {
  return -p.reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0);
}

/** The mean of numbers. */
export const average = (values: readonly number[]) =>
  values.reduce((a, b) => a + b) / values.length;

/** The mean of the members' probabilities of a sample. */
export function meanOf(probabilities: number[][][], i: number): number[] {
  return probabilities[0]![i]!.map((_, k) => average(probabilities.map((of) => of[i]![k]!)));
}

/** Random features. */
export function featuresOf(seed: number, rows = ROWS) {
  return { data: new Random(seed).normals(rows * COLUMNS), columns: COLUMNS };
}

/** A linear head for {@linkcode featuresOf}. */
export function headOf(seed: number) {
  const random = new Random(seed);
  const weight = { data: random.normals(CLASSES * COLUMNS), columns: COLUMNS };
  return { weight, bias: random.normals(CLASSES) };
}

/** Indices by score, best first. */
export function ranked(scores: readonly number[], count: number): number[] {
  return scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count);
}

/** A predictor from features that computes here. */
export function linear(
  device: Device,
  { weight, bias }: { weight: ArrayLike<number>; bias: ArrayLike<number> },
): Predictor {
  return {
    classes: CLASSES,
    async predict(_, { features, offset, rows, stride }) {
      const x = await device.read(features);
      const p = Array.from({ length: rows }, (_, i) =>
        softmax(Array.from(bias, (b, k) => {
          let sum = b;
          for (let f = 0; f < COLUMNS; f++) {
            sum += weight[k * COLUMNS + f]! * x[(offset + i) * stride + f]!;
          }
          return sum;
        }))).flat();
      return device.tensor("probabilities", [rows, CLASSES], "real", p);
    },
  };
}
