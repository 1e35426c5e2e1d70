/** What reaches the terminal, and how the program ends when something goes wrong there. */

import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { explain } from "../../src/cli/failure.ts";
import { visible, visibleLine } from "../../src/cli/visible.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { inFolder } from "../io/fixtures.ts";
import { catching, creel, withFiles } from "./creel.ts";

const posix = Deno.build.os !== "windows";
const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** Runs a line of the shell, in which `creel` is the program. */
async function shell(line: string, folder = ".") {
  const program = `creel() { "$0" run --no-check -A '${main}' "$@"; }\n${line}`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", program, Deno.execPath()],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { status: code, out: out!, err: err! };
}

Deno.test("no control character passes, and a string of JSON keeps its value", () => {
  const letters = fc.constantFrom(...'\x00\x07\b\t\n\v\r\x1b\x7f\x9b\u2028\u202e\u2066[31mä"\\');
  const texts = fc.array(letters).map((all) => all.join(""));
  fc.assert(fc.property(texts, (text) => {
    // deno-lint-ignore no-control-regex
    const hidden = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
    assert.doesNotMatch(visible(text), hidden);
    assert.doesNotMatch(visibleLine(text), /\n/);
    assert.equal(JSON.parse(visible(JSON.stringify(text))), text);
  }));
  assert.equal(visible("größe\n\x1b[2J"), "größe\n\\u001b[2J");
});

Deno.test("names with escape sequences are shown escaped, on stderr and stdout", async () => {
  const evil = "\x1b]0;title\x07\x9b2J";
  const shown = "\\u001b]0;title\\u0007\\u009b2J";
  await withFiles(
    { [`${evil}\n.npy`]: encodeNpy(Float32Array.of(1, 2, 3), [3]) },
    async (folder) => {
      const path = join(folder, `${evil}\n.npy`);
      const calls: [string[], RegExp][] = [
        [["select", path, "--budget", "1"], /^creel: Cannot use features in [^\n]+\n$/],
        [[evil], /^creel: Unknown command [^\n]+\n$/],
        [["select", path, "--budget", "1", `--${evil}`], /^creel: Unknown option [^\n]+\n$/],
        [
          ["select", path, "--budget", "1", "--strategy", evil],
          /^creel: Unknown strategy [^\n]+\n$/,
        ],
      ];
      for (const [args, sentence] of calls) {
        const { status, out, err } = await creel(...args, "--device", "cpu");
        assert.deepEqual([status, out], [2, ""]);
        assert.match(err, sentence);
        assert.ok(err.includes(shown), err);
        assert.ok(!err.includes("\x1b") && !err.includes("\x9b"), err);
      }
      const csv = join(folder, "x.csv");
      await Deno.writeTextFile(csv, `a,${evil}\n1,2\n1,word\n`);
      const { err } = await creel("select", csv, "--budget", "1", "--device", "cpu");
      assert.match(err, /^creel: [^\n]+\n$/);
      assert.ok(!err.includes("\x1b"), err);
      // The summary of a strategy from a file is a text of its author.
      const mine = join(folder, "mine.js");
      const code = `export default { name: "mine", summary: ${
        JSON.stringify(evil)
      }, select() {} };`;
      await Deno.writeTextFile(mine, code);
      const listed = await creel("strategies", mine);
      assert.ok(listed.out.includes(`mine: ${shown}.`), listed.out + listed.err);
      const json = await creel("strategies", mine, "--json");
      assert.ok(!json.out.includes("\x9b"));
      assert.equal(JSON.parse(json.out).summary, evil);
    },
  );
});

Deno.test({
  name: "a closed pipe ends the program quietly with 141, a full disk with one line and 2",
  ignore: !posix,
  async fn() {
    // The reader ends at once; a pipe of a dead reader fails at the first write.
    const closed = "{ creel strategies --json; echo $? >status; } | true; cat status";
    await inFolder(async (folder) => {
      assert.deepEqual(await shell(closed, folder), { status: 0, out: "141\n", err: "" });
    });
    if (Deno.build.os !== "linux") return;
    assert.deepEqual(await shell("creel --help >/dev/full"), {
      status: 2,
      out: "",
      err: "creel: Cannot write to standard output: the disk is full\n",
    });
    for (const line of ["creel selct 2>/dev/full", "creel selct 2>&-", "creel selct 2>&1 >&-"]) {
      assert.equal((await shell(line)).status, 2, line);
    }
    assert.equal((await shell("creel select --help 2>&- >/dev/full")).status, 2);
  },
});

Deno.test("an unforeseen error asks for a report without its text, and shows it if verbose", async () => {
  const error = new TypeError("secret /home/me", { cause: new Error("because") });
  const told = (verbose: boolean) =>
    catching(() => Promise.resolve(explain(error, { command: "train", verbose })));
  const sentence = "creel: An unforeseen TypeError stopped creel train of version " +
    `${(await creel("version")).out.slice(6, -1)}: please report it, with what the same command ` +
    "prints after --verbose\n";
  assert.deepEqual(await told(false), { status: 70, out: "", err: sentence });
  const { status, err } = await told(true);
  assert.equal(status, 70);
  assert.ok(err.startsWith(sentence));
  assert.match(err, /TypeError: secret \/home\/me\n +at [^]*because/);
});

Deno.test("an error in a custom strategy is one of its file, with its place if verbose", async () => {
  const code = `export default { name: "mine", select() { null.length; } };`;
  const x = encodeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]);
  await withFiles({ "mine.js": code, "x.npy": x }, async (folder) => {
    const args = ["select", `${folder}/x.npy`, "--budget", "1", "--device", "cpu", "--strategy"];
    const brief = await creel(...args, `${folder}/mine.js`);
    assert.deepEqual([brief.status, brief.out], [2, ""]);
    assert.match(brief.err, /^creel: Strategy [^\n]+mine\.js failed: Cannot read [^\n]+\n$/);
    const { err } = await creel(...args, `${folder}/mine.js`, "--verbose");
    assert.ok(err.startsWith(brief.err));
    assert.match(err, /TypeError: [^]*at Object\.select \([^)]+mine\.js:1:48\)/);
  });
});

Deno.test("the first error counts where a second one follows while resources are freed", async () => {
  const { InputError } = await import("../../src/errors.ts");
  const both = new SuppressedError(new TypeError("later"), new InputError("Cannot read x"));
  const { status, err } = await catching(() =>
    Promise.resolve(explain(both, { command: "select", verbose: false }))
  );
  assert.deepEqual([status, err], [2, "creel: Cannot read x\n"]);
});

Deno.test({
  name: "what no code awaits ends the program with 70 and one line",
  ignore: !posix,
  async fn() {
    const later: Record<string, string> = {
      "a rejection": "Promise.reject(new RangeError('x'))",
      "an exception in a timer": "setTimeout(() => { throw new RangeError('x'); })",
    };
    await inFolder(async (folder) => {
      for (const [what, code] of Object.entries(later)) {
        // A strategy of the user's runs such code within the program.
        const module = `export default { name: "mine", async select({ candidates }) {
          ${code};
          await new Promise((resolve) => setTimeout(resolve, 2000));
          return [candidates[0]];
        } };`;
        await Deno.writeTextFile(join(folder, "mine.js"), module);
        await Deno.writeFile(join(folder, "x.npy"), encodeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]));
        const line = "creel select x.npy --budget 1 --device cpu --strategy ./mine.js";
        const { status, out, err } = await shell(line, folder);
        assert.deepEqual([status, out], [70, ""], what + err);
        assert.match(err, /^creel: An unforeseen RangeError stopped creel select [^\n]+\n$/, what);
      }
    });
  },
});
