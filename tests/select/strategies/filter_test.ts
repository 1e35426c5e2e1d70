/**
 * Strategies that filter and cluster, against small literal implementations of their definitions.
 */

import assert from "node:assert/strict";
import type { Device } from "../../../src/device/device.ts";
import { Head } from "../../../src/head/head.ts";
import { arrayRows } from "../../../src/io/rows.ts";
import { select } from "../../../src/learn/select.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { keyOf } from "../../../src/random/counter-hash.ts";
import { alfaMix } from "../../../src/select/strategies/alfa-mix.ts";
import { clusterMargin } from "../../../src/select/strategies/cluster-margin.ts";
import { classChanges, dropQuery } from "../../../src/select/strategies/drop-query.ts";
import type { StrategyName } from "../../../src/select/strategy/names.ts";
import type { Strategy } from "../../../src/select/strategy/strategy.ts";
import { deviceTest, sharedDevice, withLimits } from "../../fixture.ts";
import {
  literalAlfaMix,
  literalClusterMargin,
  literalDropQuery,
  literalRepresentatives,
  problem,
} from "./literal-filters.ts";

Deno.test("cluster-margin: small margins, in turns over the clusters", async () => {
  const device = await sharedDevice("cpu");
  for (const seed of [3, 4]) {
    const given = problem(seed);
    const { features, head, labeled, excluded } = given;
    const input = { device, features, head, labeled, excluded };
    for (
      const [budget, clusters] of [[5, undefined], [12, 6], [30, 1], [209, 9], [7, 5000]] as const
    ) {
      const { picks } = await select({ ...input, budget, strategy: clusterMargin({ clusters }) });
      const wanted = Math.min(clusters ?? 22, features.length);
      assert.deepEqual(picks, await literalClusterMargin(given, budget, wanted), `${budget}`);
    }
  }
});

Deno.test("drop-query: those that change class, one of each cluster", async () => {
  const device = await sharedDevice("cpu");
  const rules = new Set<string>();
  for (const seed of [5, 6]) {
    const given = problem(seed);
    const { features, head, labeled, excluded } = given;
    for (const budget of [1, 3, 20, 200]) {
      const { chosen, rule } = literalDropQuery(given, budget);
      rules.add(rule);
      const { picks } = await select({
        device,
        features,
        head,
        labeled,
        excluded,
        budget,
        strategy: "drop-query",
      });
      assert.deepEqual(picks, await literalRepresentatives(features, chosen, budget), `${budget}`);
    }
  }
  assert.deepEqual(rules, new Set(["twice", "once", "all"]));
});

Deno.test("alfa-mix: those that change class on a step, then random ones", async () => {
  const device = await sharedDevice("cpu");
  for (const seed of [8, 9]) {
    const given = problem(seed);
    const { features, head, labeled, excluded, candidates } = given;
    for (const labels of [[0, 1, 2, 3], [2, 2, 0, 2], [1, 1, 1, 1]]) {
      const chosen = literalAlfaMix(given, labels);
      assert.ok(chosen.length > 15 && chosen.length < 150, `${chosen.length}`);
      const input = {
        device,
        features,
        head,
        labeled,
        labels,
        excluded,
        strategy: "alfa-mix",
      } as const;
      for (const budget of [1, 6, chosen.length]) {
        const { picks } = await select({ ...input, budget });
        assert.deepEqual(
          picks,
          await literalRepresentatives(features, chosen, budget),
          `${budget}`,
        );
      }
      const all = await select({ ...input, budget: chosen.length + 20 });
      assert.deepEqual(all.picks.slice(0, chosen.length), chosen);
      const others = all.picks.slice(chosen.length);
      assert.equal(new Set(others).size, 20);
      assert.ok(others.every((index) => candidates.includes(index) && !chosen.includes(index)));
      const other = await select({ ...input, budget: chosen.length + 20, seed: 1 });
      assert.notDeepEqual(other.picks.slice(chosen.length), others);
    }
  }
});

Deno.test("alfa-mix: without a gradient no class changes", async () => {
  const device = await sharedDevice("cpu");
  const { features, labeled } = problem(10);
  const weight = Array.from({ length: 3 }, () => Array.from({ length: 11 }, () => 0.5));
  const input = {
    device,
    features,
    labeled,
    labels: [0, 1, 2, 0],
    head: { weight, bias: [0, 1, 0] },
  };
  const choose = async (seed: number) =>
    (await select({ ...input, strategy: "alfa-mix", budget: 9, seed })).picks;
  assert.notDeepEqual(await choose(0), await choose(1));
  assert.deepEqual(await choose(1), await choose(1));
});

const FILTERS = [clusterMargin({ clusters: 12 }), dropQuery(), alfaMix()];

async function picksOf(device: Device, strategy: Strategy, storage: "f32" | "f16") {
  const { features, head, labeled, excluded } = problem(7, 700);
  // Numbers that half floats hold.
  const coarse = features.map((row) => row.map((value) => Math.round(8 * value) / 8));
  const labels = [0, 1, 2, 3];
  const input = { device, features: coarse, head, labeled, labels, excluded, storage };
  return (await select({ ...input, strategy, budget: 6, seed: 4 })).picks;
}

deviceTest(
  "filters: a pool in segments, on either device, is chosen from as one",
  async (device) => {
    const cpu = await sharedDevice("cpu");
    const small = withLimits(device, { bindingBytes: 256 * 16 * 4 });
    for (const strategy of FILTERS) {
      const whole = await picksOf(device, strategy, "f32");
      assert.equal(new Set(whole).size, 6);
      assert.deepEqual(whole, await picksOf(cpu, strategy, "f32"), strategy.name);
      assert.deepEqual(await picksOf(small, strategy, "f32"), whole, strategy.name);
      // Rows of length 1 are rounded to half floats for drop-query's clusters.
      if (strategy.name === "cluster-margin") {
        assert.deepEqual(await picksOf(device, strategy, "f16"), whole);
      }
    }
  },
);

deviceTest("drop-query: half floats lose the same features, however cut", async (device) => {
  const { features, head } = problem(12, 600);
  const data = Float32Array.from(features.flat(), (value) => Math.round(8 * value) / 8);
  const source = arrayRows("features", data, 11);
  const changesOf = async (device: Device, storage: "f32" | "f16") => {
    using pool = await Pool.from(device, source, { storage });
    using made = await Head.of(device, head);
    return await classChanges(pool, made, keyOf(2 ** 40 + 5, "features"));
  };
  const changes = await changesOf(device, "f32");
  assert.deepEqual(new Set(changes), new Set([0, 1, 2, 3]));
  assert.deepEqual(await changesOf(device, "f16"), changes);
  const small = withLimits(device, { bindingBytes: 256 * 16 * 4 });
  assert.deepEqual(await changesOf(small, "f16"), changes);
});

deviceTest("filters: what is missing is said in a sentence", async (device) => {
  const features = [[1, 2], [2, 1], [3, 3]];
  const input = { device, features, budget: 1 };
  const logits = [[1], [2], [3]];
  await assert.rejects(
    () => select({ ...input, logits, strategy: "drop-query" }),
    { message: /^Cannot run drop-query without a head that predicts from features: give / },
  );
  await assert.rejects(
    () => select({ ...input, logits, labeled: [0], labels: [0], strategy: "alfa-mix" }),
    { message: /^Cannot run alfa-mix without the weights of a linear head: give / },
  );
  const head = { weight: [[1, 2], [2, 1]], bias: [0, 0] };
  await assert.rejects(
    () => select({ ...input, head, strategy: "alfa-mix" }),
    { message: /^Cannot run alfa-mix without labels: give / },
  );
  await assert.rejects(
    () => select({ ...input, strategy: "cluster-margin" }),
    { message: /^Cannot run cluster-margin without class probabilities: give / },
  );
  for (const clusters of [0, 1.5, NaN]) {
    const message =
      `Option clusters of cluster-margin must be a whole number, 1 or more: found ${clusters}`;
    assert.throws(() => clusterMargin({ clusters }), { name: "InputError", message });
    const strategy = `cluster-margin(clusters=${clusters})`;
    await assert.rejects(
      () => select({ ...input, logits, strategy }),
      { name: "InputError", message: Number.isNaN(clusters) ? /: found "NaN"$/ : message },
    );
  }
});

deviceTest("filters and herding: stopped in any phase, nothing stays behind", async (device) => {
  const { features, head, labeled } = problem(11, 90);
  const phases: Record<string, string[]> = {
    "max-herding": ["labeled samples", "coverage", "max-herding"],
    "uncertainty-herding": ["labeled samples", "coverage", "uncertainty-herding"],
    "prob-cover": ["seeding", "clusters", "radius", "labeled samples", "coverage", "prob-cover"],
    "cluster-margin": ["seeding", "clusters"],
    "drop-query": ["dropouts", "seeding", "clusters"],
    "alfa-mix": ["mixing", "seeding", "clusters"],
  };
  for (const [name, expected] of Object.entries(phases)) {
    const choose = async (stop?: string) => {
      const seen = new Set<string>();
      const controller = new AbortController();
      await select({
        device,
        features,
        head,
        labeled,
        labels: [0, 1, 2, 3],
        budget: 8,
        strategy: name as StrategyName,
        sliceMilliseconds: 0,
        signal: controller.signal,
        onProgress: (phase, done, total) => {
          assert.ok(done <= total && total > 0);
          seen.add(phase);
          if (phase === stop) controller.abort(new Error(`stopped in ${phase}`));
        },
      });
      return [...seen];
    };
    assert.deepEqual(await choose(), expected);
    for (const phase of expected) {
      await assert.rejects(() => choose(phase), { message: `stopped in ${phase}` });
    }
  }
});
