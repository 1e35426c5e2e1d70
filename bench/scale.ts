/**
 * How the time of a pick grows with n, d, K and the budget: Creel on this device, the textbook form
 * on the same device, and the textbook form in numpy.
 *
 * @module
 */

import { join } from "node:path";
import { Pool } from "../src/pool/pool.ts";
import { timeForward } from "./lib/forward.ts";
import { type Growth, growthOf, type Point } from "./lib/growth.ts";
import { estimateSeconds } from "./lib/model.ts";
import { jsonOf } from "./lib/program.ts";
import { type Form, startOf } from "./lib/start.ts";
import type { Context, Subject } from "./lib/subject.ts";
import { predictorOf, synthetic, type SyntheticSize } from "./lib/synthetic.ts";
import { digits, type Table } from "./lib/table.ts";
import { Textbook } from "./lib/textbook.ts";

/** A point of a sweep. */
interface Case extends SyntheticSize, Form {
  /** The number of forward picks that are timed. */
  readonly picks: number;
}

/** The measured times of a case. */
interface Found extends Case {
  /** Seconds of a pick. */
  readonly creel: number;
  /** Seconds of the whole forward selection. */
  readonly selection: number;
  /** Seconds of a pick by the textbook form on the same device, if that was measured. */
  readonly textbook: number | undefined;
  /** Seconds of a pick by the textbook form in numpy, if that was measured. */
  readonly numpy: number | undefined;
}

/** Cases that differ in one size. */
interface Sweep {
  /** The size that grows. */
  readonly by: "rows" | "columns" | "classes" | "picks";
  /** The time that is fitted. */
  readonly time: "creel" | "selection";
  /** What is measured, such as `binary, d = 384`. */
  readonly title: string;
  readonly cases: readonly Case[];
  /** Whether the textbook forms are measured as well. */
  readonly compared: boolean;
}

/** The fitted growth of a sweep. */
interface Fitted {
  readonly title: string;
  readonly by: Sweep["by"];
  readonly time: Sweep["time"];
  readonly creel: Growth | undefined;
  readonly textbook: Growth | undefined;
  readonly numpy: Growth | undefined;
  readonly found: readonly Found[];
}

const BINARY = { fisher: "binary", topClasses: 2, classes: 10, picks: 60 } as const;
const EXP = { fisher: "exp", topClasses: 2, rows: 5_000, columns: 32, picks: 60 } as const;
/** The numbers of samples, half a decade apart. */
const ROWS = [10_000, 31_623, 100_000, 316_228, 1_000_000] as const;

/** What is measured. */
const SWEEPS: readonly Sweep[] = [
  ...[384, 768].map((columns): Sweep => ({
    by: "rows",
    time: "creel",
    title: `binary, d = ${columns}`,
    cases: ROWS.map((rows) => ({ ...BINARY, rows, columns })),
    compared: true,
  })),
  {
    by: "columns",
    time: "creel",
    title: "binary, n = 20,000",
    cases: [96, 192, 384, 768].map((columns) => ({ ...BINARY, rows: 20_000, columns })),
    compared: true,
  },
  {
    by: "classes",
    time: "creel",
    title: "exp, 5,000 x 32",
    cases: [5, 10, 20, 40].map((classes) => ({ ...EXP, classes })),
    compared: false,
  },
  {
    by: "picks",
    time: "selection",
    title: "binary, 20,000 x 384",
    cases: [50, 100, 200, 400].map((picks) => ({ ...BINARY, rows: 20_000, columns: 384, picks })),
    compared: false,
  },
];

/** Small ones, for `--quick`. */
const QUICK: readonly Sweep[] = [{
  by: "rows",
  time: "creel",
  title: "binary, d = 32",
  cases: [1_000, 2_000].map((rows) => ({ ...BINARY, rows, columns: 32 })),
  compared: true,
}];

/** The longest estimated selection and pick of a textbook form, in seconds. */
const SECONDS = { selection: 90, textbook: 15 };

/** The most numbers of features for numpy, which holds them and two products in float64. */
const NUMPY_FEATURES = 4e8;

/** The benchmark. */
export const scale: Subject = {
  name: "scale",
  summary: "Growth with n, d, K and the budget, and its exponents; when requested, or with --quick",
  async run(context) {
    const { quick, requested, note } = context;
    if (!quick && !requested) {
      note("scale is left out: it takes minutes; --only scale runs it");
      return undefined;
    }
    const sweeps: Fitted[] = [];
    for (const sweep of quick ? QUICK : SWEEPS) {
      const found: Found[] = [];
      for (const one of sweep.cases) {
        const measured = await measure(context, one, sweep.compared);
        if (measured) found.push(measured);
      }
      sweeps.push(fitted(sweep, found));
    }
    return { tables: [...sweeps.map(tableOf), growthTable(sweeps)], values: { sweeps } };
  },
};

async function measure(
  context: Context,
  { picks, ...size }: Case,
  compared: boolean,
): Promise<Found | undefined> {
  const { device, ceilings, note } = context;
  const { rows, columns, classes, fisher } = size;
  const what = `${fisher}, ${rows} x ${columns}, K = ${classes}, ${picks} picks`;
  const estimate = estimateSeconds({ rows, columns, budget: picks / 2 }, ceilings);
  if (fisher === "binary" && estimate > SECONDS.selection) {
    note(`scale: ${what} is left out: about ${digits(estimate)} s on this device`);
    return undefined;
  }
  const bytes = 4 * rows * columns;
  if (2 * bytes > device.memory.budget) {
    note(`scale: ${what} is left out: twice the features do not fit the memory budget`);
    return undefined;
  }
  note(`scale: ${what}`);
  const made = synthetic(size);
  const predictor = await predictorOf(made);
  using pool = await Pool.from(device, made.features);
  await timeForward(pool, predictor, size, 20); // Compile the shaders first.
  const { pickSeconds, seconds } = await timeForward(pool, predictor, size, picks);
  const flops = 4 * rows * columns ** 2;
  const slow = flops / ceilings.matmulGFLOPs / 1e9 > SECONDS.textbook;
  return {
    ...size,
    picks,
    creel: pickSeconds,
    selection: seconds,
    textbook: compared && !slow ? await textbookPick(context, pool, predictor, size) : undefined,
    numpy: compared && context.others ? await numpyPick(context, rows, columns) : undefined,
  };
}

/** The least seconds of a few picks of the textbook form. */
async function textbookPick(
  { device }: Context,
  pool: Pool,
  predictor: Awaited<ReturnType<typeof predictorOf>>,
  form: Form,
): Promise<number> {
  using start = await startOf(pool, predictor, form);
  using textbook = new Textbook(start, 4);
  await textbook.evaluate();
  await device.idle();
  const times: number[] = [];
  for (let step = 0; step < 3; step++) {
    const begin = performance.now();
    await textbook.advance(step);
    device.submit();
    await device.idle();
    times.push((performance.now() - begin) / 1000);
  }
  return Math.min(...times);
}

async function numpyPick(
  { note }: Context,
  rows: number,
  columns: number,
): Promise<number | undefined> {
  if (rows * columns > NUMPY_FEATURES) return undefined;
  const script = join(import.meta.dirname!, "lib", "textbook-pick.py");
  const args = [script, `${rows}`, `${columns}`, "3"];
  const found = await jsonOf<{ pickSeconds: number }>("python3", args);
  if (!found) note(`scale: numpy is left out for ${rows} x ${columns}, because it does not run`);
  return found?.pickSeconds;
}

function fitted({ title, by, time }: Sweep, found: readonly Found[]): Fitted {
  const growth = (key: "creel" | "selection" | "textbook" | "numpy") =>
    growthOf(
      found.flatMap(({ [by]: size, [key]: seconds }): Point[] =>
        seconds === undefined ? [] : [{ size, seconds }]
      ),
    );
  return {
    title,
    by,
    time,
    creel: growth(time),
    textbook: growth("textbook"),
    numpy: growth("numpy"),
    found,
  };
}

const LETTERS = { rows: "n", columns: "d", classes: "K", picks: "picks" } as const;

function tableOf({ title, by, time, found }: Fitted): Table {
  const milliseconds = (seconds: number | undefined) =>
    seconds === undefined ? "" : digits(1000 * seconds);
  const whole = time === "selection";
  return {
    title: `Growth with ${LETTERS[by]}: ${title}`,
    columns: [LETTERS[by], whole ? "selection ms" : "Creel ms a pick", "textbook ms", "numpy ms"],
    rows: found.map(({ [by]: size, [time]: creel, textbook, numpy }) => [
      size,
      milliseconds(creel),
      milliseconds(textbook),
      milliseconds(numpy),
    ]),
  };
}

function growthTable(sweeps: readonly Fitted[]): Table {
  const text = (growth: Growth | undefined) =>
    growth ? `${growth.exponent.toFixed(2)} (${digits(growth.spread)})` : "";
  return {
    title: "Fitted exponents, and the largest factor between a time and its law",
    columns: ["sweep", "grows with", "Creel", "textbook", "numpy"],
    rows: sweeps.map(({ title, by, creel, textbook, numpy }) => [
      title,
      LETTERS[by],
      text(creel),
      text(textbook),
      text(numpy),
    ]),
    notes: ["textbook: on the same device, with the same kernels; numpy: the same form in float64"],
  };
}
