/** Members that are made of one head by dropout of features. */

import assert from "node:assert/strict";
import { arrayRows } from "../../../src/io/rows.ts";
import { select } from "../../../src/learn/select.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { logitsPredictor, type Predictor } from "../../../src/pool/predictions.ts";
import { dropoutMembers, meanPredictor } from "../../../src/select/members/members.ts";
import { bald } from "../../../src/select/strategies/bald.ts";
import { margin } from "../../../src/select/strategies/margin.ts";
import { assertClose, deviceTest, withLimits } from "../../fixture.ts";
import { CLASSES, COLUMNS, featuresOf, headOf, linear } from "./ensembles.ts";

deviceTest("dropout: inverted, one mask for each member, from the key", async (device) => {
  const features = featuresOf(6, 300);
  const { weight: { data: weight }, bias } = headOf(7);
  for (const storage of ["f32", "f16"] as const) {
    using pool = await Pool.from(device, arrayRows("x", features.data, COLUMNS), { storage });
    // A head that shows its input: its two classes are a sum of the features and the rest.
    const shown: number[][] = [];
    const spy: Predictor = {
      classes: 2,
      async predict(device, segment) {
        shown.push(Array.from(await device.read(segment.features)));
        return device.tensor("probabilities", [segment.rows, 2]);
      },
    };
    const members = dropoutMembers(spy, { count: 3, share: 0.25, key: 5 });
    const [segment] = pool.segments(256);
    const plain = Array.from(await device.read(pool.blocks[0]!.features));
    const ask = async (of: typeof members, member: number) => {
      using _p = await of.predict(device, segment!, member);
      return shown.pop()!;
    };
    const first = await ask(members, 0);
    const kept = Array.from({ length: pool.stride }, (_, f) => first[f] !== 0);
    assertClose(
      first,
      plain.slice(0, first.length).map((x, e) => kept[e % pool.stride] ? x / 0.75 : 0),
    );
    assert.deepEqual(await ask(members, 0), first);
    assert.notDeepEqual(await ask(members, 1), first);
    assert.notDeepEqual(
      await ask(dropoutMembers(spy, { count: 3, share: 0.25, key: 7 }), 0),
      first,
    );
  }
  const run = (seed: number, strategy = bald()) =>
    select({
      device,
      features,
      head: { weight: { data: weight, columns: COLUMNS }, bias },
      strategy,
      budget: 12,
      seed,
    });
  const { picks } = await run(1);
  assert.deepEqual((await run(1)).picks, picks);
  assert.notDeepEqual((await run(2)).picks, picks);
  assert.deepEqual((await run(1, bald({ members: 10, dropout: 0.5 }))).picks, picks);
  assert.notDeepEqual((await run(1, bald({ members: 3 }))).picks, picks);
  assert.notDeepEqual((await run(1, bald({ dropout: 0.2 }))).picks, picks);
});

deviceTest("dropout: a stretch is predicted in parts as at once", async (device) => {
  const small = withLimits(device, { bindingBytes: 256 * 8 * 4 });
  for (const storage of ["f32", "f16"] as const) {
    const input = { features: featuresOf(6, 700), head: headOf(7), storage, budget: 12 };
    const strategy = margin({ members: 4 });
    const whole = await select({ ...input, strategy, device });
    assert.deepEqual((await select({ ...input, strategy, device: small })).picks, whole.picks);
    const plain = await select({ ...input, strategy: margin({ members: undefined }), device });
    assert.notDeepEqual(whole.picks, plain.picks);
  }
});

deviceTest("dropout: many members of a little agree with the head", async (device) => {
  const features = featuresOf(8, 40);
  using pool = await Pool.from(device, arrayRows("x", features.data, COLUMNS));
  const { weight: { data: weight }, bias } = headOf(9);
  const logits = Float32Array.from({ length: 40 * CLASSES }, (_, e) => {
    const [i, k] = [Math.floor(e / CLASSES), e % CLASSES];
    let sum = bias[k]!;
    for (let f = 0; f < COLUMNS; f++) {
      sum += weight[k * COLUMNS + f]! * features.data[i * COLUMNS + f]!;
    }
    return sum;
  });
  const probabilities = await linear(device, { weight, bias });
  const members = dropoutMembers(probabilities, { count: 4, share: 1e-6, key: 0 });
  const [segment] = pool.segments(256);
  using mean = await meanPredictor(members).predict(device, segment!);
  using direct = await logitsPredictor(arrayRows("z", logits, CLASSES)).predict(device, segment!);
  assertClose(await device.read(mean), await device.read(direct), { absolute: 1e-4 });
});
