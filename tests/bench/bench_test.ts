/**
 * The benchmarks run in small and write what a program can read; how fast they are is not looked
 * at.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PICKED } from "../../src/kernels/bait/pick.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { drawFigures } from "../../bench/figures.ts";
import { growthOf } from "../../bench/lib/growth.ts";
import { estimateSeconds } from "../../bench/lib/model.ts";
import { synthetic } from "../../bench/lib/synthetic.ts";
import { textOf } from "../../bench/lib/table.ts";
import { median } from "../../bench/lib/timing.ts";

const root = join(import.meta.dirname!, "..", "..");

/** Runs the benchmarks as a program of its own. */
async function bench(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--frozen", "bench/main.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}

Deno.test("bench --quick measures every subject and writes valid JSON", async () => {
  const folder = await Deno.makeTempDir({ prefix: "creel-bench-" });
  try {
    const file = join(folder, "out.json");
    const { code, out, err } = await bench("--quick", "--device", "cpu", "--out", file);
    assert.equal(code, 0, err);
    assert.match(out, /One pick: Creel's rank updates against the textbook form/);
    const report = JSON.parse(await Deno.readTextFile(file));
    assert.equal(report.quick, true);
    assert.equal(report.device.kind, "cpu");
    assert.ok(report.ceilings.copyGBs > 0 && report.ceilings.matmulGFLOPs > 0);
    const { subjects } = report;
    assert.deepEqual(
      Object.keys(subjects).filter((name) => name !== "imagenet"),
      [
        "bait-pick",
        "bait-select",
        "exact",
        "million",
        "matmul",
        "head",
        "round",
        "strategies",
        "scale",
        "large-k",
        "profile",
      ],
    );
    for (const { ratio, picks, creel, textbook } of subjects["bait-pick"].cases) {
      assert.ok(ratio > 0 && creel.seconds > 0 && textbook.seconds > 0);
      assert.equal(new Set(picks).size, 8);
    }
    const [{ memory, kernels }] = subjects["bait-select"].cases;
    assert.ok(memory.peak >= memory.pool && memory.peak < 64e6);
    assert.ok(kernels.some(({ kernel }: { kernel: string }) => kernel === "update-scores"));
    const [{ agreeing, forward, rebuilds }] = subjects.exact.cases;
    assert.deepEqual([agreeing, forward, rebuilds], [120, 120, 0]);
    assert.deepEqual(
      subjects.strategies.found.map(({ strategy }: { strategy: string }) => strategy),
      STRATEGIES,
    );
    for (const { seconds, peakBytes, scratchBytes } of subjects["large-k"].found) {
      assert.ok(seconds > 0 && scratchBytes > 0 && peakBytes > scratchBytes);
    }
    for (const { picks, budget, poolBytes, deviceBytes } of subjects.million.cases) {
      assert.ok(new Set(picks).size === budget && deviceBytes > poolBytes);
    }
    assert.match(err, /no real data/);
    for (const { creel, textbook } of subjects.scale.sweeps[0].found) {
      assert.ok(creel > 0 && textbook > 0);
    }

    const drawn = join(folder, "figures");
    assert.deepEqual(
      await drawFigures([file], drawn),
      ["growth", "roofline"].map((name) => join(drawn, `${name}.svg`)),
    );
    const growth = await Deno.readTextFile(join(drawn, "growth.svg"));
    assert.match(growth, />samples, n</);
    assert.match(growth, />textbook form, same device</);
    assert.match(growth, /prefers-color-scheme: dark/);
    const roofline = await Deno.readTextFile(join(drawn, "roofline.svg"));
    for (const fisher of ["binary", "exp", "full"]) {
      assert.match(roofline, new RegExp(`>${fisher}<`));
    }
    await Deno.remove(drawn, { recursive: true });

    const again = await bench("--quick", "--device", "cpu", "--only", "matmul", "--out", file);
    assert.equal(again.code, 2);
    assert.match(again.err, /it exists, and --force replaces it\n$/);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), report);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["out.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "bench: the textbook form picks what Creel picks on WebGPU too",
  ignore: !(await navigator.gpu?.requestAdapter()),
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "creel-bench-" });
    try {
      const file = join(folder, "out.json");
      const args = ["--quick", "--device", "webgpu", "--only", "bait-pick", "--out", file];
      const { code, err } = await bench(...args);
      assert.equal(code, 0, err);
      const { subjects } = JSON.parse(await Deno.readTextFile(file));
      assert.deepEqual(Object.keys(subjects), ["bait-pick"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("bench: a wrong call ends with status 2 and one sentence", async () => {
  for (
    const [args, message] of [
      [["--only", "speed"], /^bench: Unknown subject speed: use bait-pick, /],
      [["--fast"], /^bench: Unknown option '--fast': see --help\n$/],
      [["--device", "tpu"], /^bench: Unknown device tpu: use auto, webgpu or cpu\n$/],
      [["--n", "0.5"], /^bench: Option --n must be a positive integer: found 0\.5\n$/],
      [["--memory", "much"], /^bench: Option --memory must be a number of GB: found much\n$/],
    ] as const
  ) {
    const { code, out, err } = await bench(...args);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.match(err, message);
  }
});

Deno.test("a synthetic pool is the same whichever rows are read first", async () => {
  const { features } = synthetic({ rows: 40, columns: 6, classes: 3 });
  const whole = new Float32Array(40 * 6);
  await features.read(0, whole);
  const part = new Float32Array(5 * 6);
  await features.read(17, part);
  assert.deepEqual(part, whole.slice(17 * 6, 22 * 6));
  const other = new Float32Array(40 * 6);
  await synthetic({ rows: 40, columns: 6, classes: 3, seed: 2 }).features.read(0, other);
  assert.notDeepEqual(other, whole);
  assert.equal(new Set(whole).size, whole.length);
});

Deno.test("the median, the estimate and the table", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  const ceilings = { copyGBs: 10, matmulGFLOPs: 100, matmulOrder: 512 };
  const size = { rows: 10_000, columns: 384, budget: 100 };
  const seconds = estimateSeconds(size, ceilings);
  assert.ok(estimateSeconds({ ...size, budget: 200 }, ceilings) > seconds);
  assert.ok(estimateSeconds({ ...size, rows: 20_000 }, ceilings) > seconds);
  assert.equal(
    textOf({ title: "T", columns: ["a", "bb"], rows: [["x", 1], ["yy", 22]] }),
    "T\n\na   bb\n--  --\nx    1\nyy  22\n",
  );
});

Deno.test("the mask of the textbook form is the one of the kernels", async () => {
  const source = await Deno.readTextFile(join(root, "bench", "lib", "textbook.ts"));
  const [, literal] = /scores\[picks\[params\.step\]\] = (-3\.4e38);/.exec(source)!;
  assert.equal(Math.fround(Number(literal)), PICKED);
});

Deno.test("a power law is fitted to its exponent, and a point off the law widens the spread", () => {
  const sizes = [100, 300, 1000, 5000];
  const law = sizes.map((size) => ({ size, seconds: 3e-4 * size ** 1.5 }));
  const { exponent, spread } = growthOf(law)!;
  assert.ok(Math.abs(exponent - 1.5) < 1e-12 && spread < 1 + 1e-12);
  const off = law.map((point, at) => at === 1 ? { ...point, seconds: 2 * point.seconds } : point);
  assert.ok(growthOf(off)!.spread > 1.4);
  assert.equal(growthOf(law.slice(0, 1)), undefined);
  assert.equal(growthOf([law[0]!, law[0]!]), undefined);
});

Deno.test("figures: files that are no results are refused", async () => {
  const folder = await Deno.makeTempDir({ prefix: "creel-figures-" });
  try {
    const file = join(folder, "notes.json");
    const drawn = join(folder, "figures");
    await assert.rejects(drawFigures([file], drawn), /there is no such file/);
    for (const text of ["hello", "{}", "null"]) {
      await Deno.writeTextFile(file, text);
      await assert.rejects(drawFigures([file], drawn), /it is not what deno task bench writes/);
    }
    const ceilings = { copyGBs: 1, matmulGFLOPs: 1, matmulOrder: 1 };
    const device = { kind: "cpu", name: "a processor" };
    await Deno.writeTextFile(file, JSON.stringify({ ceilings, device, subjects: { head: {} } }));
    await assert.rejects(drawFigures([file], drawn), /found none of the subjects/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
