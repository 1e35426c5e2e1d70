/**
 * `deno run -A tasks/fuzz.ts --format npz --mutants 10000 --seed 1`: reads mutants of small files.
 * Every one must be read or refused by an input error before a deadline. Where Python has numpy,
 * pyarrow and safetensors (`CREEL_PYTHON` names another Python), what they refuse must be refused,
 * and what is read must agree value by value.
 *
 * Mutants for which this does not hold are written to `--keep`, or tests/io/corpus/found/.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type Format, FORMATS, mutantOf, seedsOf } from "./fuzz/formats.ts";
import { drawFrom } from "./fuzz/mutate.ts";
import { type Accepted, compare, findPython, hasReference } from "./fuzz/reference.ts";
import { Watchdog } from "./fuzz/watchdog.ts";

/** What mutants did. */
export interface Report {
  /** The number of mutants that were refused. */
  refused: number;
  /** The number of mutants that were read. */
  read: number;
  /** The number of mutants that were compared with a reference. */
  compared: number;
  /** Mutants that crashed, took too long, or differ from the reference. */
  readonly findings: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly message: string;
  }[];
}

/** The options of {@link fuzz}. */
export interface FuzzOptions {
  readonly format: Format;
  readonly mutants: number;
  readonly seed: number;
  /** The Python of the references. Default: none, and nothing is compared. */
  readonly python?: string | undefined;
}

/** The number of mutants that are given to a reference at a time. */
const BATCH = 1000;

/** Reads mutants; the same options give the same mutants. */
export async function fuzz({ format, mutants, seed, python }: FuzzOptions): Promise<Report> {
  using watchdog = new Watchdog();
  const seeds = await seedsOf(format);
  const report: Report = { refused: 0, read: 0, compared: 0, findings: [] };
  const extension = format === "gz" ? "csv.gz" : format;
  let accepted: Accepted[] = [];
  for (let i = 0; i < mutants; i++) {
    // Every mutant has its own stream, so that one can be made again alone.
    const bytes = mutantOf(format, seeds, drawFrom(seed * 1_000_003 + i));
    const outcome = await watchdog.read(`mutant.${extension}`, bytes);
    const name = `${seed}-${i}.${extension}`;
    if (outcome.kind === "refused") report.refused++;
    else if (outcome.kind === "value") {
      report.read++;
      accepted.push({ index: i, bytes, arrays: outcome.arrays });
    } else {
      report.findings.push({ name, bytes, message: `${outcome.kind}: ${outcome.message}` });
    }
    if (python === undefined || !hasReference(format)) {
      accepted = [];
      continue;
    }
    if (accepted.length < BATCH && i + 1 < mutants) continue;
    for (const { index, message } of await compare(python, format, accepted)) {
      const { bytes } = accepted.find((mutant) => mutant.index === index)!;
      report.findings.push({ name: `${seed}-${index}.${extension}`, bytes, message });
    }
    report.compared += accepted.length;
    accepted = [];
  }
  return report;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      format: { type: "string" },
      mutants: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      keep: { type: "string", default: "tests/io/corpus/found" },
    },
  });
  const formats = FORMATS.filter((format) => (values.format ?? format) === format);
  if (formats.length === 0) {
    console.error(`Unknown format ${values.format}: use one of ${FORMATS.join(", ")}`);
    return 2;
  }
  for (const name of ["mutants", "seed"] as const) {
    if (/^\d{1,9}$/.test(values[name])) continue;
    console.error(`Option --${name} must be a whole number, 0 or more: found ${values[name]}`);
    return 2;
  }
  const python = await findPython();
  if (python === undefined) console.log("Nothing is compared: Python lacks the packages");
  let findings = 0;
  for (const format of formats) {
    const [mutants, seed] = [Number(values.mutants), Number(values.seed)];
    const report = await fuzz({ format, mutants, seed, python });
    console.log(
      `${format}: ${mutants} mutants, ${report.refused} refused, ${report.read} read, ` +
        `${report.compared} compared, ${report.findings.length} findings`,
    );
    for (const { name, bytes, message } of report.findings) {
      await Deno.mkdir(values.keep, { recursive: true });
      await Deno.writeFile(`${values.keep}/${name}`, bytes);
      console.log(`  ${name}: ${message}`);
    }
    findings += report.findings.length;
  }
  return findings > 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    if (!(error instanceof TypeError && "code" in error)) throw error;
    console.error(`${error.message} (--format, --mutants, --seed and --keep are allowed)`);
    Deno.exit(2);
  }
}
