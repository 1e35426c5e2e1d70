/**
 * Every command, with every call of the system, of WebGPU and for memory failing at the n-th time,
 * for n from 1 to the last.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type DemoOutput, writeDemo } from "../../src/cli/demo/demo.ts";
import type { DemoResult } from "../../src/cli/demo/run.ts";
import { openDevice } from "../../src/device/open.ts";
import { explain } from "../../src/cli/failure.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { encodeNpz } from "../../src/io/numpy/npz.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { digits, hasAdapter, Random } from "../fixture.ts";
import { inFolder } from "../io/fixtures.ts";
import { type Breakable, breaks, breaksAt, snapshot } from "./breakable.ts";
import { catching, creel } from "./creel.ts";
import { FILE_SITES, gpuSites, injected, MEMORY_SITE, type Replaced } from "./faults.ts";

const [ROWS, COLUMNS] = [20, 3];
const features = { data: new Random(5).normals(ROWS * COLUMNS), shape: [ROWS, COLUMNS] };
const labels = Int32Array.from({ length: ROWS }, (_, i) => i % 2);

/** Writes the pools. */
async function pools(folder: string): Promise<void> {
  const files = {
    "pool.npz": encodeNpz({ features, labels: { data: labels, shape: [ROWS] } }),
    "x.npy": encodeNpy(features.data, features.shape),
    "labeled.npy": encodeNpy(Int32Array.of(0, 1, 2, 3), [4]),
  };
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(join(folder, name), bytes);
  }
}

/** Writes the pools, and files that are to be replaced. */
function old(...names: string[]): (folder: string) => Promise<void> {
  return async (folder) => {
    await pools(folder);
    for (const name of names) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), `old ${name}`);
    }
  };
}

/** A clock that makes every measurement a long one. */
function hurried(replaced: Replaced): void {
  let time = 0;
  replaced.replace(performance, "now", () => time += 250);
}

async function mine(folder: string): Promise<void> {
  const code = 'export default { name: "mine", select: ({ candidates }) => [candidates[0]] };\n';
  await Deno.writeTextFile(join(folder, "mine.js"), code);
}

const simulation = "simulate @/pool.npz --out @/runs --strategies random --initial 2 --rounds 1 " +
  "--budget 1 --seeds 1 --quiet --device";
const resumes = /^runs\/(|settings\.json|runs\/|runs\/random-seed0\.json)$/;

/** Makes the folder of a simulation, which is run once. */
async function simulated(folder: string): Promise<void> {
  for (const [path, text] of await (records ??= recorded())) {
    if (path.endsWith("/")) await Deno.mkdir(join(folder, path), { recursive: true });
    else await Deno.writeTextFile(join(folder, path), text);
  }
}

let records: Promise<Map<string, string>> | undefined;

async function recorded(): Promise<Map<string, string>> {
  let found = new Map<string, string>();
  await inFolder(async (folder) => {
    await pools(folder);
    const done = await creel(...`${simulation} cpu`.replaceAll("@", folder).split(" "));
    assert.equal(done.status, 0, done.err);
    await Deno.remove(join(folder, "pool.npz"));
    found = await snapshot(folder);
  });
  return found;
}

const data = await digits();
const result: DemoResult = {
  device: "a device",
  pool: [0, 1, 2, 3, 4],
  initial: [0],
  picks: [1],
  random: [2],
  map: Float64Array.from({ length: 10 }, (_, i) => i % 3),
  candidates: 4,
  seconds: 1,
  objective: { before: 3, bait: 1, random: [2] },
  accuracy: { before: 0.1, bait: 0.3, random: [0.2] },
};

/** The end of the demo, whose computations take seconds. */
function drawn(options: Pick<DemoOutput, "force">): (folder: string) => ReturnType<typeof creel> {
  return (folder) =>
    catching(async () => {
      const output = { folder: join(folder, "demo"), json: false, peakBytes: 1, ...options };
      try {
        await writeDemo({ ...data, labels: Int32Array.from(data.labels) }, result, output);
        return 0;
      } catch (error) {
        return explain(error, { command: "demo", verbose: false });
      }
    });
}

const commands: Readonly<Record<string, Breakable>> = {
  "--help": { args: "--help" },
  "select --help": { args: "select --help" },
  strategies: { args: "strategies margin" },
  "strategies of a file": { args: "strategies @/mine.js", prepare: mine },
  doctor: { args: "doctor --device cpu --quiet", around: hurried },
  select: {
    args: "select @/pool.npz --strategy margin --labeled @/labeled.npy --budget 2 --device cpu",
    prepare: pools,
  },
  "select to a file": {
    args: "select @/x.npy --strategy coreset --budget 2 --device cpu --out @/picks.npy --force",
    prepare: old("picks.npy"),
  },
  train: { args: "train @/pool.npz --out @/head.safetensors --device cpu", prepare: pools },
  "train again": {
    args: "train @/pool.npz --out @/head.safetensors --device cpu --force",
    prepare: old("head.safetensors"),
  },
  simulate: { args: `${simulation} cpu`, prepare: pools, resumes },
  report: { args: "report @/runs --out @/report --quiet", prepare: simulated },
  "report again": { args: "report @/runs --quiet", prepare: simulated },
  "the end of the demo": { args: "demo", run: drawn({ force: false }) },
  "the end of the demo again": {
    args: "demo --force",
    run: drawn({ force: true }),
    prepare: old("demo/demo.svg", "demo/demo.html"),
  },
};

for (const [name, command] of Object.entries(commands)) {
  Deno.test(`${name}: the system fails at any call`, async () => {
    const faults = await breaks(command, FILE_SITES);
    assert.ok(faults >= 2, `${faults} faults`);
  });
}

Deno.test("demo: the digits cannot be read, or their folder not be looked at", async () => {
  const command = { args: "demo --out @/demo --device cpu --quiet" };
  for (const name of ["fetch", "stat"]) {
    assert.ok(await breaksAt(command, FILE_SITES.find((site) => site.name === name)!, 1));
  }
});

Deno.test("train and simulate: memory fails at any allocation", async () => {
  for (const name of ["train", "simulate", "select"]) {
    assert.ok(await breaks(commands[name]!, [MEMORY_SITE]) > 5);
  }
});

Deno.test("select: memory fails in every strategy, and in every form of BAIT", async () => {
  const texts = [...STRATEGIES, ...["full", "exp", "regression"].map((f) => `bait(fisher=${f})`)];
  for (const text of texts.filter((name) => name !== "balancing")) {
    const command = {
      args: `select @/pool.npz --strategy ${text} --labeled @/labeled.npy --budget 2 --device cpu`,
      prepare: pools,
    };
    assert.ok(await breaks(command, [MEMORY_SITE], 12) > 0, text);
  }
});

const onGpu: Readonly<Record<string, Breakable>> = {
  select: {
    args: "select @/x.npy --strategy coreset --budget 2 --device webgpu --out @/picks.npy --force",
    prepare: old("picks.npy"),
  },
  train: {
    args: "train @/pool.npz --out @/head.safetensors --device webgpu --force",
    prepare: old("head.safetensors"),
  },
  doctor: { args: "doctor --device webgpu --quiet", around: hurried },
};

for (const [name, command] of Object.entries(onGpu)) {
  Deno.test({
    name: `${name}: WebGPU fails at any call`,
    ignore: !hasAdapter,
    fn: async () => assert.ok(await breaks(command, gpuSites()) > 10),
  });
}

Deno.test({
  name: "simulate and demo: WebGPU fails at the first calls",
  ignore: !hasAdapter,
  async fn() {
    const demo = { args: "demo --out @/demo --device webgpu --quiet" };
    const simulate = { args: `${simulation} webgpu`, prepare: pools, resumes };
    for (const site of gpuSites()) {
      assert.ok(await breaksAt(demo, site, 1));
      assert.ok(await breaksAt(simulate, site, 1));
    }
  },
});

Deno.test({
  name: "where no device opens, auto goes on with the CPU and says why",
  ignore: !hasAdapter,
  async fn() {
    await inFolder(async (folder) => {
      await pools(folder);
      const args = ["select", join(folder, "x.npy"), "--strategy", "coreset", "--budget", "2"];
      const intact = await creel(...args, "--device", "cpu");
      const [adapter, device, buffer] = gpuSites();
      {
        using _ = injected([adapter!], 1);
        const { status, out, err } = await creel(...args);
        assert.deepEqual([status, out], [0, intact.out]);
        assert.equal(
          err,
          "The request for a WebGPU adapter failed: injected; this runs on the CPU\n",
        );
      }
      for (
        const [site, reason] of [
          [device!, /^The adapter [^\n]+ gave no device: injected$/],
          [buffer!, /^Cannot allocate [^\n]+: injected$/],
        ] as const
      ) {
        using _ = injected([site], 1);
        // A BLAS would be taken before a software adapter, which then is not asked for a device.
        using opened = await openDevice({ blas: false });
        assert.equal(opened.kind, "cpu");
        assert.match(opened.fallback!, reason);
      }
    });
  },
});

Deno.test("every module calls the system through the default import, which the faults replace", async () => {
  const root = join(import.meta.dirname!, "..", "..", "src");
  const named: string[] = [];
  for (const [path, code] of await snapshot(root)) {
    if (!path.endsWith(".ts") || path.includes("shaders")) continue;
    if (/import \{[^}]*\} from "node:fs(\/promises)?"|\bDeno\.(open|read|write)/.test(code)) {
      named.push(path);
    }
  }
  // SQLite writes the saves of learners, and no command makes one.
  assert.deepEqual(named, ["learn/learner/save-file.ts"]);
});
