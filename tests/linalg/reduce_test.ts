import assert from "node:assert/strict";
import fc from "fast-check";
import { dotProduct, takeArgMax } from "../../src/linalg/reduce.ts";
import { assertClose, matrixTest, numbers, Random, sharedDevice } from "../fixture.ts";
import { positiveDefinite, product } from "./plain.ts";

matrixTest("inner product: any size, into any place", async (device) => {
  const random = new Random(1);
  for (const size of [1, 255, 1003, 70_001]) {
    const [a, b] = [random.normals(size), random.normals(size)];
    using tensorA = device.tensor("a", [size], "real", a);
    using tensorB = device.tensor("b", [size], "real", b);
    using out = device.tensor("out", [3], "real", [5, 6, 7]);
    dotProduct(device, tensorA, tensorB, out, 1);
    const expected = a.reduce((sum, value, e) => sum + value * b[e]!, 0);
    const tolerance = { relative: 0, absolute: 1e-5 * Math.sqrt(size) };
    assertClose(await numbers(device, out), [5, expected, 7], tolerance);
  }
});

matrixTest(
  "inner product: of symmetric matrices it is the trace of their product",
  async (device) => {
    const random = new Random(2);
    const D = 37;
    const [a, b] = [positiveDefinite(random, D), positiveDefinite(random, D)];
    using tensorA = device.tensor("a", [D, D], "real", a);
    using tensorB = device.tensor("b", [D, D], "real", b);
    using out = device.tensor("out", [1]);
    dotProduct(device, tensorA, tensorB, out);
    const trace = product(a, b, D, D, D).filter((_, e) => e % (D + 1) === 0)
      .reduce((sum, value) => sum + value);
    assertClose(await numbers(device, out), [trace], { relative: 1e-5 });
  },
);

matrixTest("arg-max: the lowest index of the largest score that is not masked", async (device) => {
  const random = new Random(3);
  for (const size of [1, 256, 257, 1003, 66_000]) {
    const scores = Float32Array.from({ length: size }, () => -random.integer(7));
    const mask = Uint32Array.from({ length: size }, () => random.integer(2));
    const best = Math.max(...Array.from(scores).filter((_, i) => mask[i] === 1));
    const expected = scores.findIndex((score, i) => mask[i] === 1 && score === best);
    using tensor = device.tensor("scores", [size], "real", scores);
    using masks = device.tensor("mask", [size], "u32", mask);
    using out = device.tensor("out", [1], "u32");
    using taken = device.tensor("taken", [1]);
    takeArgMax(device, tensor, masks, { picks: out, taken }, 0);
    assert.deepEqual(await numbers(device, out), [expected < 0 ? size : expected]);
  }
});

matrixTest(
  "arg-max: one after the other, the best first, until nothing is left",
  async (device) => {
    const data = new Random(4).normals(300);
    using scores = device.tensor("scores", [300], "real", data);
    using mask = device.tensor("mask", [300], "u32", new Uint32Array(300).fill(1));
    using picks = device.tensor("picks", [302], "u32");
    using taken = device.tensor("taken", [302]);
    for (let step = 0; step < 302; step++) takeArgMax(device, scores, mask, { picks, taken }, step);
    const sorted = Array.from(data.keys()).sort((a, b) => data[b]! - data[a]! || a - b);
    assert.deepEqual(await numbers(device, picks), [...sorted, 300, 300]);
    const best = sorted.map((index) => data[index]!);
    assert.deepEqual((await numbers(device, taken)).slice(0, 300), best);
  },
);

matrixTest("arg-max: with everything masked it is the size", async (device) => {
  using scores = device.tensor("scores", [413]);
  using mask = device.tensor("mask", [413], "u32");
  using out = device.tensor("out", [1], "u32");
  using taken = device.tensor("taken", [1]);
  takeArgMax(device, scores, mask, { picks: out, taken }, 0);
  assert.deepEqual(await numbers(device, out), [413]);
});

Deno.test("arg-max: shuffling the scores moves it along", async () => {
  const device = await sharedDevice("cpu");
  const argMaxOf = async (data: readonly number[]) => {
    using scores = device.tensor("scores", [data.length], "real", data);
    using mask = device.tensor("mask", [data.length], "u32", data.map(() => 1));
    using out = device.tensor("out", [1], "u32");
    using taken = device.tensor("taken", [1]);
    takeArgMax(device, scores, mask, { picks: out, taken }, 0);
    return (await numbers(device, out))[0]!;
  };
  const distinct = fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), {
    minLength: 1,
    maxLength: 400,
  });
  await fc.assert(
    fc.asyncProperty(distinct, fc.integer(), async (values, seed) => {
      const order = new Random(seed).distinct(values.length, values.length);
      const shuffled = order.map((i) => values[i]!);
      assert.equal(order[await argMaxOf(shuffled)], await argMaxOf(values));
    }),
    { numRuns: 50 },
  );
});
