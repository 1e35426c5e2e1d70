/**
 * The order of samples that are nearly equally far from a decision boundary. Their distances differ
 * by less than the rounding errors of float32, which are not the same on all devices; these samples
 * are measured once more on the host, in float64. Between classes whose weights differ in their
 * last digits only, distances are as uncertain as that difference, and so is the order.
 *
 * @module
 */

import { Yielder } from "../../device/yielder.ts";
import { FAR } from "../../kernels/strategies/boundary-distances.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import { inverseDistances } from "./boundaries.ts";

/** Distances that differ by less than this share of themselves are settled. */
const RELATIVE = 2 ** -16;

/** Distances that differ by less than this share of the length of the longest row are settled. */
const ABSOLUTE = 2 ** -20;

/** What differs by less than this share of the length of the longest row is equal. */
const EQUAL = 2 ** -40;

/** The largest number of samples that are measured again at once, in multiply-adds for logits. */
const MOST_OPERATIONS = 2e8;

/**
 * Orders the candidates by their distance to the nearest decision boundary; ties go to the lowest
 * index. Of the nearest `request.budget`, those with nearly equal distances are measured in
 * float64, unless that takes more than 2e8 multiply-adds for one group of them.
 *
 * @param request the request of a strategy that reads `weights`
 * @param distances the distance of each sample of the pool, as the device measured it, `[n]`
 * @returns the nearest `request.budget` candidates, and their distances
 */
export async function nearestToBoundary(
  request: SelectionRequest,
  distances: ArrayLike<number>,
): Promise<{ picks: number[]; distances: number[] }> {
  const { pool, candidates, budget, predictor } = request;
  const order = candidates.toSorted((a, b) => distances[a]! - distances[b]! || a - b);
  const length = pool.largest * Math.sqrt(pool.columns);
  const most = Math.floor(MOST_OPERATIONS / (pool.columns * predictor!.classes));
  const close = (at: number) => {
    const [one, next] = [distances[order[at - 1]!]!, distances[order[at]!]!];
    return next < FAR && next - one <= RELATIVE * Math.abs(next) + ABSOLUTE * length;
  };
  const exact = new Map<number, number>();
  let measure: Measure | undefined;
  for (let start = 0; start < budget;) {
    let end = start + 1;
    while (end < order.length && close(end)) end++;
    const group = order.slice(start, end);
    if (group.length > 1 && group.length <= most) {
      measure ??= await exactDistances(request);
      const measured = await measure(group);
      group.forEach((index, at) => exact.set(index, measured[at]!));
      const rank = (index: number) => Math.round(exact.get(index)! / (EQUAL * length));
      order.splice(start, group.length, ...group.sort((a, b) => rank(a) - rank(b) || a - b));
    }
    start = end;
  }
  const picks = order.slice(0, budget);
  return { picks, distances: picks.map((index) => exact.get(index) ?? distances[index]!) };
}

/** Measures the distances of samples to their nearest boundary in float64. */
type Measure = (indices: readonly number[]) => Promise<Float64Array>;

async function exactDistances({ pool, predictor, recordingOptions }: SelectionRequest): Promise<
  Measure
> {
  const { device, columns: d, stride, blocks } = pool;
  const classes = predictor!.classes;
  const read = await predictor!.readWeights!();
  // The CPU holds more digits of them than a GPU.
  const [weight, bias] = [read.weight, read.bias].map((values) =>
    Float64Array.from(values, (value) => Math.fround(value))
  ) as [Float64Array, Float64Array];
  const yielder = new Yielder(recordingOptions.signal, device.signal);
  // Only the predicted classes of these samples are needed.
  const inverses = new Map<number, Float64Array>();
  return async (indices) => {
    const count = indices.length;
    using order = device.tensor("samples with close distances", [count], "u32", indices);
    using rows = device.tensor("features with close distances", [count, stride]);
    gatherNumbers(device, blocks, order, rows, { count, width: stride });
    const x = await device.read(rows);
    const logits = new Float64Array(classes);
    const least = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < classes; c++) {
        let sum = bias[c]!;
        for (let f = 0; f < d; f++) sum += weight[c * d + f]! * x[i * stride + f]!;
        logits[c] = sum;
      }
      const top = logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
      const inverse = inverses.get(top) ?? await inverseDistances(weight, d, top, 1, yielder);
      inverses.set(top, inverse);
      least[i] = FAR;
      for (let c = 0; c < classes; c++) {
        const scale = inverse[c]!;
        if (c === top || scale === 0) continue;
        least[i] = Math.min(least[i]!, (logits[top]! - logits[c]!) * scale);
      }
      await yielder.yieldIfDue();
    }
    return least;
  };
}
