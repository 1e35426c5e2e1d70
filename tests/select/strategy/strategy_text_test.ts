/** Strategies as text: what is written is what is read, and what cannot be read is refused. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { bait } from "../../../src/select/bait/bait.ts";
import { namedStrategy } from "../../../src/select/named-strategy.ts";
import { base } from "../../../src/select/strategies/base.ts";
import { falcun } from "../../../src/select/strategies/falcun.ts";
import { margin } from "../../../src/select/strategies/margin.ts";
import { FISHERS } from "../../../src/select/strategy/bait-report.ts";
import type { OptionDeclaration, OptionValue } from "../../../src/select/strategy/options.ts";
import {
  camelCase,
  kebabCase,
  parseStrategy,
  splitStrategies,
  strategyFromText,
  strategyText,
} from "../../../src/select/strategy/strategy-text.ts";
import {
  defineStrategy,
  optionsOf,
  type Strategy,
  type StrategyFactory,
} from "../../../src/select/strategy/strategy.ts";
import { refuses } from "../../io/fixtures.ts";
import { few } from "../problems.ts";
import { FACTORIES } from "../situation.ts";

/** Any value in the range of an option. */
function valuesOf(option: OptionDeclaration): fc.Arbitrary<OptionValue> {
  switch (option.kind) {
    case "flag":
      return fc.boolean();
    case "choice":
      return fc.constantFrom(...option.choices);
    case "integer":
      return fc.integer({ min: option.from, max: option.to ?? Number.MAX_SAFE_INTEGER });
    case "number or auto":
      return fc.oneof(fc.constant("auto"), fc.double({ min: 1e-30, max: 1e38, noNaN: true }));
    case "number": {
      const max = option.below === undefined ? 1e38 : 1 - 2 ** -53;
      return fc.double({ min: option.from ?? 1e-30, max, noNaN: true });
    }
  }
}

/** Any strategy with some of its options. */
const strategies: fc.Arbitrary<Strategy> = fc.constantFrom(...FACTORIES).chain((factory) => {
  const table = optionsOf(factory.definition);
  const values = Object.entries(table).map(([name, option]) => [name, valuesOf(option)]);
  return fc.record(Object.fromEntries(values), { requiredKeys: [] })
    .map((options) => factory(options as never));
});

Deno.test("text: every strategy with any options is written, and read as it was", async () => {
  await fc.assert(
    fc.asyncProperty(strategies, async (strategy) => {
      const text = strategyText(strategy);
      const read = await namedStrategy(text);
      assert.equal(read.definition, strategy.definition);
      assert.deepEqual({ ...read.options }, { ...strategy.options });
      assert.equal(strategyText(read), text, "written again");
      assert.deepEqual(splitStrategies(`${text}, random,${text}`), [text, "random", text]);
    }),
    few(300),
  );
});

Deno.test("text: order, spaces and hyphens change nothing", async () => {
  const loose = strategies.chain((strategy) =>
    fc.record({
      strategy: fc.constant(strategy),
      order: fc.shuffledSubarray(Object.keys(strategy.options), {
        minLength: Object.keys(strategy.options).length,
      }),
      space: fc.constantFrom("", " ", "  ", "\t"),
      hyphens: fc.boolean(),
    })
  );
  await fc.assert(
    fc.asyncProperty(loose, async ({ strategy, order, space, hyphens }) => {
      const parts = order.map((name) =>
        [hyphens ? kebabCase(name) : name, "=", strategy.options[name]].join(space)
      );
      const text = `${space}${strategy.name}${space}(${space}${parts.join(`${space},`)}${space})`;
      const stable = strategyText(await namedStrategy(text));
      assert.equal(stable, strategyText(strategy), text);
      assert.equal(strategyText(await namedStrategy(stable)), stable);
    }),
    few(200),
  );
});

Deno.test("text: is taken apart", () => {
  const cases: [string, string, Record<string, string>][] = [
    ["margin", "margin", {}],
    [" margin ( ) ", "margin", {}],
    ["bait-exp", "bait", { fisher: "exp" }],
    ["bait-exp(top-classes=3)", "bait", { fisher: "exp", topClasses: "3" }],
    ["bait-diagonal", "bait-diagonal", {}],
    ["falcun(gamma = 3 , deterministic)", "falcun", { gamma: "3", deterministic: "true" }],
    ["base(rotate=false)", "base", { rotate: "false" }],
    ["./my own/strategy.ts(feature=2)", "./my own/strategy.ts", { feature: "2" }],
    ["C:\\strategies\\own.ts", "C:\\strategies\\own.ts", {}],
    [
      "x(__proto__=1,constructor=2)",
      "x",
      Object.fromEntries([["__proto__", "1"], ["constructor", "2"]]),
    ],
  ];
  for (const [text, name, options] of cases) {
    const parsed = parseStrategy(text);
    assert.equal(parsed.name, name, text);
    assert.deepEqual(Object.entries(parsed.options), Object.entries(options), text);
  }
});

Deno.test("text: is written in the order of the table, and short where BAIT has but a form", () => {
  for (const fisher of FISHERS) {
    assert.equal(strategyText(bait({ fisher })), `bait-${fisher}`);
    assert.deepEqual(parseStrategy(`bait-${fisher}`), { name: "bait", options: { fisher } });
  }
  assert.equal(strategyText(bait()), "bait");
  assert.equal(strategyText(bait({ lambda: 1, fisher: "exp" })), "bait(fisher=exp,lambda=1)");
  assert.equal(strategyText(bait({ lambda: "auto" })), "bait(lambda=auto)");
  assert.equal(
    strategyText(falcun({ deterministic: true, gamma: 3 })),
    "falcun(gamma=3,deterministic)",
  );
  assert.equal(strategyText(base({ rotate: false })), "base(rotate=false)");
  assert.equal(strategyText(margin({ partitions: 4, members: undefined })), "margin(partitions=4)");
  const own = defineStrategy({
    name: "own",
    options: {
      fisher: { kind: "choice", choices: ["x", "y"], fallback: "none", help: "One of two" },
    },
    select: () => Promise.resolve({ picks: [] }),
  });
  assert.equal(strategyText(own({ fisher: "y" })), "own(fisher=y)", "the short names are BAIT's");
  assert.deepEqual(strategyFromText(own as unknown as StrategyFactory, { fisher: "y" }).options, {
    fisher: "y",
  });
});

Deno.test("text: several are split at the commas outside of parentheses", () => {
  assert.deepEqual(
    splitStrategies("random, bait(fisher=exp,lambda=1) ,falcun(gamma=3, deterministic),margin"),
    ["random", "bait(fisher=exp,lambda=1)", "falcun(gamma=3, deterministic)", "margin"],
  );
  assert.deepEqual(splitStrategies("random"), ["random"]);
  assert.deepEqual(splitStrategies("random,,margin"), ["random", "", "margin"]);
});

Deno.test("text: what is no strategy is refused", async () => {
  const unreadable = [
    "",
    " ",
    "(gamma=3)",
    "falcun(",
    "falcun)",
    "falcun(gamma=3",
    "falcun gamma=3)",
  ];
  const odd = [
    "falcun()x",
    "falcun(gamma=(3))",
    "falcun(())",
    "gamma=3",
    "falcun,margin",
    ",",
    "=",
  ];
  for (const text of [...unreadable, ...odd]) {
    await refuses(
      () => parseStrategy(text),
      `Cannot read strategy "${text}": write a name, or options behind it as in bait(fisher=exp)`,
    );
    await assert.rejects(() => namedStrategy(text), { name: "InputError" });
  }
  for (
    const [list, part] of [
      ["gamma=", "gamma="],
      ["=3", "=3"],
      ["gamma=3,", ""],
      ["gamma=3,,deterministic", ""],
      ["gamma==3", "gamma==3"],
      ["gamma=3=4", "gamma=3=4"],
      ["=", "="],
    ] as const
  ) {
    await refuses(
      () => parseStrategy(`falcun(${list})`),
      `Cannot read "${part}" in strategy "falcun(${list})": an option is written name=value`,
    );
  }
  for (
    const [text, option] of [
      ["falcun(gamma=3,gamma=3)", "gamma"],
      ["bait-exp(fisher=exp)", "fisher"],
      ["bait(topClasses=2,top-classes=3)", "topClasses"],
      ["falcun(deterministic,deterministic=false)", "deterministic"],
    ] as const
  ) {
    await refuses(
      () => parseStrategy(text),
      `Cannot read strategy "${text}": option ${option} is given twice`,
    );
  }
});

Deno.test("text: a value that is none of the option's is refused as it is written", async () => {
  for (
    const [text, found] of [
      ["falcun(gamma=three)", '"three"'],
      ["falcun(gamma=3px)", '"3px"'],
      ["falcun(gamma=true)", '"true"'],
      ["falcun(gamma)", '"true"'],
      ["falcun(gamma=-3)", "-3"],
      ["falcun(gamma=Infinity)", "Infinity"],
      ["falcun(gamma=NaN)", '"NaN"'],
      ["falcun(deterministic=1)", '"1"'],
      ["falcun(deterministic=True)", '"True"'],
      ["bait(fisher=EXP)", '"EXP"'],
      ["bait(lambda=Auto)", '"Auto"'],
    ] as const
  ) {
    await assert.rejects(() => namedStrategy(text), (error: Error) => {
      assert.equal(error.name, "InputError");
      assert.ok(error.message.endsWith(`: found ${found}`), `${text}: ${error.message}`);
      return true;
    });
  }
});

Deno.test("text: option names with hyphens and with capitals are the same", () => {
  for (const { definition } of FACTORIES) {
    for (const name of Object.keys(optionsOf(definition))) {
      assert.match(kebabCase(name), /^[a-z]+(-[a-z]+)*$/);
      assert.equal(camelCase(kebabCase(name)), name);
    }
  }
  assert.equal(kebabCase("topClasses"), "top-classes");
  assert.equal(camelCase("include-labeled"), "includeLabeled");
});
