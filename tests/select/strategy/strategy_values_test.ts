/**
 * Strategies are values: however one is given, it is the same, and what is left out has its
 * default.
 */

import assert from "node:assert/strict";
import {
  bait,
  base,
  clusterMargin,
  defineStrategy,
  falcun,
  InputError,
  margin,
  maxHerding,
  runStrategy,
  type Strategy,
  type StrategyLike,
} from "../../../mod.ts";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { strategyOf } from "../../../src/select/run-strategy.ts";
import { checkValue, type OptionValue } from "../../../src/select/strategy/options.ts";
import { strategyText } from "../../../src/select/strategy/strategy-text.ts";
import { optionsOf } from "../../../src/select/strategy/strategy.ts";
import { deviceTest, sharedDevice } from "../../fixture.ts";
import { refuses } from "../../io/fixtures.ts";
import { choice, FACTORIES, situation } from "../situation.ts";

Deno.test("values: name, function, value and text of every strategy choose the same", async () => {
  const device = await sharedDevice("cpu");
  const input = situation(1);
  for (const factory of FACTORIES) {
    const { name } = factory.definition;
    const expected = await choice(device, name, input);
    assert.equal(expected.strategy, name);
    assert.equal(new Set(expected.picks).size, 6);
    const ways: StrategyLike[] = [factory, factory(), factory({}), `${name}()`, ` ${name} ( ) `];
    for (const way of ways) assert.deepEqual(await choice(device, way, input), expected, name);
  }
});

/** Values, and texts that say the same. */
const WRITTEN: readonly [Strategy, ...string[]][] = [
  [
    bait({ fisher: "exp", topClasses: 3 }),
    "bait(fisher=exp,topClasses=3)",
    "bait-exp(top-classes=3)",
  ],
  [bait({ fisher: "full", lambda: 0.25, select: "topk" }), "bait-full(lambda=0.25,select=topk)"],
  [
    bait({ fisher: "regression", lambda: 1e3, oversample: 1.5 }),
    "bait(fisher=regression,lambda=1e3,oversample=1.5)",
  ],
  [
    falcun({ gamma: 3, deterministic: true }),
    "falcun(gamma=3, deterministic)",
    "falcun( deterministic=true ,gamma=3.0)",
  ],
  [base({ rotate: true }), "base(rotate)"],
  [clusterMargin({ clusters: 3 }), "cluster-margin(clusters=3)"],
  [maxHerding({ gamma: 8 }), "max-herding(gamma=8)"],
  [
    margin({ members: 3, dropout: 0.25, candidates: 21, partitions: 2 }),
    "margin(members=3,dropout=.25,candidates=21,partitions=2)",
  ],
];

deviceTest("values: a text with options chooses what the value chooses", async (device) => {
  const input = { ...situation(2), round: 1 };
  for (const [value, ...texts] of WRITTEN) {
    const expected = await choice(device, value, input);
    const plain = await choice(device, value.name, input);
    assert.notDeepEqual(expected, plain, `${value.name}: the options change something`);
    for (const text of [...texts, strategyText(value)]) {
      assert.deepEqual(await choice(device, text, input), expected, text);
      assert.deepEqual((await strategyOf(text)).options, value.options);
    }
  }
});

deviceTest("values: runStrategy takes every way, too", async (device) => {
  const { data } = situation(3).features as { data: Float32Array };
  using pool = await Pool.from(device, arrayRows("features", data, 5));
  const options = { budget: 7, labeled: [1, 2], seed: 4 };
  const run = (strategy: StrategyLike) => runStrategy(pool, strategy, options);
  const expected = await run(maxHerding({ gamma: 1 }));
  assert.equal(new Set(expected.picks).size, 7);
  for (const way of [maxHerding, maxHerding(), "max-herding", "max-herding(gamma=1)"]) {
    assert.deepEqual(await run(way), expected);
  }
  assert.notDeepEqual(await run(maxHerding({ gamma: 20 })), expected);
});

Deno.test("values: a default that is given chooses what is chosen without it", async () => {
  const device = await sharedDevice("cpu");
  const input = { ...situation(5), round: 2, seed: 7 };
  for (const factory of FACTORIES) {
    const { definition } = factory;
    const defaults: [string, OptionValue][] = [];
    for (const [name, option] of Object.entries(optionsOf(definition))) {
      const value = option.kind === "flag" ? false : option.default;
      if (value !== undefined) defaults.push([name, value]);
    }
    // `partitions` is everybody's.
    assert.ok(defaults.length >= 1);
    const expected = await choice(device, factory, input);
    for (const [name, value] of defaults) {
      const given = factory({ [name]: value } as never);
      assert.deepEqual(given.options, { [name]: value });
      assert.deepEqual(await choice(device, given, input), expected, `${definition.name} ${name}`);
    }
    const all = factory(Object.fromEntries(defaults) as never);
    assert.deepEqual(await choice(device, all, input), expected, definition.name);
  }
});

Deno.test("values: every option has a sentence, and a default in its range or in words", () => {
  for (const { definition } of FACTORIES) {
    for (const [name, option] of Object.entries(optionsOf(definition))) {
      const what = `${name} of ${definition.name}`;
      assert.match(name, /^[a-z][a-zA-Z]*$/);
      assert.match(option.help, /^.{10,100}[^.]$/, what);
      if (option.kind === "flag") {
        assert.equal(option.fallback, undefined, `${what} is false by default`);
        continue;
      }
      assert.notEqual(option.default === undefined, option.fallback === undefined, what);
      if (option.default !== undefined) checkValue(what, option, option.default);
    }
  }
});

Deno.test("values: what is undefined is left out, and a value never changes", async () => {
  const given: Record<string, OptionValue | undefined> = { gamma: 3, deterministic: undefined };
  const strategy = falcun(given as never);
  assert.deepEqual(strategy.options, { gamma: 3 });
  assert.deepEqual(strategy, {
    ...falcun({ gamma: 3 }),
    reads: strategy.reads,
    select: strategy.select,
  });
  const device = await sharedDevice("cpu");
  const before = await choice(device, strategy, situation(6));
  given.gamma = 0.001;
  given.deterministic = true;
  assert.deepEqual(strategy.options, { gamma: 3 });
  assert.deepEqual(await choice(device, strategy, situation(6)), before);
});

Deno.test("values: names that are none are refused, with those that there are", async () => {
  const device = await sharedDevice("cpu");
  for (
    const name of ["magic", "", "toString", "Margin", "bait-", "bait-diagonal", "margin falcun"]
  ) {
    await assert.rejects(() => choice(device, name, situation(7)), (error: Error) => {
      assert.ok(error instanceof InputError, `${error}`);
      assert.match(
        error.message,
        name === ""
          ? /^Cannot read strategy ""/
          : new RegExp(`^Unknown strategy ${name}: use bait, `),
      );
      return true;
    });
  }
  await refuses(
    () => choice(device, "margin(gamma=3)", situation(7)),
    "Unknown option gamma of margin: it has members, dropout, candidates, partitions",
  );
});

Deno.test("values: what is no strategy is refused, with what was found", async () => {
  const device = await sharedDevice("cpu");
  const wrong: [unknown, string][] = [
    [5, "5"],
    [null, "null"],
    [undefined, "undefined"],
    [{}, "an object"],
    [{ name: "mine" }, "an object"],
    [["margin"], "an array"],
    [() => undefined, "a function that returns undefined"],
    [() => "margin", 'a function that returns "margin"'],
  ];
  for (const [value, found] of wrong) {
    const message = "strategy must be a name, a strategy such as margin, or one called with " +
      `options such as bait({ ... }): found ${found}`;
    await refuses(() => strategyOf(value as StrategyLike), message);
    // Without a strategy, `select` takes its default.
    if (value === undefined || value === null) continue;
    await refuses(() => choice(device, value as StrategyLike, situation(7)), message);
  }
});

Deno.test("values: a plain declaration is a strategy, with the defaults of its options", async () => {
  const device = await sharedDevice("cpu");
  const last: StrategyLike = {
    name: "last",
    options: { skip: { kind: "integer", from: 0, default: 1, help: "The number left out" } },
    select: ({ candidates, budget }, options) => {
      const { skip } = options as unknown as { skip: number };
      return Promise.resolve({ picks: candidates.toReversed().slice(skip, skip + budget) });
    },
  };
  const { strategy, picks } = await choice(device, last, situation(7));
  assert.equal(strategy, "last");
  assert.deepEqual(picks, (await choice(device, defineStrategy(last), situation(7))).picks);
  assert.equal(picks.length, 6);
  await refuses(
    () => choice(device, { ...last, name: "no name" }, situation(7)),
    'Cannot define a strategy named "no name": a name is letters, digits and hyphens, a letter first',
  );
});

Deno.test("values: options that are no object are refused", async () => {
  const wrong = [[null, "null"], [5, "5"], ["gamma", '"gamma"'], [[3], "an array"]] as const;
  for (const [options, found] of wrong) {
    await refuses(
      () => margin(options as never),
      `The options of margin must be an object: found ${found}`,
    );
  }
});
