/**
 * Fills the marked regions of the shaders, and writes one module for each of them.
 *
 * The files `shaders/<room>/<name>.wgsl` are the source, valid WGSL as they stand. Two kinds of
 * regions in them are filled from elsewhere, so that what several files need is written once:
 *
 *     // part: counter-hash                       the text of shaders/parts/counter-hash.wgsl
 *     // end of part
 *
 *     // constants from src/kernels/bait/pick.ts  the values of the declarations that follow
 *     const MASKED: f32 = -3.3e38;                without a gap: the TypeScript exports MASKED
 *
 * `// constants of State from ...` takes `const LOW_SLOPE` from the property `State.lowSlope`.
 * Parts may hold constants, but no other parts.
 *
 * What a kernel imports is `src/shaders/<room>/<name>.gen.ts`, because text imports are refused by
 * older browsers and by package registries. It holds the shader minified
 * (`minify-wgsl.ts`), since a page loads it.
 *
 *     deno task shaders           fill the shaders, write the modules, remove those left over
 *     deno task shaders --check   change nothing; name what is out of date and exit 1
 *
 * @module
 */

import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { minified } from "./minify-wgsl.ts";

const PART = /^\/\/ part: (\S+)$/;
const END_OF_PART = "// end of part";
const CONSTANTS = /^\/\/ constants (?:of (\w+) )?from (\S+)$/;
const DECLARATION = /^const (\w+): (\w+) = (.*?);(.*)$/;

/** A shader whose regions are filled. */
export interface Filled {
  /** The whole text. */
  readonly code: string;
  /** What was not as it should be: `part counter-hash`, `constant MASKED`. */
  readonly drifted: readonly string[];
}

/**
 * Fills the regions of parts.
 *
 * @param file for messages, such as `shaders/head/shuffle.wgsl`
 * @param parts the texts of the parts by their names
 * @throws Error when a part is unknown, or a region has no beginning or no end
 */
export function withParts(file: string, code: string, parts: ReadonlyMap<string, string>): Filled {
  const lines = code.split("\n");
  const filled: string[] = [];
  const drifted: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    filled.push(line);
    if (line === END_OF_PART) throw new Error(`${file}, line ${at + 1}: found an end of no part`);
    const name = line.match(PART)?.[1];
    if (name === undefined) continue;
    const text = parts.get(name)?.trimEnd();
    if (text === undefined) {
      throw new Error(`${file}, line ${at + 1}: found no shaders/parts/${name}.wgsl`);
    }
    const end = lines.findIndex((other, place) =>
      place > at && (other === END_OF_PART || PART.test(other))
    );
    if (lines[end] !== END_OF_PART) {
      throw new Error(`${file}, line ${at + 1}: found no "${END_OF_PART}" after part ${name}`);
    }
    if (lines.slice(at + 1, end).join("\n") !== text) drifted.push(`part ${name}`);
    filled.push(text, END_OF_PART);
    at = end;
  }
  return { code: filled.join("\n"), drifted };
}

/**
 * Fills the values of marked constants.
 *
 * @param file for messages, such as `shaders/head/shuffle.wgsl`
 * @param exportsOf what a TypeScript module of the repository exports
 * @throws Error when a mark has no declarations after it, or no such number is exported
 */
export async function withConstants(
  file: string,
  code: string,
  exportsOf: (module: string) => Promise<Readonly<Record<string, unknown>>>,
): Promise<Filled> {
  const lines = code.split("\n");
  const drifted: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [mark, object, module] = lines[at]!.match(CONSTANTS) ?? [];
    if (mark === undefined) continue;
    const place = `${file}, line ${at + 1}`;
    const names = await exportsOf(module!);
    const owner = object === undefined ? names : names[object] as typeof names | undefined;
    if (owner === undefined) throw new Error(`${place}: ${module} exports no ${object}`);
    const first = at + 1;
    for (; DECLARATION.test(lines[at + 1] ?? ""); at++) {
      const [, name, type, , comment] = lines[at + 1]!.match(DECLARATION)!;
      const key = object === undefined ? name! : camelCase(name!);
      const value = owner[key];
      if (typeof value !== "number") {
        throw new Error(
          `${place}: ${module} exports no number ${object ? `${object}.${key}` : key}`,
        );
      }
      const literal = literalOf(value, type!);
      if (literal === undefined) {
        throw new Error(`${place}: ${key} of ${module} is ${value}, which no ${type} holds`);
      }
      const line = `const ${name}: ${type} = ${literal};${comment}`;
      if (line !== lines[at + 1]) drifted.push(`constant ${name}`);
      lines[at + 1] = line;
    }
    if (at + 1 === first) throw new Error(`${place}: found no declaration after the mark`);
  }
  return { code: lines.join("\n"), drifted };
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A number as WGSL writes it: `256u`, or the shortest decimal that is the same float32; undefined
 * where the type cannot hold it.
 */
export function literalOf(value: number, type: string): string | undefined {
  if (type === "u32" && value === value >>> 0) return `${value}u`;
  if (type === "i32" && value === (value | 0)) return `${value}i`;
  if (type === "f32" && Number.isFinite(Math.fround(value))) {
    const lengths = Array.from({ length: 9 }, (_, digits) => digits + 1);
    const decimal = lengths
      .map((digits) => Number(value.toPrecision(digits)))
      .find((short) => Math.fround(short) === Math.fround(value))!;
    const text = String(decimal).replace("e+", "e");
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  return undefined;
}

/** The module that a kernel imports. */
export function moduleOf(file: string, code: string): string {
  const literal = minified(file, code).replace(/[\\`]|\$\{/g, "\\$&");
  return `// Generated by \`deno task shaders\`; do not edit.

/** \`${file}\` without comments and line ends, and with short names. */
export const wgsl: string =
  \`${literal}\`;
`;
}

/** A file that is not as it should be. */
export interface Problem {
  /** Its path from the root, with forward slashes. */
  readonly file: string;
  /** What is the matter with it. */
  readonly what: string;
  /** The text that it should have; undefined if it should not be there. */
  readonly text: string | undefined;
}

/**
 * Compares a repository's shaders and generated modules with what they should be.
 *
 * @param root the repository's folder
 * @throws Error when a mark in a shader makes no sense
 */
export async function problemsOf(root: string): Promise<Problem[]> {
  const sources = await filesBelow(root, "shaders", ".wgsl");
  const generated = await filesBelow(root, "src/shaders", "");
  const isPart = (file: string) => file.startsWith("shaders/parts/");
  const missing = [...sources.keys()]
    .filter((file) => !isPart(file) && !generated.has(moduleFile(file)))
    .map((file) => ({
      file: moduleFile(file),
      what: "is missing",
      text: moduleOf(file, sources.get(file)!),
    }));
  // Without them the modules that export the constants cannot be imported.
  if (missing.length > 0) return missing;

  const exportsOf = (module: string) => import(pathToFileURL(join(root, module)).href);
  const problems: Problem[] = [];
  const parts = new Map<string, string>();
  const inOrder = [...sources].sort(([a], [b]) => Number(isPart(b)) - Number(isPart(a)));
  for (const [file, code] of inOrder) {
    if (isPart(file) && /^\/\/ (part:|end of part)/m.test(code)) {
      throw new Error(`${file}: found a part in a part`);
    }
    const whole = isPart(file) ? { code, drifted: [] } : withParts(file, code, parts);
    const filled = await withConstants(file, whole.code, exportsOf);
    if (isPart(file)) parts.set(file.slice("shaders/parts/".length, -".wgsl".length), filled.code);
    const drifted = [...whole.drifted, ...filled.drifted];
    if (drifted.length > 0) {
      problems.push({ file, what: `is out of date: ${drifted.join(", ")}`, text: filled.code });
    }
    if (isPart(file)) continue;
    const module = moduleFile(file);
    const text = moduleOf(file, filled.code);
    if (text !== generated.get(module)) {
      problems.push({ file: module, what: `is not that of ${file}`, text });
    }
  }
  for (const file of generated.keys()) {
    if (!sources.has(shaderFile(file))) {
      problems.push({ file, what: `has no ${shaderFile(file)}`, text: undefined });
    }
  }
  return problems;
}

function moduleFile(shader: string): string {
  return `src/${shader.slice(0, -".wgsl".length)}.gen.ts`;
}

function shaderFile(module: string): string {
  return module.replace(/^src\//, "").replace(/\.gen\.ts$/, ".wgsl");
}

/**
 * The texts of the files in a folder and the folders in it, sorted by their paths from the root.
 */
async function filesBelow(
  root: string,
  folder: string,
  ending: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  try {
    for await (const entry of Deno.readDir(join(root, folder))) {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory) {
        for (const [name, text] of await filesBelow(root, file, ending)) found.set(name, text);
      } else if (file.endsWith(ending)) {
        const text = await Deno.readTextFile(join(root, file));
        found.set(file, text.replaceAll("\r\n", "\n"));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Puts a file right. Renaming is atomic: a reader sees the old text or the new one. */
async function settle(root: string, { file, text }: Problem): Promise<void> {
  const path = join(root, file);
  if (text === undefined) return await Deno.remove(path);
  await Deno.mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}

/** Brings everything up to date, and returns what was not. */
export async function update(root: string): Promise<Problem[]> {
  const settled: Problem[] = [];
  // What is missing comes first and alone.
  for (let round = 0; round < 2; round++) {
    const problems = await problemsOf(root);
    for (const problem of problems) await settle(root, problem);
    settled.push(...problems);
  }
  return settled;
}

async function main(): Promise<number> {
  const { values: { check } } = parseArgs({
    args: Deno.args,
    options: { check: { type: "boolean", default: false } },
  });
  const root = join(import.meta.dirname!, "..");
  const problems = await (check ? problemsOf(root) : update(root));
  if (!check) {
    const removed = problems.filter(({ text }) => text === undefined).length;
    console.error(`${problems.length - removed} files written, ${removed} removed`);
    return 0;
  }
  for (const { file, what } of problems) console.error(`${file} ${what}`);
  if (problems.length > 0) console.error("Run `deno task shaders`");
  return problems.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
