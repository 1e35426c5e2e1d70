/** Heads of every kind, trained: what they learn, and that they learn the same again. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import type { Head } from "../../src/head/head.ts";
import { holdOut } from "../../src/head/hold-out.ts";
import { FIRST_ORDER } from "../../src/head/optimizers.ts";
import { trainHead } from "../../src/head/train-head.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { accuracy, negativeLogLikelihood } from "../../src/learn/metrics/classification.ts";
import { r2Score } from "../../src/learn/metrics/regression.ts";
import { Pool } from "../../src/pool/pool.ts";
import { assertClose, deviceTest, Random, withLimits } from "../fixture.ts";
import { literalOutputs } from "./literal-network.ts";

const all = (count: number) => Array.from({ length: count }, (_, i) => i);
const poolOf = (device: Device, features: readonly (readonly number[])[]) =>
  Pool.from(device, arrayRows("features", features));

/** Two interleaved half circles. */
function moons(count: number, noise: number, seed: number) {
  const random = new Random(seed);
  const labels = all(count).map((i) => i % 2);
  const features = labels.map((label) => {
    const angle = Math.PI * random.uniform();
    const [x, y] = label === 0
      ? [Math.cos(angle), Math.sin(angle)]
      : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [x + random.normals(1, noise)[0]!, y + random.normals(1, noise)[0]!];
  });
  return { features, labels };
}

/** All parameters, one after the other. */
async function weightsOf(head: Head): Promise<number[]> {
  return (await head.readLayers()).flatMap(({ weight, bias }) => [
    ...Array.from(weight),
    ...Array.from(bias),
  ]);
}

deviceTest("mlp: every optimizer learns XOR, with either activation", async (device) => {
  using pool = await poolOf(device, [[0, 0], [0, 1], [1, 0], [1, 1]]);
  const labels = [0, 1, 1, 0];
  for (const optimizer of FIRST_ORDER) {
    const activation = optimizer === "sgd" ? "gelu" : "relu";
    using head = await trainHead(pool, { indices: all(4), labels }, {
      ...{ kind: "mlp", hidden: [12], optimizer, activation, seed: 1, epochs: 80 },
      learningRate: optimizer === "sgd" ? 0.5 : 0.1,
    });
    assert.deepEqual([head.kind, head.task, head.classes, head.columns], [
      ...["mlp", "classification", 2, 2],
    ]);
    assert.equal(accuracy(await head.probabilities(pool), labels), 1, optimizer);
    const { losses, epochs, bestEpoch, validationLosses } = head.report!;
    assert.deepEqual([losses.length, epochs, bestEpoch, validationLosses], [80, 80, 80, undefined]);
    assert.ok(losses[79]! < 0.7 * losses[0]!, optimizer);
  }
});

deviceTest(
  "mlp: two moons, which no line divides; the network is that of its weights",
  async (device) => {
    const { features, labels } = moons(150, 0.1, 3);
    using pool = await poolOf(device, features);
    const samples = { indices: all(100), labels: labels.slice(0, 100) };
    const gpu = device.kind === "webgpu";
    for (const hidden of gpu ? [[11, 5]] : [[16], [11, 5], [6, 9, 4]]) {
      using head = await trainHead(pool, samples, {
        ...{
          hidden,
          learningRate: 0.05,
          epochs: gpu ? 80 : 200,
          batchSize: 32,
          dropout: 0.05,
          clip: 5,
        },
        activation: "gelu",
      });
      const probabilities = (await head.probabilities(pool)).subarray(200);
      assert.ok(accuracy(probabilities, labels.slice(100)) >= 0.94, `${hidden}`);
      const layers = await head.readLayers();
      const expected = features.flatMap((x) =>
        literalOutputs(layers, [...Float32Array.from(x)], "gelu")
      );
      assertClose(await head.logits(pool), expected, { relative: 1e-5, absolute: 2e-5 });
    }
    using linear = await trainHead(pool, samples);
    const probabilities = (await linear.probabilities(pool)).subarray(200);
    assert.ok(accuracy(probabilities, labels.slice(100)) < 0.93);
  },
);

deviceTest("the same seed gives the same weights, another seed others", async (device) => {
  const { features, labels } = moons(50, 0.1, 4);
  using pool = await poolOf(device, features);
  const train = (seed: number, sliceMilliseconds: number) =>
    trainHead(pool, { indices: all(50), labels }, {
      ...{ hidden: [9], dropout: 0.3, epochs: 8, validationShare: 0.2, seed, sliceMilliseconds },
      ...{ clip: 1, labelSmoothing: 0.1, classWeights: "balanced", batchSize: 7 },
    });
  using first = await train(5, 100);
  using again = await train(5, 1);
  using other = await train(6, 100);
  assert.deepEqual(await weightsOf(again), await weightsOf(first));
  assert.deepEqual(again.report, first.report);
  assert.notDeepEqual(await weightsOf(other), await weightsOf(first));
});

deviceTest("training reads nothing back until it is done", async (device) => {
  const { features, labels } = moons(40, 0.1, 4);
  using pool = await poolOf(device, features);
  const { readbacks } = device.counts;
  using _head = await trainHead(pool, { indices: all(40), labels }, { hidden: [4], epochs: 5 });
  assert.equal(device.counts.readbacks - readbacks, 1);
});

deviceTest(
  "early stopping: the weights of the best epoch, whenever it is looked at",
  async (device) => {
    const random = new Random(9);
    const count = 60;
    // Labels that the features do not explain: the held-out loss rises soon.
    const features = all(count).map(() => [...random.normals(6)]);
    const labels = features.map(([x]) => Number(x! + random.normals(1, 1.5)[0]! > 0));
    using pool = await poolOf(device, features);
    const options = {
      ...{
        hidden: [24],
        learningRate: 0.05,
        epochs: 30,
        batchSize: 16,
        schedule: "constant" as const,
      },
      ...{ validationShare: 0.3, patience: 4, seed: 2 },
    };
    using head = await trainHead(pool, { indices: all(count), labels }, options);
    const { validationLosses, bestEpoch, epochs, losses } = head.report!;
    const lowest = Math.min(...validationLosses!);
    assert.equal(bestEpoch, validationLosses!.indexOf(lowest) + 1);
    assert.equal(epochs, bestEpoch + 4, "stopped after the patience");
    assert.ok(epochs < 30);
    assert.equal(losses.length, epochs);
    const { held } = holdOut(labels, 0.3, 2);
    const everyone = await head.probabilities(pool);
    const p = held.flatMap((i) => [everyone[2 * i]!, everyone[2 * i + 1]!]);
    const loss = negativeLogLikelihood(p, held.map((i) => labels[i]!));
    assertClose([loss], [lowest], { relative: 1e-5 });
    // The same epochs without early stopping and holding out the same samples give the same
    // weights.
    using shorter = await trainHead(pool, { indices: all(count), labels }, {
      ...options,
      epochs: bestEpoch,
    });
    assert.deepEqual(await weightsOf(shorter), await weightsOf(head));
  },
);

deviceTest("clipping: one step moves by the learning rate times the norm", async (device) => {
  const { features, labels } = moons(20, 0.1, 6);
  using pool = await poolOf(device, features);
  const step = async (clip: number | undefined) => {
    using head = await trainHead(pool, { indices: all(20), labels }, {
      ...{ optimizer: "sgd", momentum: 0, learningRate: 1, epochs: 1, batchSize: 20, clip },
    });
    return await weightsOf(head);
  };
  const free = await step(undefined);
  const norm = Math.hypot(...free);
  const clipped = await step(norm / 3);
  assertClose([Math.hypot(...clipped)], [norm / 3], { relative: 1e-4 });
  assertClose(clipped, free.map((w) => w / 3), { relative: 1e-4 });
  assertClose(await step(norm * 3), free);
});

deviceTest("class weights: a weight of 3 is three copies of the samples", async (device) => {
  const { features, labels } = moons(21, 0.3, 7);
  const copies = all(21).flatMap((i) => labels[i] === 1 ? [i, i, i] : [i]);
  using once = await poolOf(device, features);
  using copied = await poolOf(device, copies.map((i) => features[i]!));
  const options = {
    ...{ optimizer: "sgd" as const, epochs: 10, batchSize: 1000, learningRate: 0.3 },
  };
  using weighted = await trainHead(once, { indices: all(21), labels }, {
    ...options,
    classWeights: [1, 3],
  });
  const more = { indices: all(copies.length), labels: copies.map((i) => labels[i]!) };
  using repeated = await trainHead(copied, more, options);
  assertClose(await weightsOf(weighted), await weightsOf(repeated), { relative: 1e-4 });
  // Balanced weights of 11 and 10 samples are proportional to 10 and 11.
  using balanced = await trainHead(once, { indices: all(21), labels }, {
    ...options,
    classWeights: "balanced",
  });
  using byHand = await trainHead(once, { indices: all(21), labels }, {
    ...options,
    classWeights: [10, 11],
  });
  assertClose(await weightsOf(balanced), await weightsOf(byHand), { relative: 1e-4 });
});

deviceTest("label smoothing: certainty ends at 1 - e + e / K", async (device) => {
  using pool = await poolOf(device, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
  using head = await trainHead(pool, { indices: all(3), labels: all(3) }, {
    ...{ optimizer: "adam", learningRate: 0.1, epochs: 200, labelSmoothing: 0.3 },
  });
  const p = await head.probabilities(pool);
  assertClose(p, [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8], { absolute: 1e-3 });
});

deviceTest(
  "linear: the default is L-BFGS, and another optimizer finds the same minimum",
  async (device) => {
    const { features, labels } = moons(40, 0.2, 8);
    using pool = await Pool.from(device, arrayRows("features", features), { scale: "standardize" });
    const samples = { indices: all(40), labels };
    using head = await trainHead(pool, samples, { C: 0.5, classes: 3 });
    assert.deepEqual([await head.readWeights!()], await head.readLayers());
    assert.deepEqual([head.kind, head.report!.optimizer, head.classes], ["linear", "lbfgs", 3]);
    assert.equal(head.columnScale, pool.columnScale);
    // The minimum of the same objective by another way: weight decay 1 / (C n) of the mean loss.
    using fast = await trainHead(pool, samples, { C: 0.5 });
    using slow = await trainHead(pool, samples, {
      ...{ optimizer: "sgd", batchSize: 40, learningRate: 0.5, schedule: "constant" },
      ...{ epochs: 200, weightDecay: 1 / (0.5 * 40) },
    });
    assertClose(await weightsOf(slow), await weightsOf(fast), { relative: 1e-3, absolute: 1e-3 });
  },
);

deviceTest("half floats and several blocks change nothing but the rounding", async (device) => {
  const random = new Random(12);
  const n = 300;
  const features = Float16Array.from(random.normals(n * 5));
  const source = arrayRows("features", Float32Array.from(features), 5);
  const labels = all(n).map((i) => Number(features[5 * i]! * features[5 * i + 1]! > 0));
  const weights: number[][] = [];
  for (
    const [limits, storage] of [[{}, "f32"], [{}, "f16"], [
      { bindingBytes: 256 * 32 },
      "f32",
    ]] as const
  ) {
    using pool = await Pool.from(withLimits(device, limits), source, { storage });
    using head = await trainHead(pool, { indices: all(n), labels }, {
      ...{ hidden: [6], epochs: 2, batchSize: 64, validationShare: 0.1 },
    });
    weights.push(await weightsOf(head));
  }
  assert.deepEqual(weights[1], weights[0], "half floats, of numbers that are");
  assert.deepEqual(weights[2], weights[0], "two blocks");
});

deviceTest("a head so wide that a prediction takes several parts", async (device) => {
  const n = 1100;
  const random = new Random(14);
  const features = Array.from({ length: n }, () => [...random.normals(3)]);
  using pool = await poolOf(device, features);
  using head = await trainHead(pool, { indices: [3, 4], labels: [1, 0] }, {
    ...{ hidden: [4096], epochs: 1 },
  });
  const layers = await head.readLayers();
  const last = [0, 1023, 1024, n - 1];
  const outputs = await head.logits(pool);
  assertClose(
    last.flatMap((i) => [...outputs.subarray(2 * i, 2 * i + 2)]),
    last.flatMap((i) => literalOutputs(layers, features[i]!, "relu")),
    { relative: 1e-4, absolute: 1e-5 },
  );
});

deviceTest("one sample of one class", async (device) => {
  using pool = await poolOf(device, [[2, 1]]);
  using head = await trainHead(pool, { indices: [0], labels: [0] }, { hidden: [3], epochs: 2 });
  assert.deepEqual([...await head.probabilities(pool)], [1]);
  assert.deepEqual(head.report!.losses, [0, 0]);
  using value = await trainHead(pool, { indices: [0], targets: [7] }, { hidden: [3], epochs: 2 });
  assert.ok(Math.abs((await value.values(pool))[0]! - 7) < 1);
});

deviceTest("training stops when its signal aborts", async (device) => {
  using pool = await poolOf(device, [[0], [1]]);
  const stop = new AbortController();
  const samples = { indices: [0, 1], labels: [0, 1] };
  await assert.rejects(
    trainHead(pool, samples, {
      ...{ hidden: [3], epochs: 1000, signal: stop.signal, sliceMilliseconds: 1 },
      onProgress: () => stop.abort(new Error("Enough")),
    }),
    { message: "Enough" },
  );
});

deviceTest(
  "regression: an mlp learns a curve, whatever the unit of the targets",
  async (device) => {
    const random = new Random(13);
    const x = all(60).map(() => random.uniform(-2, 2));
    const targets = x.flatMap((v) => [1e4 + 3e3 * Math.sin(2 * v), 1e-3 * v * v]);
    using pool = await poolOf(device, x.map((v) => [v]));
    using head = await trainHead(pool, { indices: all(60), targets }, {
      ...{ hidden: [24], learningRate: 0.03, epochs: 120, batchSize: 30, activation: "gelu" },
    });
    assert.deepEqual([head.task, head.classes], ["regression", 2]);
    const predicted = await head.values(pool);
    assert.ok(r2Score(predicted, targets, { outputs: 2 }) > 0.98);
    using linear = await trainHead(pool, { indices: all(60), targets });
    assert.ok(r2Score(await linear.values(pool), targets, { outputs: 2 }) < 0.5);
    await assert.rejects(head.probabilities(pool), {
      name: "InputError",
      message: "Cannot predict class probabilities with a regression head",
    });
  },
);
