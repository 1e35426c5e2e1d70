/**
 * The `creel` script and the gate's own tools. The script runs in a scratch checkout with a PATH of
 * stubs: nothing is downloaded or installed.
 */

import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { circles, type Import, importsOf, joined, layerOf, misplaced } from "../tasks/imports.ts";
import { summary, tallyOf } from "../tasks/ok.ts";

const posix = Deno.build.os !== "windows";
const tools = "cat chmod dirname find grep id kill ln mkdir mktemp mv readlink rm sed tail touch"
  .split(" ");

/** A stub Deno that prints its version, or how it was called. */
const deno = (version: string) =>
  `if [ "$1" = --version ]; then echo "deno ${version} (stable)"; else echo "$PWD: $*"; fi`;

/** A stub npm that puts a package with a working Deno into the folder after `--prefix`. */
const npm = `while [ "$1" != --prefix ]; do shift; done
mkdir -p "$2/node_modules/@deno/here" && cp_to="$2/node_modules/@deno/here/deno"
printf '%s\\n' '#!/bin/sh' '${deno("2.9.6").replaceAll("'", `'\\''`)}' >"$cp_to"`;

/** A scratch checkout, an outside folder to call it from, and the stubs that are on its PATH. */
class Scratch implements Disposable {
  readonly root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "creel-setup-" }));
  readonly checkout = join(this.root, "checkout");
  readonly outside = join(this.root, "outside");
  readonly #bin = join(this.root, "bin");

  constructor(stubs: Record<string, string>) {
    for (const folder of [this.checkout, this.outside, this.#bin]) Deno.mkdirSync(folder);
    Deno.copyFileSync(join(import.meta.dirname!, "..", "creel"), join(this.checkout, "creel"));
    const path = (Deno.env.get("PATH") ?? "").split(delimiter);
    for (const tool of tools) {
      const found = path.map((folder) => join(folder, tool)).find((file) => exists(file));
      if (found) Deno.symlinkSync(found, join(this.#bin, tool));
    }
    for (const [name, body] of Object.entries({ uname: "echo Linux", ...stubs })) {
      const file = join(this.#bin, name);
      if (exists(file)) Deno.removeSync(file);
      Deno.writeTextFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    }
  }

  /** Runs the script from outside the checkout, without a home. */
  run(args: string[], env: Record<string, string> = {}, script = join(this.checkout, "creel")) {
    const { code, stdout, stderr } = new Deno.Command("/bin/sh", {
      args: [script, ...args],
      cwd: this.outside,
      clearEnv: true,
      env: { PATH: this.#bin, VK_DRIVER_FILES: script, ...env },
    }).outputSync();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  }

  [Symbol.dispose]() {
    Deno.removeSync(this.root, { recursive: true });
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Without this the loader is looked for on the machine that runs the tests. */
const loader = { ldconfig: "echo libvulkan.so.1; echo libopenblas.so.0" };
const noDriver = { VK_DRIVER_FILES: "/nonexistent.json" };

Deno.test({
  name: "creel runs the command line from the caller's folder, also through a link",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({ ...loader, deno: deno("2.12.1") });
    const link = join(scratch.outside, "creel");
    Deno.symlinkSync("../checkout/creel", link);
    for (const script of [join(scratch.checkout, "creel"), link]) {
      const { code, out, err } = scratch.run(["select", "my pool.npz"], {}, script);
      assert.equal(err, "");
      assert.equal(code, 0);
      assert.match(out, new RegExp(`^${scratch.outside}: run .*--frozen`));
      assert.match(
        out,
        new RegExp(
          `--config ${scratch.checkout}/deno.json ${scratch.checkout}/src/cli/main.ts select my pool.npz\n$`,
        ),
      );
    }
  },
});

Deno.test({
  name: "creel site builds the labeling page and serves it",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({ ...loader, deno: deno("2.9.0"), chromium: "" });
    const { out } = scratch.run(["site", "--port", "9000"]);
    assert.match(out, /: task .*--frozen --config \S+\/deno\.json site --serve --port 9000\n$/);
  },
});

Deno.test({
  name: "creel test is the gate",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({ ...loader, deno: deno("2.9.0"), chromium: "" });
    const { out } = scratch.run(["test", "--only", "fmt"]);
    assert.match(out, /: task .*--frozen --config \S+\/deno\.json ok --only fmt\n$/);
  },
});

Deno.test({
  name: "creel says in one line that there is neither Deno nor npm",
  ignore: !posix,
  fn() {
    using scratch = new Scratch(loader);
    const { code, out, err } = scratch.run(["demo"]);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.match(err, /^creel: Deno 2\.9 or later is needed and was not found, nor was npm .*\n$/);
  },
});

Deno.test({
  name: "creel fetches Deno once when the one on PATH will not do",
  ignore: !posix,
  fn() {
    for (const version of ["1.46.3", "2.8.9", "3.0.0"]) {
      using scratch = new Scratch({ ...loader, npm, deno: deno(version) });
      // What a broken-off installation leaves behind.
      const leftover = join(scratch.checkout, ".deno", "install.999999999");
      Deno.mkdirSync(join(leftover, "node_modules", "@deno"), { recursive: true });
      const first = scratch.run(["demo"]);
      assert.match(first.err, /^creel: fetching Deno .*\n$/);
      assert.match(first.out, /main\.ts demo\n$/);
      const second = scratch.run(["demo"]);
      assert.deepEqual(second, { code: 0, out: first.out, err: "" });
      const kept = [...Deno.readDirSync(join(scratch.checkout, ".deno"))].map(({ name }) => name);
      assert.deepEqual(kept.sort(), ["deno", "run"]);
    }
  },
});

Deno.test({
  name: "creel shows what npm said when it fails, and leaves nothing behind",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({ ...loader, npm: "echo registry on fire; exit 1" });
    const { code, err } = scratch.run(["demo"]);
    assert.equal(code, 2);
    assert.match(err, /registry on fire\ncreel: npm could not fetch Deno/);
    assert.deepEqual(
      [...Deno.readDirSync(join(scratch.checkout, ".deno"))].map(({ name }) => name),
      ["run"],
    );
  },
});

Deno.test({
  name: "creel installs a Vulkan driver as root, where there is apt-get",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({
      ...loader,
      deno: deno("2.9.6"),
      id: "echo 0",
      "apt-get": `echo "$@" >>${"$0"}.calls`,
    });
    const { code, err } = scratch.run(["test"], noDriver);
    assert.equal(code, 0);
    assert.match(
      err,
      /^creel: no Vulkan driver: installing mesa-vulkan-drivers libvulkan1 .*\ncreel: no Chromium: installing chromium .*\n$/,
    );
    const calls = Deno.readTextFileSync(join(scratch.root, "bin", "apt-get.calls"));
    assert.equal(calls.match(/ update$/gm)?.length, 1);
    assert.match(calls, / install .*mesa-vulkan-drivers libvulkan1\n.* install .*chromium\n$/);
  },
});

Deno.test({
  name: "creel installs a BLAS where there is none, also for the CPU device, unless one is named",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({
      ldconfig: "echo libvulkan.so.1",
      deno: deno("2.9.6"),
      id: "echo 0",
      "apt-get": `echo "$@" >>${"$0"}.calls`,
    });
    const { code, err } = scratch.run(["select", "pool.npy", "--device", "cpu"], noDriver);
    assert.equal(code, 0);
    assert.match(err, /^creel: no BLAS: installing libopenblas0-pthread with apt-get\n$/);
    const calls = Deno.readTextFileSync(join(scratch.root, "bin", "apt-get.calls"));
    assert.match(calls, / install .*libopenblas0-pthread\n$/);
    assert.equal(scratch.run(["doctor", "--device=cpu"], { CREEL_BLAS: "none" }).err, "");
    assert.equal(scratch.run(["select", "--help"]).err, "");
  },
});

Deno.test({
  name: "creel goes on without a driver when apt-get fails, and does not retry at once",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({
      ...loader,
      deno: deno("2.9.6"),
      id: "echo 0",
      "apt-get": "echo mirror down; exit 100",
    });
    const first = scratch.run(["demo"], noDriver);
    assert.equal(first.code, 0);
    assert.match(
      first.err,
      /mirror down\n.*could not install .*: going on with the CPU device\n$/s,
    );
    const second = scratch.run(["demo"], noDriver);
    assert.equal(second.code, 0);
    assert.match(
      second.err,
      /^creel: no Vulkan driver, and apt-get could not install it lately .*\n$/,
    );
  },
});

Deno.test({
  name: "creel names the packages where it may not install them, and only if a device is wanted",
  ignore: !posix,
  fn() {
    using scratch = new Scratch({
      ...loader,
      deno: deno("2.9.6"),
      id: "echo 1000",
      "apt-get": "exit 1",
    });
    const { code, err } = scratch.run(["demo"], noDriver);
    assert.equal(code, 0);
    assert.match(
      err,
      /^creel: no Vulkan driver: going on with the CPU device .*mesa-vulkan-drivers libvulkan1\)\n$/,
    );
    const cpu = [["demo", "--device", "cpu"], ["demo", "--device=cpu"]];
    for (const args of [[], ["--help"], ["version"], ["strategies"], ["report", "x"], ...cpu]) {
      assert.equal(scratch.run(args, noDriver).err, "");
    }
  },
});

Deno.test({
  name: "creel with CREEL_NO_INSTALL fetches no packages, and says in one line which are missing",
  ignore: !posix,
  fn() {
    const none = { CREEL_NO_INSTALL: "1" };
    using scratch = new Scratch({ ...loader, deno: deno("2.9.6") });
    const { code, out, err } = scratch.run(["select", "x.npy"], none);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /: run --quiet --frozen --cached-only .*main\.ts select x\.npy\n$/);
    assert.doesNotMatch(scratch.run(["select", "x.npy"]).out, /cached-only/);

    const lacking = `if [ "$1" = install ]; then echo lines of Deno >&2; exit 1; fi
${deno("2.9.6")}`;
    using empty = new Scratch({ ...loader, deno: lacking });
    for (const args of [["select"], ["test"], ["--help"]]) {
      assert.deepEqual(empty.run(args, none), {
        code: 2,
        out: "",
        err: `creel: Deno's cache lacks npm packages of ${empty.checkout}/deno.lock, ` +
          "and CREEL_NO_INSTALL forbids to fetch them\n",
      });
    }
  },
});

const edge = (from: string, to: string, dynamic = false): Import => ({ from, to, dynamic });

Deno.test("a layer imports from itself and from those below, not from above or beside", () => {
  assert.equal(layerOf("src/errors.ts"), "base");
  assert.equal(layerOf("src/cli/commands/select.ts"), "cli");
  assert.equal(layerOf("mod.ts"), "entry");
  // The innermost folder that is a layer counts.
  assert.equal(layerOf("src/select/registry.ts"), "select");
  assert.equal(layerOf("src/select/bait/backward/exact-pruning.ts"), "select/bait");
  assert.equal(layerOf("src/learn/metrics/calibration.ts"), "learn/metrics");
  assert.deepEqual(
    misplaced([
      edge("src/cli/main.ts", "mod.ts"),
      edge("mod.ts", "src/io/npy.ts"),
      edge("src/select/bait/bait.ts", "src/select/bait/backward/exact-pruning.ts"),
      edge("src/select/bait/bait-run.ts", "src/select/drivers/greedy.ts"),
      edge("src/device/open.ts", "src/errors.ts"),
    ]),
    [],
  );
  assert.deepEqual(
    misplaced([
      edge("src/device/open.ts", "src/kernels/matmul.ts"),
      edge("src/pool/pool.ts", "src/head/linear.ts"),
      edge("src/select/bait/bait.ts", "src/select/registry.ts"),
      edge("src/learn/simulation/head.ts", "src/learn/learner/learner.ts"),
      edge("src/utils/misc.ts", "src/errors.ts"),
      edge("src/pool/pool.ts", "src/fisher/full.ts"),
    ]),
    [
      "src/device/open.ts imports src/kernels/matmul.ts: device is below kernels",
      "src/pool/pool.ts imports src/head/linear.ts: pool is below head",
      "src/select/bait/bait.ts imports src/select/registry.ts: select/bait is below select",
      "src/learn/simulation/head.ts imports src/learn/learner/learner.ts: learn/simulation and " +
      "learn/learner are neighbors and stay apart",
      "src/utils/misc.ts is in utils, which is no layer of tasks/imports.ts",
      "src/pool/pool.ts imports src/fisher/full.ts: fisher is no layer",
    ],
  );
});

Deno.test("no strategy imports another; what is loaded later is no exception", () => {
  const [mase, base] = ["src/select/strategies/mase.ts", "src/select/strategies/base.ts"];
  assert.deepEqual(
    joined([
      edge(mase, "src/select/geometry/boundaries.ts"),
      edge("src/select/registry.ts", mase, true),
      edge("src/select/bait/bait.ts", "src/select/bait/options.ts"),
    ]),
    [],
  );
  const sentence = `${base} imports ${mase}: the files of select/strategies stand alone`;
  assert.deepEqual(joined([edge(base, mase), edge(base, mase, true)]), [sentence, sentence]);
});

Deno.test("a circle of imports is found and written out, unless one of them comes later", () => {
  const ring = [edge("a.ts", "b.ts"), edge("b.ts", "c.ts"), edge("x.ts", "a.ts")];
  assert.deepEqual(circles(ring), []);
  assert.deepEqual(circles([...ring, edge("c.ts", "a.ts")]), ["a.ts -> b.ts -> c.ts -> a.ts"]);
  assert.deepEqual(circles([...ring, edge("c.ts", "a.ts", true)]), []);
});

Deno.test("an import of a type alone counts in circles as any other", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "creel-imports-" }));
  try {
    await Deno.mkdir(join(root, "src"));
    await Deno.writeTextFile(join(root, "deno.json"), "{}");
    await Deno.writeTextFile(join(root, "deno.lock"), '{ "version": "5" }');
    const file = (name: string, text: string) => Deno.writeTextFile(join(root, "src", name), text);
    await file("a.ts", 'import type { B } from "./b.ts";\nexport interface A { b: B }\n');
    await file("b.ts", 'import type { A } from "./a.ts";\nexport interface B { a?: A }\n');
    const { imports, broken } = await importsOf(root);
    assert.deepEqual(broken, []);
    assert.deepEqual(circles(imports), ["src/a.ts -> src/b.ts -> src/a.ts"]);
    await file("b.ts", 'import type { C } from "./missing.ts";\nexport interface B { c?: C }\n');
    assert.equal((await importsOf(root)).broken.length, 1);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("the closing line of a test run is read whatever it holds", () => {
  assert.deepEqual(tallyOf("x\nok | 12 passed | 0 failed | 1 ignored (3s)\n"), {
    passed: 12,
    failed: 0,
    skipped: 1,
  });
  assert.deepEqual(
    tallyOf(
      "FAILED | 2 passed (1 step) | 3 failed (1 step) | 1 ignored (1 step) | 4 filtered out (69ms)",
    ),
    { passed: 2, failed: 3, skipped: 1 },
  );
  assert.equal(tallyOf("error: Module not found"), undefined);
  assert.equal(summary({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assert.equal(summary({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});
