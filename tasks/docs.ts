/**
 * The tables of docs/strategies.md, from the strategies' own tables: what each one is, and every
 * option.
 *
 *     deno task docs            fills the marked regions of the page
 *     deno task docs --check    names the regions that are not what the code says, exits 1 if any
 *
 * @module
 */

import { join } from "node:path";
import { entryOf, type OptionEntry } from "../src/cli/strategies.ts";
import { FACTORIES } from "../src/cli/strategy-options.ts";
import { SHARED_OPTIONS } from "../src/select/strategy/strategy.ts";

/** The page, from the root. */
export const PAGE = "docs/strategies.md";

/** The regions of the page by the word in their marks, and what belongs into them. */
const REGIONS: Readonly<Record<string, () => string>> = {
  strategies: strategyTable,
  options: optionTable,
};

/**
 * A page with the text between `<!-- NAME:begin -->` and `<!-- NAME:end -->` replaced, for all
 * regions.
 */
export function filled(page: string): string {
  return Object.entries(REGIONS).reduce((text, [name, table]) => {
    const [before, after] = split(text, name);
    return `${before}\n\n${table()}\n\n${after}`;
  }, page);
}

/** One sentence for each region of a page that is not what the code says. */
export function stale(page: string): string[] {
  return Object.entries(REGIONS).flatMap(([name, table]) => {
    const [before, after] = split(page, name);
    const found = page.slice(before.length, page.length - after.length).trim();
    return found === table() ? [] : [`${PAGE}: the table of ${name} is stale: run deno task docs`];
  });
}

/** A page up to the end of the mark where a region begins, and from the mark where it ends. */
function split(page: string, name: string): [before: string, after: string] {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [first, last] = [page.indexOf(begin), page.indexOf(end)];
  if (first < 0 || last < first) throw new Error(`${PAGE} has no ${begin} with a later ${end}`);
  return [page.slice(0, first + begin.length), page.slice(last)];
}

/** Every strategy: its name, what it chooses, reads and costs, and where it comes from. */
function strategyTable(): string {
  const rows = FACTORIES.map((factory) => {
    const { name, summary, cost, source } = entryOf(factory);
    const strategy = factory();
    const [bare, headed] = [false, true].map((head) => readText(strategy.reads(head)));
    const alone = bare === headed ? "" : `; without a head ${bare}`;
    const several = strategy.independent ? ", also of several labels a sample" : "";
    const reads = `${headed}${several}${alone}`;
    return [`\`${name}\``, summary, reads, cost, source];
  });
  return tableOf(["name", "chooses", "reads", "costs", "source"], rows);
}

function readText(reads: readonly string[]): string {
  return reads.length === 0 ? "features alone" : reads.join(", ");
}

/** Every option; what several strategies have in the same words stands there once. */
function optionTable(): string {
  const meanings = new Map<string, { option: OptionEntry; owners: string[] }>();
  for (const { name, options } of FACTORIES.map(entryOf)) {
    for (const option of options) {
      const key = JSON.stringify(option);
      const known = meanings.get(key) ?? { option, owners: [] };
      known.owners.push(name);
      meanings.set(key, known);
    }
  }
  const shared = Object.keys(SHARED_OPTIONS);
  const own = [...meanings.values()].toSorted((a, b) =>
    Number(shared.includes(a.option.name)) - Number(shared.includes(b.option.name))
  );
  const rows = own.map(({ option, owners }) => {
    const { name, flag, range, default: fallback, help } = option;
    const of = owners.length === FACTORIES.length
      ? "every strategy"
      : owners.map((owner) => `\`${owner}\``).join(", ");
    return [of, `\`${name}\``, `\`${flag}\``, range, fallback, help];
  });
  return tableOf(["strategy", "option", "flag", "range", "default", "what it does"], rows);
}

/** A table as `deno fmt` lays it out: columns as wide as their widest cell. */
function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((cells) =>
    cells.map((cell) => cell.replaceAll("|", "\\|"))
  );
  const widths = headings.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)));
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  const rule = lineOf(widths.map((width) => "-".repeat(width)));
  return [lineOf(lines[0]!), rule, ...lines.slice(1).map(lineOf)].join("\n");
}

if (import.meta.main) {
  const path = join(import.meta.dirname!, "..", PAGE);
  const page = await Deno.readTextFile(path);
  if (Deno.args.includes("--check")) {
    const problems = stale(page);
    for (const problem of problems) console.error(problem);
    Deno.exit(problems.length > 0 ? 1 : 0);
  }
  await Deno.writeTextFile(path, filled(page));
}
