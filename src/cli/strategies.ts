/**
 * `creel strategies`: the strategies that come with Creel, or one of them with its options.
 *
 * @module
 */

import process from "node:process";
import type { OptionDeclaration as Declared } from "../select/strategy/options.ts";
import { rangeOf } from "../select/strategy/options.ts";
import { optionsOf, type StrategyFactory } from "../select/strategy/strategy.ts";
import { kebabCase } from "../select/strategy/strategy-text.ts";
import type { Command } from "./command.ts";
import { FACTORIES, factoryOf, STRATEGY_OPTIONS } from "./strategy-options.ts";

/** What the table of strategies says about one of them. */
export interface StrategyEntry {
  /** Its name. */
  readonly name: string;
  /** What it chooses. */
  readonly summary: string;
  /** What it reads besides the features. */
  readonly reads: readonly string[];
  /** What it costs on the device. */
  readonly cost: string;
  /** Where it comes from. */
  readonly source: string;
  /** Its options. */
  readonly options: readonly OptionEntry[];
}

/** What the table of options says about one of them. */
export interface OptionEntry {
  /** Its name in programs. */
  readonly name: string;
  /** Its flag; absent for options of one's own, which are written behind the name of the strategy alone. */
  readonly flag?: string;
  /** What it may be set to, in words. */
  readonly range: string;
  /** The default, in words. */
  readonly default: string;
  /** What it does. */
  readonly help: string;
}

/** The entry of a strategy. */
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

/** The command. */
export const strategies: Command = {
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
    process.stdout.write(text);
  },
};

/** Columns of a terminal that the lists keep to. */
const WIDTH = 100;

function overview(entries: readonly StrategyEntry[]): string {
  const lines = entries.flatMap(({ name, summary, reads, cost, source }) => [
    ...wrapped(`${name.padEnd(NAME)}${summary}`, NAME),
    ...wrapped(`${" ".repeat(NAME)}reads ${readsText(reads)}; ${cost}; ${source}`, NAME),
  ]);
  return [...lines, "", "creel strategies NAME shows the options of one.", ""].join("\n");
}

/** Columns of a name. */
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

/** A line in lines of the width, the later ones indented. */
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
