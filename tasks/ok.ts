/**
 * The gate: everything that must hold before a change goes in, in one command.
 *
 *     deno task ok                     all steps
 *     deno task ok --only fmt,lint     some of them
 *
 * The tests run beside the other steps, which run one after the other. One line a step with its
 * seconds, always in the same order; a step's output is shown when it fails. The last line counts:
 * each test is one, and so is each other step. Exit status 0 when all passed, 1 otherwise.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname!, "..");

/** One step: a call of Deno. */
export interface Step {
  /** What `--only` calls it. */
  name: string;
  /** The arguments of Deno. */
  args: readonly string[];
  /** Its closing line counts tests. */
  tests?: true;
  /** The number of minutes after which it is stopped and has failed. Default: 5. */
  minutes?: number;
}

/** What a step adds to the last line. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** What the steps look at, as paths from the root. */
export interface Sources {
  /** What the package exports. */
  entries: readonly string[];
  /** Checked against Deno's library. */
  deno: readonly string[];
  /** Checked against the browsers' library. */
  dom: readonly string[];
}

/**
 * How many test files run at a time. A readback in Deno waits at least 10 ms without computing: in
 * tests/select and tests/learn, 350 s of waiting come with 130 s of work (lavapipe, November 2026),
 * and one file for each of 2 cores would leave them idle.
 */
const JOBS = Math.max(6, navigator.hardwareConcurrency);

/** All steps, quick ones first. */
export function stepsFor({ entries, deno, dom }: Sources): Step[] {
  return [
    { name: "fmt", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "shaders", args: ["run", "-A", "--frozen", "tasks/shaders.ts", "--check"] },
    { name: "tables", args: ["run", "-A", "--frozen", "tasks/docs.ts", "--check"] },
    { name: "sizes", args: ["run", "-A", "--frozen", "tasks/sizes.ts"] },
    { name: "names", args: ["run", "-A", "--frozen", "tasks/names.ts"] },
    { name: "imports", args: ["run", "-A", "--frozen", "tasks/imports.ts"] },
    // With the examples of the doc comments, so that running them need not check again.
    { name: "types", args: ["check", "--doc", "--frozen", ...deno] },
    { name: "types-dom", args: ["check", "--config", "tasks/dom.json", ...dom] },
    { name: "docs", args: ["doc", "--lint", ...entries] },
    // The types are checked above; types that are slow to infer are refused all the same.
    { name: "publish", args: ["publish", "--dry-run", "--allow-dirty", "--no-check"] },
    {
      name: "examples",
      args: ["test", "--doc", "--frozen", "-A", "--no-check", "src", ...entries],
      tests: true,
    },
    {
      name: "tests",
      // --parallel pays even on 2 cores with a software adapter: 150 small tests, each with a
      // dispatch, a readback and work on the CPU, took 7.6 s instead of 12.6 s (lavapipe, November
      // 2026).
      args: ["test", "--frozen", "-A", "--no-check", "--parallel", "tests/"],
      tests: true,
      minutes: 30,
    },
  ];
}

/** Reads the closing line of `deno test`, or nothing when the run broke off before it. */
export function tallyOf(output: string): Tally | undefined {
  const line = output.match(/^(?:ok|FAILED) \| \d+ passed.*$/gm)?.at(-1);
  if (line === undefined) return undefined;
  const count = (word: string) => Number(line.match(new RegExp(`\\| (\\d+) ${word}`))?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

/** The last line: `12 passed, 0 failed`, and how many were skipped if any were. */
export function summary({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** What came of a step. */
interface Outcome {
  readonly tally: Tally;
  /** The rest of its line and, where it failed, its output. */
  readonly text: string;
}

/** Runs one step. */
async function run({ args, tests, minutes = 5 }: Step): Promise<Outcome> {
  const start = performance.now();
  const deadline = AbortSignal.timeout(minutes * 60_000);
  const { success, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: {
      NO_COLOR: "1",
      RUST_BACKTRACE: "0",
      DENO_JOBS: String(JOBS),
      // Test files run beside each other: more threads of a BLAS would only wait for one another.
      OPENBLAS_NUM_THREADS: "1",
    },
    signal: deadline,
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const output = `${decode(stdout)}\n${decode(stderr)}`;
  const counted = tests ? tallyOf(output) : { passed: Number(success), failed: 0, skipped: 0 };
  const tally = counted ?? { passed: 0, failed: 0, skipped: 0 };
  if (tally.failed === 0 && !(success && counted)) tally.failed = 1;

  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8);
  let text = `${tally.failed > 0 ? "FAILED" : "ok    "} ${seconds}`;
  if (tests) text += `   ${summary(tally)}`;
  text += "\n";
  if (tally.failed > 0) {
    // The reporter lists the failures, with their details, below this heading.
    const details = output.indexOf("\n ERRORS \n");
    text += `\n${output.slice(Math.max(details, 0)).trim()}\n\n`;
    if (deadline.aborted) text += `Stopped after ${minutes} minutes\n`;
    if (!counted) {
      text += `Broke off (${signal ?? "no closing line"}): \`deno test -A tests/\` shows where\n`;
    }
  }
  return { tally, text };
}

/** Starts all steps: the tests at once, the others one after the other beside them. */
function startAll(steps: readonly Step[]): Promise<Outcome>[] {
  let before: Promise<unknown> = Promise.resolve();
  return steps.map((step) => {
    if (step.name === "tests") return run(step);
    const outcome = before.then(() => run(step));
    before = outcome;
    return outcome;
  });
}

/** Those folders and files that exist and hold TypeScript: the checker refuses the others. */
async function withTypeScript(paths: readonly string[]): Promise<string[]> {
  const holds = async (path: string): Promise<boolean> => {
    if (path.endsWith(".ts")) return true;
    try {
      for await (const entry of Deno.readDir(path)) {
        if (entry.name === "node_modules") continue;
        if (await holds(join(path, entry.name))) return true;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
        throw error;
      }
    }
    return false;
  };
  const found = await Promise.all(paths.map((path) => holds(join(root, path))));
  return paths.filter((_, i) => found[i]);
}

/** Names the adapter, since without one the tests of the WebGPU device are skipped. */
async function describeAdapter(): Promise<string> {
  const info = (await navigator.gpu?.requestAdapter())?.info;
  if (!info) return "no adapter: tests on the WebGPU device are skipped";
  return info.description || info.device || info.vendor || "an adapter without a name";
}

async function main(): Promise<number> {
  const { values } = parseArgs({ args: Deno.args, options: { only: { type: "string" } } });
  const { exports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const entries = Object.values<string>(exports);
  const steps = stepsFor({
    entries,
    deno: await withTypeScript([...entries, "src", "tasks", "tests", "bench", "docs/examples"]),
    // The command line and the examples are Deno's alone; the site's pages are the browsers' alone.
    dom: await withTypeScript([...entries.filter((entry) => !entry.includes("/cli/")), "docs"]),
  });

  const wanted = values.only?.split(",") ?? steps.map(({ name }) => name);
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(
      `Unknown step ${unknown.join(", ")}: allowed are ${steps.map(({ name }) => name).join(", ")}`,
    );
    return 1;
  }

  if (wanted.includes("tests")) console.log(`WebGPU      ${await describeAdapter()}`);
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
  const chosen = steps.filter(({ name }) => wanted.includes(name));
  const running = startAll(chosen);
  for (const [place, { name }] of chosen.entries()) {
    // The name comes first, so that a step that hangs is known.
    print(name.padEnd(12));
    const { tally: { passed, failed, skipped }, text } = await running[place]!;
    print(text);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  console.log(summary(total));
  return total.failed > 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
