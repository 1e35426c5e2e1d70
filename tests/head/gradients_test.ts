/** Losses against the textbook, and gradients against differences of the loss, in float64. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { NO_DROPOUT, stepDropout } from "../../src/head/dropout.ts";
import { Layout } from "../../src/head/layout.ts";
import { TrainableNetwork } from "../../src/head/trainable-network.ts";
import {
  binaryCrossEntropyObjective,
  crossEntropyObjective,
  type Objective,
  squaredErrorObjective,
} from "../../src/head/objectives.ts";
import { initialParameters } from "../../src/head/mini-batches.ts";
import { sharedDevice } from "../fixture.ts";
import { assertClose, deviceTest, Random } from "../fixture.ts";
import {
  literalBinaryCrossEntropy,
  literalCrossEntropy,
  literalOutputs,
  literalSquaredError,
} from "./literal-network.ts";

const ROWS = 7;
const COLUMNS = 5;
const STRIDE = 8;
const OUTPUTS = 3;
const ACTIVATIONS = ["relu", "gelu"] as const;
const HIDDEN = [[], [4], [9, 3], [2, 8, 5]];

const random = new Random(11);
const rows = Array.from({ length: ROWS }, () => [...random.normals(COLUMNS)]);
const padded = rows.flatMap((row) => [...row, 0, 0, 0]);
const labels = Array.from({ length: ROWS }, () => random.integer(OUTPUTS));
const targets = rows.map(() => [...random.normals(OUTPUTS)]);
const several = rows.map(() => Array.from({ length: OUTPUTS }, () => random.integer(2)));
const weights = [0.5, 2, 1.25];
// The batch is in another order than the labels.
const order = [3, 0, 6, 2, 5, 1, 4];

const losses = {
  "cross-entropy": (device: Device) =>
    crossEntropyObjective(device, inOrder(labels), { classes: OUTPUTS }),
  "weighted and smoothed cross-entropy": (device: Device) =>
    crossEntropyObjective(device, inOrder(labels), { classes: OUTPUTS, weights, smoothing: 0.2 }),
  "binary cross-entropy": (device: Device) =>
    binaryCrossEntropyObjective(device, inOrder(several).flat(), OUTPUTS),
  "squared error": (device: Device) =>
    squaredErrorObjective(device, inOrder(targets).flat(), OUTPUTS),
};

const literal: Record<keyof typeof losses, (outputs: number[][]) => number> = {
  "cross-entropy": (outputs) => literalCrossEntropy(outputs, labels, [1, 1, 1], 0),
  "weighted and smoothed cross-entropy": (outputs) =>
    literalCrossEntropy(outputs, labels, weights, 0.2),
  "binary cross-entropy": (outputs) => literalBinaryCrossEntropy(outputs, several),
  "squared error": (outputs) => literalSquaredError(outputs, targets),
};

/** Sample `order[i]` of the objective is row i of the batch. */
function inOrder<T>(values: readonly T[]): T[] {
  const sorted: T[] = [];
  order.forEach((sample, i) => sorted[sample] = values[i]!);
  return sorted;
}

interface Case {
  readonly layout: Layout;
  readonly activation: "relu" | "gelu";
  readonly objective: Objective;
  readonly dropout?: number;
}

/** The loss and its gradient at some parameters. */
async function evaluate(
  device: Device,
  { layout, activation, objective, dropout: rate = 0 }: Case,
  values: ArrayLike<number>,
): Promise<{ loss: number; gradient: Float64Array }> {
  const dropout = rate > 0 ? stepDropout(rate, 5, 17) : NO_DROPOUT;
  using network = new TrainableNetwork(device, layout, { activation, capacity: ROWS + 2 });
  using parameters = device.tensor("parameters", [layout.size], "real", values);
  using gradient = device.tensor("gradient", [layout.size]);
  using x = device.tensor("x", [ROWS, STRIDE], "real", padded);
  using samples = device.tensor("order", [ROWS], "u32", order);
  using outputs = device.tensor("outputs", [ROWS, OUTPUTS]);
  using shares = device.tensor("losses", [ROWS]);
  const batch = { tensor: x, rows: ROWS };
  network.forward(parameters, batch, { tensor: outputs }, dropout);
  objective.record(samples, outputs, shares, { rows: ROWS, first: 0 });
  network.backward(parameters, batch, outputs, gradient, dropout);
  const [a, b] = await device.readAll([{ tensor: shares }, { tensor: gradient }]);
  return {
    loss: Array.from(a!).reduce((sum, share) => sum + share, 0),
    gradient: Float64Array.from(b!),
  };
}

function* cases(): Generator<[string, keyof typeof losses, Layout, "relu" | "gelu"]> {
  for (const name of Object.keys(losses) as (keyof typeof losses)[]) {
    for (const hidden of HIDDEN) {
      for (const activation of ACTIVATIONS) {
        if (hidden.length === 0 && activation === "gelu") continue;
        const layout = new Layout([COLUMNS, ...hidden, OUTPUTS]);
        yield [`${name}, hidden [${hidden}], ${activation}`, name, layout, activation];
      }
    }
  }
}

/** Parameters that are nowhere 0, but for the padding. */
function someParameters(layout: Layout, seed: number): Float64Array {
  const random = new Random(seed);
  return layout.pack(layout.layers.map(({ inputs, outputs }) => ({
    weight: random.normals(inputs * outputs, 0.7),
    bias: random.normals(outputs, 0.5),
  })));
}

deviceTest("losses: those of the textbook, whatever the padding", async (device) => {
  for (const [title, name, layout, activation] of cases()) {
    const values = Float32Array.from(someParameters(layout, 1));
    using objective = losses[name](device);
    const { loss } = await evaluate(device, { layout, activation, objective }, values);
    const layers = layout.unpack(values);
    const expected = literal[name](rows.map((row) => literalOutputs(layers, row, activation)));
    assertClose([loss], [expected], { relative: device.kind === "cpu" ? 1e-12 : 3e-6 }, title);
  }
});

Deno.test("gradients: central differences of the loss, in float64", async () => {
  const device = await sharedDevice("cpu");
  for (const [title, name, layout, activation] of cases()) {
    for (const dropout of layout.layers.length > 1 ? [0, 0.4] : [0]) {
      const values = someParameters(layout, 2);
      using objective = losses[name](device);
      const network = { layout, activation, objective, dropout };
      const { gradient } = await evaluate(device, network, values);
      const zero = new Float64Array(layout.size);
      const step = 1e-5;
      const filled = layout.pack(layout.unpack(zero.fill(1)));
      for (let e = 0; e < layout.size; e++) {
        if (filled[e] === 0) {
          assert.equal(gradient[e], 0, `${title}: the gradient of padding`);
          continue;
        }
        const at = async (shift: number) =>
          (await evaluate(device, network, values.with(e, values[e]! + shift))).loss;
        const difference = (await at(step) - await at(-step)) / (2 * step);
        assertClose([gradient[e]!], [difference], { relative: 1e-6, absolute: 1e-8 }, title);
      }
    }
  }
  assert.equal(device.memory.count, 0);
});

deviceTest("gradients: both devices agree", async (device) => {
  const cpu = await sharedDevice("cpu");
  for (const [title, name, layout, activation] of cases()) {
    const values = Float32Array.from(someParameters(layout, 3));
    using objective = losses[name](device);
    using exact = losses[name](cpu);
    const dropout = 0.3;
    const actual = await evaluate(device, { layout, activation, objective, dropout }, values);
    const expected = await evaluate(cpu, { layout, activation, objective: exact, dropout }, values);
    assertClose(actual.gradient, expected.gradient, { relative: 1e-4, absolute: 2e-6 }, title);
  }
});

Deno.test("first weights: uniform within 1 / sqrt(inputs), and 0 of a linear head", () => {
  const layout = new Layout([100, 60, 2]);
  const [first, second] = layout.unpack(initialParameters(layout, 3)) as [
    { weight: Float64Array; bias: Float64Array },
    { weight: Float64Array; bias: Float64Array },
  ];
  const largest = (values: Float64Array) => Math.max(...values.map(Math.abs));
  assert.ok(largest(first.weight) <= 0.1 && largest(first.weight) > 0.0999);
  assert.ok(largest(first.bias) <= 0.1 && largest(first.bias) > 0.09);
  assert.ok(largest(second.weight) <= 1 / Math.sqrt(60));
  const variance = first.weight.reduce((sum, w) => sum + w * w, 0) / 6000;
  assert.ok(Math.abs(variance / (0.01 / 3) - 1) < 0.05);
  assert.notDeepEqual(initialParameters(layout, 4), initialParameters(layout, 3));
  assert.deepEqual(initialParameters(layout, 3), initialParameters(layout, 3));
  assert.ok(initialParameters(new Layout([5, 2]), 3).every((w) => w === 0));
});
