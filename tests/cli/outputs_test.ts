/** Outputs of commands: never an input, and checked before the work. */

import assert from "node:assert/strict";
import { creel, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const STRATEGY = `export default { name: "first", select: ({ candidates, budget }) =>
  Promise.resolve({ picks: candidates.slice(0, budget) }) };`;

/** Asserts that calls end with status 2 and their sentence, and that no file changes. */
async function refused(folder: string, calls: readonly (readonly [string, string])[]) {
  const contents = () =>
    namesIn(folder).map((name) => {
      const path = `${folder}/${name}`;
      return [name, Deno.statSync(path).isFile ? Deno.readFileSync(path) : namesIn(path)];
    });
  const before = contents();
  for (const [call, sentence] of calls) {
    for (const force of [[], ["--force"]]) {
      const args = call.split(" ").map((word) => word.replaceAll("@", `${folder}/`));
      const { status, out, err } = await creel(...args, ...force, "--quiet");
      assert.equal(err, `creel: ${sentence.replaceAll("@", `${folder}/`)}\n`, call);
      assert.deepEqual([status, out], [2, ""], call);
    }
  }
  assert.deepEqual(contents(), before);
}

Deno.test("an output that is an input is refused by every command, also with --force", async () => {
  const csv = `${Array.from({ length: 9 }, (_, i) => `${i},${i % 4},${i % 2}`).join("\n")}\n`;
  const files = {
    ...learnable,
    "head.safetensors": learnable["x.npy"]!,
    "curves.csv": `strategy,seed,labels\n${csv}`,
    "first.ts": STRATEGY,
  };
  await withFiles(files, async (folder) => {
    Deno.symlinkSync(`${folder}/labels.npy`, `${folder}/link.npy`);
    Deno.symlinkSync(`${folder}/first.ts`, `${folder}/first.txt`);
    Deno.linkSync(`${folder}/pool.npz`, `${folder}/hard.txt`);
    Deno.symlinkSync(`${folder}/x.npy`, `${folder}/x.safetensors`);
    Deno.mkdirSync(`${folder}/sub`);
    Deno.symlinkSync(`${folder}/pool.npz`, `${folder}/sub/summary.json`);
    const simulate = "simulate @pool.npz --strategies random --out @";
    await refused(folder, [
      ["select @x.npy --budget 1 --out @x.npy", "Cannot write @x.npy: it is an input"],
      [
        "select @pool.npz --budget 1 --out @hard.txt",
        "Cannot write @hard.txt: it is the same file as the input @pool.npz",
      ],
      [
        "select @x.npy --labels @labels.npy --budget 1 --out @link.npy",
        "Cannot write @link.npy: it is the same file as the input @labels.npy",
      ],
      [
        "select @x.npy --member-logits @labels.npy,@wide.npy --budget 1 --out @wide.npy",
        "Cannot write @wide.npy: it is an input",
      ],
      [
        "select @x.npy --strategy @first.ts --budget 1 --out @first.txt",
        "Cannot write @first.txt: it is the same file as the input @first.ts",
      ],
      [
        "train @head.safetensors --labels @labels.npy --out @head.safetensors",
        "Cannot write @head.safetensors: it is an input",
      ],
      [
        "train @pool.npz --test @x.npy --test-labels @labels.npy --out @x.safetensors",
        "Cannot write @x.safetensors: it is the same file as the input @x.npy",
      ],
      // What looks like a report of Creel is an input nevertheless.
      [
        "simulate @curves.csv --strategies random --out @",
        "Cannot write @curves.csv: it is an input",
      ],
      [
        `${simulate}sub`,
        "Cannot write @sub/summary.json: it is the same file as the input @pool.npz",
      ],
    ]);
  });
});

Deno.test({
  name: "a folder that may not be written is one sentence of every command, before the work",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await withFiles(learnable, async (folder) => {
      const long = `${"x".repeat(300)}`;
      // The superuser may not write there either.
      const reason = "no file can be made in /proc (the file system refuses it)";
      const at = (out: string) => `Cannot write ${out}: ${reason}`;
      await refused(folder, [
        // What is wrong with the input would be found later.
        ["select @missing.npy --budget 1 --out /proc/picks.txt", at("/proc/picks.txt")],
        ["train @missing.npy --out /proc/head.safetensors", at("/proc/head.safetensors")],
        ["simulate @missing.npy --out /proc/results", at("/proc/results")],
        ["demo --out /proc/digits", at("/proc/digits")],
        [
          "simulate @missing.npy --out /proc",
          "Cannot write to /proc: no file can be made in it (the file system refuses it)",
        ],
        [`simulate @missing.npy --out @${long}`, `Cannot write to @${long}: its name is too long`],
        [`demo --out @${long}`, `Cannot write to @${long}: its name is too long`],
        [
          `select @missing.npy --budget 1 --out @${long}.txt`,
          `Cannot write @${long}.txt: its name is too long`,
        ],
      ]);
    });
  },
});

Deno.test("simulate refuses a strategy whose record would have too long a name, before any run", async () => {
  const name = `first${"x".repeat(250)}`;
  const files = { ...learnable, "first.ts": STRATEGY.replace('"first"', `"${name}"`) };
  await withFiles(files, async (folder) => {
    const out = `${folder}/out`;
    const { status, err } = await creel(
      ...["simulate", `${folder}/pool.npz`, "--strategies", `random,${folder}/first.ts`],
      ...["--initial", "3", "--rounds", "2", "--budget", "4", "--device", "cpu", "--out", out],
    );
    assert.deepEqual([status, err], [
      2,
      `creel: Cannot read ${out}/runs/${name}-seed0.json: its name is too long\n`,
    ]);
    assert.deepEqual(namesIn(`${out}/runs`), []);
  });
});
