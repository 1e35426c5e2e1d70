/**
 * ALFA-Mix (Parvaneh et al. 2022, "Active Learning by Feature Mixing"): samples whose predicted
 * class changes when a little of the mean of a labeled class is mixed into their features, thinned
 * out by k-means.
 *
 * @module
 */

import { allocate } from "../../device/allocate.ts";
import { Yielder } from "../../device/yielder.ts";
import { Recording } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { lossDirections } from "../../kernels/strategies/loss-directions.ts";
import { stepChanges } from "../../kernels/strategies/step-changes.ts";
import { matmul } from "../../linalg/matmul.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import type { Pool } from "../../pool/pool.ts";
import { weightsOf } from "../geometry/head-weights.ts";
import { sample } from "../../random/sample.ts";
import { representatives } from "../geometry/representatives.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import { squaredNorms } from "../geometry/squared-norms.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/**
 * The length of a step relative to the distance to the anchor, times sqrt(d): epsilon of the
 * published code.
 */
const EPSILON = 0.2;
/** The largest size of the logits of a segment of the pool, in bytes. */
const SCRATCH_BYTES = 16 * 2 ** 20;

/**
 * Chooses among the samples whose predicted class changes when they are moved along the gradient of
 * their loss by `0.2 / sqrt(d) |anchor - x|`, for any of the anchors, the means of the labeled
 * classes (equation 5 of the paper). These samples are clustered by k-means on their features of
 * unit length into B clusters, and the sample nearest to each center is picked. If there are fewer
 * than B such samples, all are picked, and the rest is random.
 *
 * Reads the weights of a linear head and the labels of the labeled samples.
 */
export const alfaMix: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "alfa-mix",
  summary: "Samples whose class changes when a little of a labeled class is mixed in, spread by " +
    "k-means",
  source: 'Parvaneh et al. 2022, "Active Learning by Feature Mixing", equation 5',
  cost: "one pass over n x d with n K^2 operations, then k-means of the changed samples",
  reads: ["weights", "labels"],
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool, budget, candidates, keyFor } = request;
  const changed = await stepChangesOf(request);
  const chosen = candidates.filter((index) => changed[index] === 1);
  if (chosen.length >= budget) {
    return { picks: await representatives(pool, chosen, budget, request) };
  }
  const rest = candidates.filter((index) => changed[index] !== 1);
  const random = sample(rest, budget - chosen.length, keyFor("fill"));
  return { picks: [...chosen, ...random] };
}

/**
 * Returns 1 for each sample whose class a step changes and 0 for the others, `[n]`. All anchors
 * move a sample in the same direction, and along it the lead of another class is linear: once ahead
 * it stays ahead. So the farthest anchor decides.
 */
async function stepChangesOf(request: SelectionRequest): Promise<ArrayLike<number>> {
  const { pool, recordingOptions } = request;
  const { device, rows: n, stride, columns } = pool;
  const head = request.predictor!;
  const { classes } = head;
  const weight = await weightsOf(request);
  using anchors = anchorsOf(request);
  const count = anchors.shape[0]!;
  const bytes = Math.min(SCRATCH_BYTES, device.limits.bindingBytes);
  const segments = pool.segments(Math.floor(bytes / (4 * Math.max(classes, count))));
  const most = Math.max(...segments.map(({ rows }) => rows));
  using norms = squaredNorms(pool);
  using tensors = allocate(device, {
    gram: [
      "products of the weights",
      [classes, classes],
      "real",
      await gramOf(weight, classes, columns, new Yielder(recordingOptions.signal, device.signal)),
    ],
    q: ["derivatives by the logits", [most, classes]],
    directions: ["steps of the logits", [most, classes]],
    y: ["products with anchors", [most, count]],
    anchorNorms: ["squared norms of anchors", [count], "real", await normsOf(pool, anchors)],
    changed: ["changed classes", [n], "u32"],
  });
  const { gram, q, directions, y, anchorNorms, changed } = tensors;
  const recording = new Recording(device, "mixing", segments.length, recordingOptions);
  for (const segment of segments) {
    const { features, offset, base, rows: m } = segment;
    using logits = head.outputs!(device, segment);
    matmul(device, {
      m,
      n: count,
      k: stride,
      a: { tensor: features, offset: offset * stride },
      b: { tensor: anchors, transposed: true },
      c: { tensor: y },
    });
    device.run(lossDirections, { logits, q }, { rows: m, classes });
    matmul(device, {
      m,
      n: classes,
      k: classes,
      a: { tensor: q },
      b: { tensor: gram },
      c: { tensor: directions },
    });
    device.run(stepChanges, { logits, q, directions, y, norms, anchorNorms, changed }, {
      rows: m,
      base,
      classes,
      anchors: count,
      reach: EPSILON / Math.sqrt(columns),
    });
    await recording.step();
  }
  recording.end();
  return await device.read(changed);
}

/** The means of the labeled samples of each class that has labels, `[anchors, stride]`. */
function anchorsOf({ pool, labeled, labels }: SelectionRequest): Tensor {
  const { device, stride, blocks } = pool;
  const count = labeled.length;
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const shares = new Float64Array(classes.length * count);
  classes.forEach((label, row) => {
    const size = labels!.filter((other) => other === label).length;
    labels!.forEach((other, at) => shares[row * count + at] = other === label ? 1 / size : 0);
  });
  using tensors = allocate(device, {
    order: ["labeled samples", [count], "u32", labeled],
    features: ["features of labeled samples", [count, stride]],
    shares: ["shares of labeled samples", [classes.length, count], "real", shares],
  });
  const { order, features } = tensors;
  gatherNumbers(device, blocks, order, features, { count, width: stride });
  const anchors = device.tensor("means of classes", [classes.length, stride]);
  matmul(device, {
    m: classes.length,
    n: stride,
    k: count,
    a: { tensor: tensors.shares },
    b: { tensor: features },
    c: { tensor: anchors },
  });
  return anchors;
}

/** The squared norms of the rows of a tensor `[count, stride]`. */
async function normsOf({ device, stride }: Pool, rows: Tensor): Promise<Float64Array> {
  const values = await device.read(rows);
  const norms = new Float64Array(rows.shape[0]!);
  values.forEach((value: number, e: number) => norms[Math.floor(e / stride)]! += value ** 2);
  return norms;
}

/** The products of the class weights, `W W^T`, `[K, K]`. */
async function gramOf(
  weight: ArrayLike<number>,
  classes: number,
  columns: number,
  yielder: Yielder,
): Promise<Float64Array> {
  const gram = new Float64Array(classes * classes);
  for (let k = 0; k < classes; k++) {
    for (let l = 0; l <= k; l++) {
      let sum = 0;
      for (let f = 0; f < columns; f++) sum += weight[k * columns + f]! * weight[l * columns + f]!;
      gram[k * classes + l] = gram[l * classes + k] = sum;
    }
    await yielder.yieldIfDue();
  }
  return gram;
}
