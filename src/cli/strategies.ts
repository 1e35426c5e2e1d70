/**
 * `creel strategies`: lists the built-in strategies, or shows one strategy with its options.
 *
 * @module
 */

import type { OptionDeclaration as Declared } from "../select/strategy/options.ts";
import { rangeOf } from "../select/strategy/options.ts";
import { optionsOf, type StrategyFactory } from "../select/strategy/strategy.ts";
import { kebabCase } from "../select/strategy/strategy-text.ts";
import type { Command } from "./command.ts";
import { print } from "./output.ts";
import { FACTORIES, factoryOf, STRATEGY_OPTIONS } from "./strategy-options.ts";

/** One row of the table of strategies. */
export interface StrategyEntry {
  /** The name of the strategy. */
  readonly name: string;
  /** Which samples it chooses. */
  readonly summary: string;
  /** The inputs that it reads besides the features. */
  readonly reads: readonly string[];
  /** The cost on the device. */
  readonly cost: string;
  /** The publication. */
  readonly source: string;
  /** The options of the strategy. */
  readonly options: readonly OptionEntry[];
}

/** One row of the table of options. */
export interface OptionEntry {
  /** The name of the option in programs. */
  readonly name: string;
  /**
   * The flag of the command line; absent for options of custom strategies, which are written after
   * the path.
   */
  readonly flag?: string;
  /** The allowed values, in words. */
  readonly range: string;
  /** The default, in words. */
  readonly default: string;
  /** What the option does. */
  readonly help: string;
}

/** The row of a strategy. */
export function entryOf({ definition }: StrategyFactory): StrategyEntry {
  const { name, summary = "", reads = [], cost = "", source = "" } = definition;
  const options = Object.entries(optionsOf(definition)).map(([key, option]) => ({
    name: key,
    ...(Object.hasOwn(STRATEGY_OPTIONS, kebabCase(key)) && { flag: `--${kebabCase(key)}` }),
    range: rangeOf(option),
    default: defaultOf(option),
    help: option.help,
  }));
  return { name, summary, reads: [...reads], cost, source, options };
}

function defaultOf(option: Declared): string {
  return option.fallback ?? String(option.kind === "flag" ? false : option.default ?? "none");
}

/** The command `creel strategies`. */
export const strategiesCommand: Command = {
  name: "strategies",
  summary: "List the strategies: what each reads, its options, its cost, its source",
  positionals: ["[NAME]"],
  options: { json: { help: "The table as JSON, with the options of every strategy" } },
  examples: ["creel strategies", "creel strategies bait", "creel strategies ./mine.ts"],

  async run([name], given) {
    const factories = name === undefined ? FACTORIES : [(await factoryOf(name)).factory];
    const entries = factories.map(entryOf);
    const text = given["json"] === true
      ? `${JSON.stringify(name === undefined ? entries : entries[0])}\n`
      : name === undefined
      ? overview(entries)
      : details(entries[0]!);
    await print(text);
  },
};

/** The largest number of columns of a line. */
const WIDTH = 100;

function overview(entries: readonly StrategyEntry[]): string {
  const lines = entries.flatMap(({ name, summary, reads, cost, source }) => [
    ...wrapped(`${name.padEnd(NAME)}${summary}`, NAME),
    ...wrapped(`${" ".repeat(NAME)}reads ${readsText(reads)}; ${cost}; ${source}`, NAME),
  ]);
  return [...lines, "", LEGEND, "creel strategies NAME shows the options of one.", ""].join(
    "\n",
  );
}

/** The symbols in the costs of strategies. */
const LEGEND =
  "Pool: n samples with d features, n_L labeled. Head: K classes, M members. Batch: B samples.";

/** The width of the column of names. */
const NAME = 21;

function readsText(reads: readonly string[]): string {
  return reads.length === 0 ? "features alone" : reads.join(" and ");
}

function details(entry: StrategyEntry): string {
  const { name, summary, reads, cost, source, options } = entry;
  const facts = [["Reads", readsText(reads)], ["Cost", cost], ["Source", source]]
    .filter(([, text]) => text !== "")
    .flatMap(([title, text]) => wrapped(`${title!.padEnd(9)}${text}`, 9));
  const lines = options.flatMap(({ name, flag, range, default: fallback, help }) => [
    `  ${name}${flag ? ` (${flag})` : ""}`,
    ...wrapped(`      ${help}: ${range} (default ${fallback})`, 6),
  ]);
  return [
    ...wrapped(summary === "" ? name : `${name}: ${summary}.`, 0),
    "",
    ...facts,
    "",
    "Options:",
    ...lines,
    "",
  ].join("\n");
}

/** Breaks a line into lines of at most `WIDTH` columns; all but the first are indented. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > WIDTH) {
    const at = rest.lastIndexOf(" ", WIDTH);
    if (at <= indent) break;
    lines.push(rest.slice(0, at));
    rest = " ".repeat(indent) + rest.slice(at + 1);
  }
  return [...lines, rest];
}
