/** The ranges of all options of all strategies, from their own tables. */

import assert from "node:assert/strict";
import { InputError } from "../../../src/errors.ts";
import { namedStrategy } from "../../../src/select/named-strategy.ts";
import type {
  NumberOption,
  OptionDeclaration,
  OptionValue,
} from "../../../src/select/strategy/options.ts";
import { optionsOf, type Strategy } from "../../../src/select/strategy/strategy.ts";
import { deviceTest } from "../../fixture.ts";
import { refuses } from "../../io/fixtures.ts";
import { choice, FACTORIES, situation } from "../situation.ts";

/** The largest number below the first that float32 rounds to infinity, and that one. */
const [LARGEST, INFINITE] = [3.4028235677973362e38, 3.4028235677973366e38];
/** The smallest number that float32 holds, and the largest that it rounds to 0. */
const [SMALLEST, NOTHING] = [2 ** -149, 2 ** -150];
/** The next float64 below and above 1. */
const [BELOW_1, ABOVE_1] = [1 - 2 ** -53, 1 + 2 ** -52];

/** What no option may be, whatever its kind. */
const NEVER: readonly unknown[] = [
  null,
  NaN,
  Infinity,
  -Infinity,
  -1,
  1e-300,
  1e300,
  "",
  "2",
  "none",
  "constructor",
  {},
  [],
  [2],
  { valueOf: () => 2 },
  Object.create(null),
  () => 2,
  2n,
  Symbol("two"),
];

/** The values on either side of the bounds of an option. */
function sidesOf(option: OptionDeclaration): { inside: OptionValue[]; outside: unknown[] } {
  switch (option.kind) {
    case "flag":
      return { inside: [true, false], outside: [0, 1, "true", "false"] };
    case "choice": {
      const [first] = option.choices;
      const near = [first!.toUpperCase(), `${first} `, first!.slice(1), `${option.choices}`];
      return { inside: [...option.choices], outside: [0, 1, true, ...near] };
    }
    case "integer": {
      const { from, to = Number.MAX_SAFE_INTEGER } = option;
      return {
        inside: [from, from + 1, to],
        outside: [from - 1, from - 0.5, from + 0.5, 0.5, to + 1, 2 ** 53, true, `${from}`],
      };
    }
    case "number or auto":
      return {
        inside: ["auto", SMALLEST, 1, LARGEST],
        outside: [0, -SMALLEST, NOTHING, INFINITE, true, "Auto", "auto ", "1"],
      };
    case "number":
      return sidesOfNumber(option);
  }
}

function sidesOfNumber(option: NumberOption): { inside: number[]; outside: unknown[] } {
  const sides = { inside: [] as number[], outside: [true, "0.5"] as unknown[] };
  if (option.from !== undefined) {
    assert.equal(option.from, 1, "the neighbors of other numbers are not known here");
    sides.inside.push(1, ABOVE_1);
    sides.outside.push(BELOW_1, 0.5, 0);
  } else {
    assert.equal(option.above, 0, "the neighbors of other numbers are not known here");
    sides.inside.push(SMALLEST, 0.5);
    sides.outside.push(0, -0, -SMALLEST, NOTHING);
  }
  if (option.below !== undefined) {
    assert.equal(option.below, 1, "the neighbors of other numbers are not known here");
    sides.inside.push(BELOW_1);
    sides.outside.push(1, ABOVE_1, LARGEST);
  } else {
    sides.inside.push(LARGEST);
    sides.outside.push(INFINITE);
  }
  return sides;
}

/** How the range of an option is said. */
function rangeText(option: OptionDeclaration): string {
  if (option.kind === "flag") return "true or false";
  if (option.kind === "choice") return `one of ${option.choices.join(", ")}`;
  if (option.kind === "integer" && option.to) {
    return `a whole number from ${option.from} to ${option.to}`;
  }
  if (option.kind === "integer") return `a whole number, ${option.from} or more`;
  if (option.kind === "number or auto") return "a positive float32 number or auto";
  if (option.from !== undefined) return `a number, ${option.from} or more`;
  if (option.below !== undefined) return `a number above ${option.above} and below ${option.below}`;
  return "a positive float32 number";
}

/** How a value is said. */
function valueText(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}

for (const factory of FACTORIES) {
  const { definition } = factory;
  const table = optionsOf(definition);

  Deno.test(`options: those of ${definition.name} are taken inside their bounds alone`, async () => {
    for (const [name, option] of Object.entries(table)) {
      const { inside, outside } = sidesOf(option);
      for (const value of inside) {
        assert.deepEqual(factory({ [name]: value } as never).options, { [name]: value });
        const read = await namedStrategy(`${definition.name}(${name}=${value})`);
        assert.deepEqual(read.options, { [name]: value });
      }
      const start = `Option ${name} of ${definition.name} must be ${rangeText(option)}: found `;
      for (const value of [...outside, ...NEVER]) {
        await refuses(() => factory({ [name]: value } as never), start + valueText(value));
      }
      const words = option.kind === "flag" || option.kind === "choice";
      for (const value of outside) {
        if (typeof value !== "number") continue;
        const found = words ? `"${value}"` : `${value}`;
        const text = `${definition.name}(${name}=${value})`;
        await refuses(() => namedStrategy(text), start + found);
      }
    }
  });

  Deno.test(`options: ${definition.name} has no others, and says which it has`, async () => {
    const known = Object.keys(table).join(", ");
    assert.match(known, /(^|, )candidates, partitions$/);
    const unknown = [
      "nonsense",
      "Gamma",
      "top-classes",
      "toString",
      "constructor",
      "hasOwnProperty",
      "seed",
      "round",
      "budget",
    ];
    for (const name of [...unknown, "__proto__"]) {
      const message = `Unknown option ${name} of ${definition.name}: it has ${known}`;
      const options = Object.fromEntries([[name, 1]]);
      await refuses(() => factory(options as never), message);
      if (name.includes("-")) continue;
      await refuses(() => namedStrategy(`${definition.name}(${name}=1)`), message);
    }
  });
}

Deno.test("options: what the messages say, word by word", async () => {
  for (
    const [text, message] of [
      ["bait(oversample=0.5)", "Option oversample of bait must be a number, 1 or more: found 0.5"],
      [
        "bait(fisher=ful)",
        'Option fisher of bait must be one of full, exp, binary, regression, classes: found "ful"',
      ],
      [
        "bait(lambda=0)",
        "Option lambda of bait must be a positive float32 number or auto: found 0",
      ],
      ["random(gamma=1)", "Unknown option gamma of random: it has candidates, partitions"],
      [
        "falcun(rotate)",
        "Unknown option rotate of falcun: it has gamma, deterministic, members, dropout, candidates, partitions",
      ],
      ["bald(dropout=1)", "Option dropout of bald must be a number above 0 and below 1: found 1"],
      ["base(rotate=yes)", 'Option rotate of base must be true or false: found "yes"'],
      [
        "coreset(partitions=1.5)",
        "Option partitions of coreset must be a whole number, 1 or more: found 1.5",
      ],
    ] as const
  ) {
    await refuses(() => namedStrategy(text), message);
  }
});

/** Members cost a pass each, and there is no end to them. */
const MANY = new Set(["members"]);

deviceTest("options: at their bounds a batch is chosen, or it is said why not", async (device) => {
  const input = situation(8, 31);
  for (const factory of FACTORIES) {
    for (const [name, option] of Object.entries(optionsOf(factory.definition))) {
      for (const value of sidesOf(option).inside) {
        if (MANY.has(name) && (value as number) > 5) continue;
        await choosesOrSays(factory({ [name]: value } as never), `${name}=${value}`);
      }
    }
  }

  async function choosesOrSays(strategy: Strategy, what: string): Promise<void> {
    try {
      const { picks, scores } = await choice(device, strategy, input);
      assert.equal(picks.length, 6);
      const all = new Set([...picks, ...Array.from(input.labeled!)]);
      assert.equal(all.size, 6 + input.labeled!.length, `${strategy.name} ${what}: ${picks}`);
      assert.ok([...all].every((index) => Number.isInteger(index) && index >= 0 && index < 31));
      assert.ok(!scores || scores.every(Number.isFinite), `${strategy.name} ${what}: ${scores}`);
    } catch (error) {
      const { message } = error as Error;
      // A ridge of nothing, or of more than the floats of the device hold.
      const lambda = error instanceof InputError && what.startsWith("lambda=") &&
        message.startsWith("Cannot run BAIT with lambda ");
      const few = message === "Cannot select 6 samples from 1 random candidates" ||
        message === "Cannot select 6 samples from 2 random candidates";
      if (lambda || error instanceof InputError && few && what.startsWith("candidates=")) return;
      throw new Error(`${strategy.name} ${what}`, { cause: error });
    }
  }
});
