/** Every command of the guide's list of permissions runs with those permissions and no others. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const root = join(import.meta.dirname!, "..", "..");
const guide = await Deno.readTextFile(join(root, "docs", "guide.md"));
const section = guide.slice(guide.indexOf("### Permissions"), guide.indexOf("## File formats"));
const commands = section.match(/^deno run .*$/gm) ?? [];

/** Runs a command line of the guide in a folder, from the checkout and on the CPU. */
async function run(command: string, folder: string) {
  const [permissions, args] = command.slice("deno run ".length).split("jsr:@creel/creel/cli ");
  const words = args!.split(" ");
  const device = words[0] === "strategies" || words[0] === "report" ? [] : ["--device", "cpu"];
  // The demo's digits are a file of the checkout, which is what the package is elsewhere.
  const own = words[0] === "demo" ? `,${join(root, "docs", "data")}` : "";
  const flags = permissions!.split(" ").filter((flag) => flag !== "").map((flag) =>
    flag.startsWith("--allow-read") ? flag + own : flag
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--frozen",
      ...["--config", join(root, "deno.json")],
      ...flags,
      join(root, "src", "cli", "main.ts"),
      ...words,
      ...device,
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}

const files = {
  "pool.npz": learnable["pool.npz"]!,
  "known.npy": learnable["known.npy"]!,
  "x.npy": learnable["x.npy"]!,
};

Deno.test("permissions: every command of the guide runs with those that the guide gives it", async () => {
  assert.equal(commands.length, 8);
  await withFiles(files, async (folder) => {
    await Deno.mkdir(join(folder, "out"));
    for (const command of commands) {
      const { code, out, err } = await run(forPool(command), folder);
      assert.equal(code, 0, `${command}: ${err}`);
      if (!command.includes("--out")) assert.notEqual(out, "", command);
    }
    const written = [...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name).sort();
    assert.deepEqual(written, ["curves", "demo", "head.safetensors", "next.txt", "report"]);
  });
});

Deno.test("permissions: without one of them a command says in one sentence which it lacks", async () => {
  await withFiles(files, async (folder) => {
    await Deno.mkdir(join(folder, "out"));
    const writing = commands.find((one) => one.includes("select") && one.includes("--out"))!;
    for (
      const [flag, access] of [
        [/--allow-read=\S+ /, "read"],
        [/--allow-write=\S+ /, "write"],
        [",out", "read"],
      ] as const
    ) {
      const { code, err } = await run(forPool(writing).replace(flag, ""), folder);
      assert.equal(code, 2, err);
      assert.match(
        err,
        new RegExp(`^creel: Cannot [^\\n]+[:(] ?Requires ${access} access[^\\n]*\\n$`),
      );
    }
    assert.deepEqual([...Deno.readDirSync(join(folder, "out"))], []);
  });
});

/** All rows of the test's pool are labeled: for a selection those of another file are taken. */
function forPool(command: string): string {
  return command.includes(" select ")
    ? command.replaceAll("pool.npz", "x.npy").replace("=x.npy", "=x.npy,known.npy") +
      " --labels known.npy"
    : command;
}
