/**
 * The benchmarks: the speed of Creel on this device with seeded synthetic data, compared with the
 * measured ceilings of the device.
 *
 *     deno task bench                          all benchmarks
 *     deno task bench --quick                  all benchmarks on small pools, in seconds
 *     deno task bench --only bait-pick,head    some benchmarks
 *
 * The exit status is 0 on success, 1 if a measured result is wrong, 2 for wrong arguments, and 3
 * for errors of the device.
 *
 * @module
 */

import { mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type DeviceChoice, openDevice } from "../src/device/open.ts";
import { DeviceError, InputError } from "../src/errors.ts";
import { checkOutput, writeAtomically } from "../src/io/output.ts";
import { measureCeilings } from "../src/linalg/ceilings.ts";
import { baitPick } from "./bait-pick.ts";
import { baitSelect } from "./bait-select.ts";
import { exact } from "./exact.ts";
import { head } from "./head.ts";
import { imagenet } from "./imagenet.ts";
import { largeK } from "./large-k.ts";
import { bestOf } from "./lib/model.ts";
import type { Findings, Subject } from "./lib/subject.ts";
import { digits, textOf } from "./lib/table.ts";
import { matmul } from "./matmul.ts";
import { million } from "./million.ts";
import { numpy } from "./numpy.ts";
import { profile } from "./profile.ts";
import { round } from "./round.ts";
import { scale } from "./scale.ts";
import { strategies } from "./strategies.ts";

/** The benchmarks, in the order of the report. */
const SUBJECTS: readonly Subject[] = [
  baitPick,
  baitSelect,
  exact,
  imagenet,
  million,
  matmul,
  head,
  round,
  strategies,
  scale,
  largeK,
  numpy,
  profile,
];
/** The file of the results. */
const LATEST = "bench/out/latest.json";

/** The text of `--help`. */
const HELP = `Measures Creel on this machine.

Usage: deno task bench [OPTIONS]

  --device auto|webgpu|cpu  Where to compute (default auto)
  --only NAME[,NAME...]     These subjects only
  --quick                   Small sizes: seconds altogether, figures that mean little
  --data DIR                A folder with real data, for subjects that use some
  --others                  Measure other libraries as well, if npm can fetch them, and numpy
  --n ROWS                  The number of samples of large-k and million
  --memory GB               Device memory to use at most (default 4)
  --out FILE.json           Where the numbers go (default ${LATEST}, replaced)
  --force                   Replace FILE.json if it is there
  --help                    This text

Subjects:
${SUBJECTS.map(({ name, summary }) => `  ${name.padEnd(26)}${summary}`).join("\n")}
`;

/** Runs the benchmarks and returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = optionsOf(args);
    if (options.help) process.stdout.write(HELP);
    else await run(options);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError || error instanceof DeviceError)) throw error;
    note(`bench: ${error.message}`);
    return error instanceof InputError ? 2 : 3;
  }
}

type Options = ReturnType<typeof optionsOf>;

function optionsOf(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const values = parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        device: { ...text, default: "auto" },
        memory: { ...text, default: "4" },
        only: text,
        n: text,
        data: text,
        out: text,
        quick: flag,
        others: flag,
        force: flag,
        help: flag,
      },
    }).values
  );
  const requested = values.only?.split(",");
  const names = SUBJECTS.map(({ name }) => name);
  for (const name of requested ?? []) {
    if (!names.includes(name)) {
      throw new InputError(`Unknown subject ${name}: use ${names.join(", ")}`);
    }
  }
  const gigabytes = Number(values.memory);
  if (!(gigabytes > 0)) {
    throw new InputError(`Option --memory must be a number of GB: found ${values.memory}`);
  }
  const rows = values.n === undefined ? undefined : Number(values.n);
  if (rows !== undefined && !(Number.isInteger(rows) && rows > 0)) {
    throw new InputError(`Option --n must be a positive integer: found ${values.n}`);
  }
  return { ...values, requested, rows, memoryBudget: gigabytes * 1e9 };
}

/** Runs the parser and reports its errors as errors of the arguments. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InputError(`${(error as Error).message.split(". ")[0]}: see --help`);
  }
}

async function run(options: Options): Promise<void> {
  const { quick, data, others, requested, rows, out = LATEST } = options;
  const force = options.force || options.out === undefined;
  if (options.out === undefined) await mkdir(dirname(out), { recursive: true });
  await checkOutput(out, { force });
  using device = await openDevice({
    device: options.device as DeviceChoice,
    memoryBudget: options.memoryBudget,
  });
  const ceilings = bestOf(
    await measureCeilings(device),
    ...(quick ? [] : [await measureCeilings(device), await measureCeilings(device)]),
  );
  const { copyGBs, matmulGFLOPs, matmulOrder } = ceilings;
  const machine = `${
    cpus()[0]?.model ?? "unknown processor"
  }, ${navigator.hardwareConcurrency} cores`;
  print(
    `${device.kind}, ${device.name}; ${machine}; Deno ${Deno.version.deno}\n` +
      `ceilings: copy ${digits(copyGBs)} GB/s, matrix product ${digits(matmulGFLOPs)} GFLOP/s ` +
      `(order ${matmulOrder})\n`,
  );

  const subjects: Record<string, unknown> = {};
  const context = { device, ceilings, quick, rows, data, others, note };
  for (const subject of SUBJECTS) {
    if (requested && !requested.includes(subject.name)) continue;
    const start = performance.now();
    const found: Findings | undefined = await subject.run({ ...context, requested: !!requested });
    if (!found) continue;
    for (const table of found.tables) print(`\n${textOf(table)}`);
    subjects[subject.name] = {
      seconds: (performance.now() - start) / 1000,
      ...(found.values as object),
    };
  }
  const report = {
    date: new Date().toISOString(),
    quick,
    device: { kind: device.kind, name: device.name, limits: device.limits },
    machine,
    deno: Deno.version.deno,
    ceilings,
    subjects,
  };
  await writeAtomically(out, `${JSON.stringify(report, null, 2)}\n`, { force });
  note(`Written: ${out}`);
}

function print(text: string): void {
  process.stdout.write(text);
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
