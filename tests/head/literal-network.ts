/** Heads and losses as textbooks write them, in float64: what the device's are compared with. */

import { normalCdf } from "../../src/kernels/head/erf.ts";
import type { LayerValues } from "../../src/head/layout.ts";

/** The outputs of a network for one sample. */
export function literalOutputs(
  layers: readonly LayerValues[],
  x: readonly number[],
  activation: "relu" | "gelu",
): number[] {
  let values = [...x];
  layers.forEach(({ weight, bias }, l) => {
    const inputs = values;
    values = Array.from(
      { length: bias.length },
      (_, o) => inputs.reduce((sum, v, i) => sum + weight[o * inputs.length + i]! * v, bias[o]!),
    );
    if (l === layers.length - 1) return;
    values = values.map((z) => activation === "relu" ? Math.max(z, 0) : z * normalCdf(z));
  });
  return values;
}

/** PyTorch's `CrossEntropyLoss(weight, label_smoothing)`, from its documentation. */
export function literalCrossEntropy(
  logits: readonly (readonly number[])[],
  labels: readonly number[],
  weights: ArrayLike<number>,
  smoothing: number,
): number {
  let [loss, total] = [0, 0];
  logits.forEach((row, i) => {
    const sum = row.reduce((s, z) => s + Math.exp(z), 0);
    const logs = row.map((z) => z - Math.log(sum));
    const label = labels[i]!;
    loss -= (1 - smoothing) * weights[label]! * logs[label]!;
    logs.forEach((log, k) => loss -= smoothing / row.length * weights[k]! * log);
    total += weights[label]!;
  });
  return loss / total;
}

/** PyTorch's `MSELoss`. */
export function literalSquaredError(
  values: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): number {
  const errors = values.flatMap((row, i) => row.map((v, k) => (v - targets[i]![k]!) ** 2));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** PyTorch's `BCEWithLogitsLoss`, from its documentation. */
export function literalBinaryCrossEntropy(
  logits: readonly (readonly number[])[],
  labels: readonly (readonly number[])[],
): number {
  const losses = logits.flatMap((row, i) =>
    row.map((z, k) => {
      const p = 1 / (1 + Math.exp(-z));
      return -labels[i]![k]! * Math.log(p) - (1 - labels[i]![k]!) * Math.log(1 - p);
    })
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
