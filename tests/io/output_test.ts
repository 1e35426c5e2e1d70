import assert from "node:assert/strict";
import { join } from "node:path";
import {
  checkNoInput,
  checkOutput,
  checkOutputFolder,
  removeTemporaries,
  writeAtomically,
} from "../../src/io/output.ts";
import { inFolder, refuses } from "./fixtures.ts";

const UNIX = Deno.build.os !== "windows";
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("output: checking leaves nothing behind, and changes nothing", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "out.json");
    await checkOutput(path);
    await checkOutputFolder(folder);
    await checkOutputFolder(join(folder, "new"));
    assert.deepEqual(namesIn(folder), []);
    await Deno.writeTextFile(path, "old");
    await checkOutput(path, { force: true });
    assert.deepEqual(namesIn(folder), ["out.json"]);
    assert.equal(await Deno.readTextFile(path), "old");
  });
});

Deno.test("output: a name that is not possible is one sentence", async () => {
  await inFolder(async (folder) => {
    const long = join(folder, `${"x".repeat(300)}.txt`);
    const nul = join(folder, "a\0b.txt");
    await refuses(() => checkOutput(""), "Cannot write to a file or folder without a name");
    await refuses(() => checkOutputFolder(""), "Cannot write to a file or folder without a name");
    await refuses(() => checkOutput(long), `Cannot write ${long}: its name is too long`);
    await refuses(() => checkOutputFolder(long), `Cannot write to ${long}: its name is too long`);
    await refuses(() => checkOutput(nul), `Cannot write ${nul}: its name has a NUL character`);
    await refuses(
      () => checkOutputFolder(nul),
      `Cannot write to ${nul}: its name has a NUL character`,
    );
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "mine");
    await refuses(() => checkOutputFolder(file), `Cannot write to ${file}: it is not a folder`);
    const inner = join(file, "new");
    await refuses(
      () => checkOutputFolder(inner),
      `Cannot write to ${inner}: the folder ${file} does not exist`,
    );
    assert.deepEqual(namesIn(folder), ["file"]);
  });
});

Deno.test({
  name: "output: the longest name that the file system allows is written",
  ignore: !UNIX,
  fn: async () => {
    await inFolder(async (folder) => {
      const path = join(folder, `${"x".repeat(251)}.txt`);
      await checkOutput(path);
      await writeAtomically(path, "whole");
      assert.equal(await Deno.readTextFile(path), "whole");
    });
  },
});

Deno.test({
  name: "output: dangling links and circles of links are named, and links are followed",
  ignore: !UNIX,
  fn: async () => {
    await inFolder(async (folder) => {
      const [link, circle] = [join(folder, "link.txt"), join(folder, "circle.txt")];
      await Deno.symlink(join(folder, "nowhere", "out.txt"), link);
      await Deno.symlink(circle, circle);
      const dangling = "it is a symbolic link to a missing file";
      for (const options of [{}, { force: true }]) {
        await refuses(() => checkOutput(link, options), `Cannot write ${link}: ${dangling}`);
        await refuses(
          () => writeAtomically(link, "x", options),
          `Cannot write ${link}: ${dangling}`,
        );
        await refuses(
          () => checkOutput(circle, options),
          `Cannot write ${circle}: its symbolic links lead in a circle`,
        );
      }
      await refuses(() => checkOutputFolder(link), `Cannot write to ${link}: ${dangling}`);
      // The folder of the file counts, not that of the link.
      const far = join(folder, "far.txt");
      await Deno.symlink("/proc/version", far);
      if (Deno.build.os !== "linux") return;
      await refuses(
        () => checkOutput(far, { force: true }),
        `Cannot write ${far}: no file can be made in /proc (the file system refuses it)`,
      );
    });
  },
});

// The modes of files do not bind the superuser, but file systems without room for files do.
Deno.test({
  name: "output: a folder that may not be written is one sentence, before the work",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const sentence = (action: string, folder: string) =>
      new RegExp(`^Cannot write ${action}: no file can be made in ${folder} \\([^()]+\\)$`);
    for (const folder of ["/proc", "/sys"]) {
      const path = `${folder}/out.txt`;
      const refuses = async (attempt: () => Promise<void>, message: RegExp) =>
        await assert.rejects(attempt, { name: "InputError", message });
      await refuses(() => checkOutput(path), sentence(path, folder));
      await refuses(() => checkOutputFolder(`${folder}/out`), sentence(`${folder}/out`, folder));
      await refuses(() => checkOutputFolder(folder), sentence(`to ${folder}`, "it"));
    }
  },
});

Deno.test({
  name: "output: a folder without the permission to write is one sentence",
  // The superuser may write anywhere.
  ignore: !UNIX || Deno.uid() === 0,
  fn: async () => {
    await inFolder(async (folder) => {
      const closed = join(folder, "closed");
      await Deno.mkdir(closed, { mode: 0o555 });
      const path = join(closed, "out.txt");
      await refuses(
        () => checkOutput(path),
        `Cannot write ${path}: no file can be made in ${closed} (permission denied)`,
      );
    });
  },
});

Deno.test("output: an input is refused, also through links and among shards", async () => {
  await inFolder(async (folder) => {
    const [pool, other, shards] = ["pool.npy", "other.npy", "shards"].map((n) =>
      join(folder, n)
    ) as [
      string,
      string,
      string,
    ];
    await Deno.writeTextFile(pool, "pool");
    await Deno.writeTextFile(other, "pool");
    await Deno.mkdir(shards);
    await Deno.writeTextFile(join(shards, "0.parquet"), "shard");
    const refused = async (path: string, input: string, sentence: string) => {
      for (const force of [false, true]) {
        await refuses(
          () => checkOutput(path, { force, inputs: [other, input] }),
          `Cannot write ${path}: ${sentence}`,
        );
      }
    };
    await refused(pool, pool, "it is an input");
    const roundabout = join(folder, "shards", "..") + "/../" + folder.split("/").at(-1) +
      "/pool.npy";
    await refused(roundabout, pool, `it is the same file as the input ${pool}`);
    await Deno.link(pool, join(folder, "hard.npy"));
    await refused(join(folder, "hard.npy"), pool, `it is the same file as the input ${pool}`);
    // A file with the same content is another one, and so is one that does not exist yet.
    await checkOutput(other, { force: true, inputs: [pool, shards] });
    await checkNoInput(join(folder, "new.npy"), [pool, join(folder, "new.npy")]);
    if (!UNIX) return;
    const link = join(folder, "link.npy");
    await Deno.symlink(pool, link);
    await refused(link, pool, `it is the same file as the input ${pool}`);
    await refused(pool, link, `it is the same file as the input ${link}`);
    const shard = join(folder, "shard.npy");
    await Deno.symlink(join(shards, "0.parquet"), shard);
    await refused(shard, shards, `it is the same file as the input ${join(shards, "0.parquet")}`);
  });
});

Deno.test("output: of many writers at once without force, one writes and the others are refused", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "out.txt");
    const write = async (text: string) => {
      try {
        await writeAtomically(path, text);
        return text;
      } catch (error) {
        assert.equal(
          (error as Error).message,
          `Cannot write ${path}: it exists, and --force replaces it`,
        );
        return undefined;
      }
    };
    const texts = Array.from({ length: 10 }, (_, i) => `writer ${i}`);
    const written = (await Promise.all(texts.map(write))).filter((text) => text !== undefined);
    assert.equal(written.length, 1);
    assert.equal(await Deno.readTextFile(path), written[0]);
    assert.deepEqual(namesIn(folder), ["out.txt"]);
  });
});

Deno.test("output: of temporary files, only those of Creel are removed", async () => {
  await inFolder(async (folder) => {
    const names = [".creel-0123abcd.tmp", ".creel-notes.tmp", ".other-0123abcd.tmp", "x.tmp"];
    for (const name of names) await Deno.writeTextFile(join(folder, name), "");
    await removeTemporaries(folder);
    assert.deepEqual(namesIn(folder), names.slice(1));
    await removeTemporaries(join(folder, "missing"));
  });
});
