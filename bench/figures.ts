/**
 * Draws the figures of docs/performance.md from the results of benchmarks.
 *
 *     deno task figures bench/out/latest.json [MORE.json ...]
 *
 * A figure is drawn if one of the files has its subject: `scale` gives docs/figures/growth.svg,
 * `bait-pick` or `matmul` docs/figures/roofline.svg. The exit status is 0 on success, and 2 if a
 * file cannot be read or no file has any of these subjects.
 *
 * @module
 */

import { join } from "node:path";
import process from "node:process";
import { drawSvg } from "../src/cli/svg.ts";
import { InputError } from "../src/errors.ts";
import { readText } from "../src/io/file.ts";
import { makeFolder, writeAtomically } from "../src/io/output.ts";
import { growthFigure } from "./lib/growth-figure.ts";
import { rooflineFigure } from "./lib/roofline-figure.ts";
import type { BenchReport } from "./lib/report.ts";

/** Draws what the files have, and returns the paths of the figures. */
export async function drawFigures(files: readonly string[], folder: string): Promise<string[]> {
  const reports: BenchReport[] = [];
  for (const file of files) reports.push(await readReport(file));
  const written: string[] = [];
  for (const [name, draw] of [["growth", growthFigure], ["roofline", rooflineFigure]] as const) {
    const spec = draw(reports);
    if (!spec) continue;
    await makeFolder(folder);
    const path = join(folder, `${name}.svg`);
    await writeAtomically(path, `${await drawSvg(spec)}\n`, { force: true });
    written.push(path);
  }
  if (written.length === 0) {
    throw new InputError(
      `Cannot draw ${files.join(", ")}: found none of the subjects scale, bait-pick and matmul`,
    );
  }
  return written;
}

async function readReport(file: string): Promise<BenchReport> {
  const text = await readText(file);
  if (text === undefined) throw new InputError(`Cannot read ${file}: there is no such file`);
  const report = parsed(text);
  if (report?.subjects && report.ceilings && report.device) return report;
  throw new InputError(`Cannot draw ${file}: it is not what deno task bench writes`);
}

function parsed(text: string): BenchReport | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function main(files: readonly string[]): Promise<number> {
  try {
    if (files.length === 0) throw new InputError("Name the files that deno task bench has written");
    const written = await drawFigures(files, join(import.meta.dirname!, "..", "docs", "figures"));
    process.stdout.write(`${written.join("\n")}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`figures: ${error.message}\n`);
    return 2;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
