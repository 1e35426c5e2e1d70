/** Optimizers against PyTorch's documentation, written out; schedules; dropout; who is held out. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { NO_DROPOUT, stepDropout } from "../../src/head/dropout.ts";
import { holdOut } from "../../src/head/hold-out.ts";
import { Layout } from "../../src/head/layout.ts";
import { FIRST_ORDER, type OptimizerSettings, stepScalars } from "../../src/head/optimizers.ts";
import { checkSchedule, rateFactor, type Schedule } from "../../src/head/schedule.ts";
import { activate } from "../../src/kernels/head/activate.ts";
import { halfBits, keyOf, permuted } from "../../src/random/counter-hash.ts";
import { optimizerStep } from "../../src/kernels/head/optimizer-step.ts";
import { assertClose, deviceTest, numbers, Random } from "../fixture.ts";

/** One parameter under an optimizer, as PyTorch documents it. */
function literalSteps(
  { optimizer, weightDecay, momentum, beta1, beta2, epsilon }: OptimizerSettings,
  start: number,
  gradients: readonly number[],
  rates: readonly number[],
): number {
  let [t, m, v, buffer] = [start, 0, 0, 0];
  gradients.forEach((gradient, i) => {
    const step = i + 1;
    const rate = rates[i]!;
    let g = gradient;
    if (optimizer === "adamw") t -= rate * weightDecay * t;
    else g += weightDecay * t;
    if (optimizer === "sgd") {
      buffer = step === 1 ? g : momentum * buffer + g;
      t -= rate * (g + momentum * buffer);
      return;
    }
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const mHat = m / (1 - beta1 ** step);
    if (optimizer !== "radam") {
      t -= rate * mHat / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
      return;
    }
    const rhoInf = 2 / (1 - beta2) - 1;
    const rho = rhoInf - 2 * step * beta2 ** step / (1 - beta2 ** step);
    if (rho > 5) {
      const l = Math.sqrt(1 - beta2 ** step) / (Math.sqrt(v) + epsilon);
      const r = Math.sqrt(
        (rho - 4) * (rho - 2) * rhoInf / ((rhoInf - 4) * (rhoInf - 2) * rho),
      );
      t -= rate * mHat * r * l;
    } else t -= rate * mHat;
  });
  return t;
}

deviceTest("optimizers: PyTorch's formulas, with decay of the weights only", async (device) => {
  const [size, decayed, steps] = [37, 20, 12];
  const random = new Random(1);
  const start = random.normals(size);
  const gradients = Array.from({ length: steps }, () => random.normals(size));
  const rates = Array.from({ length: steps }, (_, i) => 0.1 / (1 + i));
  for (const optimizer of FIRST_ORDER) {
    for (const [weightDecay, momentum] of [[0, 0.9], [0.05, 0.9], [0.05, 0]] as const) {
      const settings = {
        ...{ optimizer, weightDecay, momentum },
        ...{ beta1: 0.9, beta2: 0.95, epsilon: 1e-6 },
      };
      using parameters = device.tensor("parameters", [size], "real", start);
      using first = device.tensor("first", [size]);
      using second = device.tensor("second", [size]);
      using norm = device.tensor("norm", [1]);
      for (const [i, values] of gradients.entries()) {
        using gradient = device.tensor("gradient", [size], "real", values);
        device.run(optimizerStep, { gradient, norm, parameters, first, second }, {
          ...{ size, decayed, clip: 0 },
          ...stepScalars(settings, i + 1, rates[i]!),
        });
      }
      const expected = Array.from(start, (value, e) =>
        literalSteps(
          { ...settings, weightDecay: e < decayed ? weightDecay : 0 },
          value,
          gradients.map((g) => g[e]!),
          rates,
        ));
      assertClose(
        await numbers(device, parameters),
        expected,
        device.kind === "cpu"
          ? { relative: 1e-12, absolute: 1e-14 }
          : { relative: 2e-5, absolute: 2e-6 },
        `${optimizer} ${weightDecay} ${momentum}`,
      );
    }
  }
});

Deno.test("radam: without rectification at first, then as Adam", () => {
  const settings = {
    optimizer: "radam" as const,
    ...{ weightDecay: 0, momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  };
  for (const step of [1, 5]) assert.equal(stepScalars(settings, step, 1).root, 0);
  assert.equal(stepScalars(settings, 6, 1).root, 1);
  const late = stepScalars(settings, 1e6, 1);
  assert.ok(Math.abs(late.rate - 1) < 1e-3);
});

Deno.test("schedules: constant, half a cosine, steps", () => {
  const length = { total: 40, perEpoch: 4 };
  const factors = (schedule: Schedule) =>
    Array.from({ length: 40 }, (_, step) => rateFactor(schedule, step, length));
  assert.ok(factors("constant").every((factor) => factor === 1));
  const cosine = factors("cosine");
  assert.equal(cosine[0], 1);
  assert.ok(Math.abs(cosine[20]! - 0.5) < 1e-12);
  assert.ok(cosine.every((factor, i) => i === 0 || factor < cosine[i - 1]!));
  assert.ok(cosine[39]! > 0 && cosine[39]! < 0.01);
  const steps = factors({ every: 3, factor: 0.5 });
  assert.deepEqual([0, 11, 12, 23, 24, 36, 39].map((i) => steps[i]), [
    ...[1, 1, 0.5, 0.5, 0.25, 0.125, 0.125],
  ]);
  for (const bad of [{ every: 0, factor: 0.5 }, { every: 1, factor: 2 }]) {
    assert.throws(() => checkSchedule(bad), {
      name: "InputError",
      message:
        `Cannot multiply the learning rate by ${bad.factor} every ${bad.every} epochs: the ` +
        "factor must be above 0 and at most 1, the epochs a whole number from 1 on",
    });
  }
  assert.throws(() => checkSchedule("linear" as Schedule), {
    name: "InputError",
    message: "Unknown schedule linear: use constant, cosine or { every, factor }",
  });
});

deviceTest(
  "dropout: keeps the expectation, and changes with step, layer and seed",
  async (device) => {
    const [rows, width] = [200, 50];
    using parameters = device.tensor("bias", [width]);
    using z = device.tensor("z", [rows, width], "real", new Float32Array(rows * width).fill(1));
    using a = device.tensor("a", [rows, width]);
    const masks = new Set<string>();
    for (const [seed, step, layer] of [[0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]] as const) {
      for (const rate of [0.2, 0.5, 0.9]) {
        device.run(activate, { parameters, z, a }, {
          ...{ rows, width, stride: width, biasOffset: 0, outOffset: 0 },
          ...stepDropout(rate, seed, step).layer(layer),
        }, { activation: 1 });
        const values = await numbers(device, a);
        const kept = values.filter((value) => value > 0);
        assertClose(kept, kept.map(() => 1 / (1 - rate)));
        // Three deviations of the mean of 10,000.
        const mean = values.reduce((sum, value) => sum + value) / values.length;
        assert.ok(Math.abs(mean - 1) < 3 * Math.sqrt(rate / (1 - rate) / 1e4), `${rate}: ${mean}`);
        if (rate === 0.5) masks.add(values.map((value) => value > 0 ? 1 : 0).join(""));
      }
    }
    assert.equal(masks.size, 4);
    assert.equal(stepDropout(0, 3, 4), NO_DROPOUT);
  },
);

Deno.test("order: a permutation for every size and key", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0 }), (size, seed) => {
      const key = keyOf(seed, "shuffle", 1);
      const images = Array.from({ length: size }, (_, i) => permuted(i, size, key));
      assert.equal(new Set(images).size, size);
      assert.ok(images.every((x) => x >= 0 && x < size));
      assert.ok(4 ** halfBits(size) >= size);
    }),
  );
});

Deno.test("order: every place is as likely for every sample", () => {
  const [size, epochs] = [6, 6000];
  const counts = new Float64Array(size * size);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const key = keyOf(42, "shuffle", epoch);
    for (let i = 0; i < size; i++) counts[i * size + permuted(i, size, key)]!++;
  }
  const expected = epochs / size;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 25 degrees of freedom: 52.6 is exceeded once in a thousand.
  assert.ok(chiSquare < 52.6, `${chiSquare}`);
});

Deno.test("held-out samples: each class gives its share", () => {
  const labels = Array.from({ length: 100 }, (_, i) => i < 60 ? 0 : i < 90 ? 1 : 2);
  const { train, held } = holdOut(labels, 0.2, 7);
  const counts = [0, 0, 0];
  for (const i of held) counts[labels[i]!]!++;
  assert.deepEqual(counts, [12, 6, 2]);
  assert.deepEqual([...train, ...held].toSorted((a, b) => a - b), labels.map((_, i) => i));
  assert.deepEqual(holdOut(labels, 0.2, 7), { train, held });
  assert.notDeepEqual(holdOut(labels, 0.2, 8).held, held);
  assert.deepEqual(holdOut([1, 0], 0, 7), { train: [0, 1], held: [] });
  assert.throws(() => holdOut([0, 1], 0.1, 7), {
    name: "InputError",
    message: "Cannot hold out a share of 0.1 of 2 samples: some must be held out, and some left",
  });
});

Deno.test("layout: packs and unpacks, with padding between", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 }),
    (widths) => {
      const layout = new Layout(widths);
      let next = 1;
      const values = layout.layers.map(({ inputs, outputs }) => ({
        weight: Float64Array.from({ length: inputs * outputs }, () => next++),
        bias: Float64Array.from({ length: outputs }, () => next++),
      }));
      const vector = layout.pack(values);
      assert.deepEqual(layout.unpack(vector), values);
      assert.equal(vector.filter((value) => value !== 0).length, next - 1);
      for (const { weight, bias } of layout.layers) assert.equal(weight % 8 + bias % 8, 0);
    },
  ));
});
