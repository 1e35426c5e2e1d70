import assert from "node:assert/strict";
import { join } from "node:path";
import { readBytes } from "../../src/io/bytes.ts";
import { openFile } from "../../src/io/file.ts";
import { checkOutput, writeAtomically } from "../../src/io/output.ts";
import { inFolder, refuses, same } from "./fixtures.ts";

Deno.test("file: reads at any offset, also many reads at once", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "x");
    const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3);
    await Deno.writeFile(path, content);
    await using file = await openFile(path);
    assert.deepEqual([file.name, file.size], [path, content.length]);
    const offsets = Array.from({ length: 50 }, (_, i) => (i * 6007) % 250_000);
    const parts = await Promise.all(offsets.map((offset) => readBytes(file, offset, 40_000)));
    parts.forEach((part, i) => {
      same(part, content.subarray(offsets[i]!, offsets[i]! + 40_000));
    });
    await refuses(
      () => readBytes(file, 299_999, 2),
      `Cannot read ${path}: truncated, 300000 bytes found and 300001 needed`,
    );
  });
});

Deno.test("file: may be closed twice, and a file that shrinks while it is read is noticed", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "x");
    await Deno.writeFile(path, new Uint8Array(100));
    const file = await openFile(path);
    await Deno.truncate(path, 10);
    await refuses(
      () => readBytes(file, 0, 100),
      `Cannot read ${path}: it became shorter since it was opened`,
    );
    await file.close();
    await file.close();
  });
});

Deno.test("file: what is missing, a folder or a device is named", async () => {
  await inFolder(async (folder) => {
    const missing = join(folder, "missing.npy");
    await refuses(() => openFile(missing), `Cannot read ${missing}: it does not exist`);
    await refuses(() => openFile(folder), `Cannot read ${folder}: it is a folder`);
    const file = join(folder, "x");
    await Deno.writeTextFile(file, "");
    await refuses(
      () => openFile(join(file, "y")),
      `Cannot read ${join(file, "y")}: a part of its path is not a folder`,
    );
  });
  if (Deno.build.os !== "windows") {
    await refuses(() => openFile("/dev/null"), "Cannot read /dev/null: it is not a regular file");
  }
});

Deno.test("file: writes text and bytes, and leaves nothing else behind", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "out.json");
    await writeAtomically(path, "größe\n");
    assert.equal(await Deno.readTextFile(path), "größe\n");
    await writeAtomically(path, Uint8Array.of(1, 2, 3), { force: true });
    assert.deepEqual([...await Deno.readFile(path)], [1, 2, 3]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["out.json"]);
  });
});

Deno.test("file: an existing file needs force, and a missing folder is named", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "out.json");
    await Deno.writeTextFile(path, "old");
    await refuses(
      () => writeAtomically(path, "new"),
      `Cannot write ${path}: it exists, and --force replaces it`,
    );
    assert.equal(await Deno.readTextFile(path), "old");
    const orphan = join(folder, "no", "out.json");
    await refuses(
      () => writeAtomically(orphan, "x"),
      `Cannot write ${orphan}: the folder ${join(folder, "no")} does not exist`,
    );
    await refuses(
      () => checkOutput(join(path, "x")),
      `Cannot write ${join(path, "x")}: the folder ${path} is not a folder`,
    );
    await refuses(
      () => checkOutput(folder, { force: true }),
      `Cannot write ${folder}: it is a folder`,
    );
    await checkOutput(join(folder, "free.json"));
    await checkOutput(path, { force: true });
  });
});

Deno.test({
  name: "file: a device is never replaced, a link is followed, permissions are kept",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await inFolder(async (folder) => {
      await refuses(
        () => writeAtomically("/dev/null", "x", { force: true }),
        "Cannot write /dev/null: it is not a regular file",
      );
      const path = join(folder, "real.json");
      const link = join(folder, "link.json");
      await Deno.writeTextFile(path, "old", { mode: 0o640 });
      await Deno.symlink(path, link);
      await writeAtomically(link, "new", { force: true });
      assert.equal(await Deno.readTextFile(path), "new");
      assert.ok((await Deno.lstat(link)).isSymlink);
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o640);
    });
  },
});

Deno.test({
  name: "file: on a full disk the old file survives and no temporary file is left",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "out.bin");
      await Deno.writeTextFile(path, "old");
      // The shell's limit on file sizes makes write(2) fail in the middle as a full disk does.
      const module = import.meta.resolve("../../src/io/output.ts");
      const script = `import { writeAtomically } from ${JSON.stringify(module)};
        try {
          await writeAtomically(Deno.args[0], new Uint8Array(1 << 20), { force: true });
        } catch (error) {
          console.log(error.name + ": " + error.message);
        }`;
      const program = join(folder, "write.js");
      await Deno.writeTextFile(program, script);
      const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" run -A --no-lock --no-check "$@"`;
      const { stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", limited, Deno.execPath(), program, path],
        env: { NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder();
      assert.equal(
        text.decode(stdout),
        `InputError: Cannot write ${path}: the file would be larger than the limit\n`,
        text.decode(stderr),
      );
      assert.equal(await Deno.readTextFile(path), "old");
      const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      assert.deepEqual(left, ["out.bin", "write.js"]);
    });
  },
});
