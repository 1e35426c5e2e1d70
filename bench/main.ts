/**
 * The benchmarks: `deno task bench [--device NAME] [--only NAMES] [--quick] [--out FILE] [--force]`.
 * Prints a table for each subject beside the device's own ceilings, and writes all figures as JSON.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { mkdir } from "node:fs/promises";
import process from "node:process";
import { type DeviceChoice, openDevice } from "../src/device/open.ts";
import { DeviceError, InputError } from "../src/errors.ts";
import { checkOutput, writeAtomically } from "../src/io/file.ts";
import { measureCeilings } from "../src/linalg/ceilings.ts";
import { baitPick } from "./bait-pick.ts";
import { baitSelect } from "./bait-select.ts";
import { matmul } from "./matmul.ts";
import { round } from "./round.ts";
import type { Row, Subject } from "./subject.ts";

const SUBJECTS: readonly Subject[] = [baitPick, baitSelect, round, matmul];
const FOLDER = "bench/out";

/** Runs the benchmarks that the arguments ask for. */
async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      device: { type: "string", default: "auto" },
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      out: { type: "string" },
      force: { type: "boolean", default: false },
    },
  });
  const subjects = chosen(values.only);
  const force = values.force || values.out === undefined;
  if (values.out === undefined) await mkdir(FOLDER, { recursive: true });
  const out = values.out ?? `${FOLDER}/latest.json`;
  await checkOutput(out, { force });

  using device = await openDevice({ device: values.device as DeviceChoice });
  const ceilings = await measureCeilings(device);
  console.log(
    `${device.name}: copy ${ceilings.copyGBs.toPrecision(3)} GB/s, matrix product ` +
      `${ceilings.matmulGFLOPs.toPrecision(3)} GFLOP/s`,
  );
  const results: Record<string, Row[]> = {};
  for (const subject of subjects) {
    console.log(`\n${subject.name}: ${subject.summary}`);
    results[subject.name] = await subject.run({ device, ceilings, quick: values.quick });
    console.table(results[subject.name]);
  }
  const report = {
    device: device.kind,
    adapter: device.name,
    date: new Date().toISOString(),
    quick: values.quick,
    ceilings,
    results,
  };
  await writeAtomically(out, `${JSON.stringify(report, undefined, 2)}\n`, { force });
  console.log(`\nFigures as JSON: ${out}`);
}

function chosen(only: string | undefined): readonly Subject[] {
  if (only === undefined) return SUBJECTS;
  return only.split(",").map((name) => {
    const subject = SUBJECTS.find((each) => each.name === name);
    if (subject) return subject;
    const names = SUBJECTS.map((each) => each.name).join(", ");
    throw new InputError(`Unknown subject ${name}: use ${names}`);
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const status = error instanceof DeviceError ? 3 : 2;
  const known = error instanceof InputError || error instanceof DeviceError ||
    (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  if (!known) throw error;
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = status;
}
