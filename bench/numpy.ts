/**
 * A selection from a file to the picks, by the command line, beside the textbook form in numpy.
 *
 * @module
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { encodeNpy } from "../src/io/numpy/npy.ts";
import { readAll } from "../src/io/rows.ts";
import { jsonOf } from "./lib/program.ts";
import type { Subject } from "./lib/subject.ts";
import { synthetic } from "./lib/synthetic.ts";
import { digits, type Table } from "./lib/table.ts";

/** The pool and the budget. */
const FULL = { rows: 20_000, columns: 384, classes: 10, labeled: 100, budget: 50 };
/** A small one, for `--quick`. */
const QUICK = { rows: 600, columns: 32, classes: 4, labeled: 20, budget: 5 };

/** Forward picks for each sample of the batch. */
const OVERSAMPLE = 2;

/** How the command line is called, and with what in its environment. */
const CALLS = [
  { name: "CPU with a BLAS", args: ["--device", "cpu"], env: {} },
  { name: "CPU without", args: ["--device", "cpu"], env: { CREEL_BLAS: "none" } },
  { name: "WebGPU", args: ["--device", "webgpu"], env: {} },
] as const;

/** What bench/lib/textbook.py prints. */
interface Numpy {
  readonly numpy: string;
  readonly picks: readonly number[];
  readonly pickSeconds: number;
  readonly seconds: number;
}

/** What one call of the command line took. */
interface Call {
  readonly name: string;
  readonly adapter: string;
  readonly seconds: number;
  readonly samePicks: number;
}

/** The benchmark. */
export const numpy: Subject = {
  name: "numpy",
  summary: "Selections from file to picks, beside the textbook form in numpy (--others)",
  async run({ others, quick, note }) {
    if (!others) {
      note("numpy: left out without --others");
      return undefined;
    }
    const size = quick ? QUICK : FULL;
    const folder = await mkdtemp(join(tmpdir(), "creel-numpy-"));
    try {
      const pool = join(folder, "pool.npz");
      await writeFile(pool, await poolOf(size));
      const picks = OVERSAMPLE * size.budget;
      const script = join(import.meta.dirname!, "lib", "textbook.py");
      note("numpy: the textbook form");
      const textbook = await jsonOf<Numpy>("python3", [script, pool, `${size.budget}`, `${picks}`]);
      if (textbook === undefined) {
        note("numpy: left out, because python3 has no numpy");
        return undefined;
      }
      const calls: Call[] = [];
      for (const { name, args, env } of CALLS) {
        note(`numpy: ${name}`);
        const call = await selected(pool, size.budget, args, env, textbook);
        if (call === undefined) note(`numpy: ${name} is left out, because it does not run here`);
        else calls.push({ name, ...call });
      }
      return { tables: [tableOf(size, textbook, calls)], values: { size, textbook, calls } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** A pool as `numpy.savez` writes it: stored, not compressed. */
async function poolOf({ rows, columns, classes, labeled }: typeof FULL): Promise<Uint8Array> {
  const { features, logits } = synthetic({ rows, columns, classes });
  const indices = Int32Array.from({ length: labeled }, (_, i) => i * Math.floor(rows / labeled));
  return zipSync({
    "features.npy": encodeNpy(await readAll(features), [rows, columns]),
    "logits.npy": encodeNpy(await readAll(logits), [rows, classes]),
    "labeled.npy": encodeNpy(indices, [labeled]),
  }, { level: 0 });
}

/** Runs `creel select`, from the start of the process to its end. */
async function selected(
  pool: string,
  budget: number,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { picks }: Numpy,
): Promise<Omit<Call, "name"> | undefined> {
  const main = join(import.meta.dirname!, "..", "src", "cli", "main.ts");
  const options = ["--budget", `${budget}`, "--fisher", "binary", "--lambda", "auto", "--json"];
  const call = ["run", "-A", "--no-check", main, "select", pool, ...options, ...args];
  const start = performance.now();
  const result = await jsonOf<{ adapter: string; bait: { forward: number[] } }>(
    Deno.execPath(),
    call,
    env,
  );
  const seconds = (performance.now() - start) / 1000;
  if (result === undefined) return undefined;
  const differs = result.bait.forward.findIndex((pick, at) => pick !== picks[at]);
  return { adapter: result.adapter, seconds, samePicks: differs < 0 ? picks.length : differs };
}

function tableOf(
  { rows, columns, classes, budget }: typeof FULL,
  textbook: Numpy,
  calls: readonly Call[],
): Table {
  return {
    title: `File to picks: binary, ${rows} x ${columns}, K = ${classes}, B = ${budget}`,
    columns: ["what", "picks", "wall s", "numpy / this", "same forward picks"],
    rows: [
      [
        `numpy ${textbook.numpy}, textbook`,
        `${textbook.picks.length} forward`,
        digits(textbook.seconds),
        "1",
        "",
      ],
      ...calls.map(({ name, adapter, seconds, samePicks }) => [
        `Creel, ${name} (${adapter})`,
        `${textbook.picks.length} forward, ${budget} dropped`,
        digits(seconds),
        digits(textbook.seconds / seconds),
        `first ${samePicks}`,
      ]),
    ],
    notes: [
      "wall: with the file, the probabilities and, for Creel, the backward phase and the start of the " +
      "process; numpy's time starts after its import",
      `a pick in numpy took ${digits(1000 * textbook.pickSeconds)} ms`,
    ],
  };
}
