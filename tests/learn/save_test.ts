/** Saves in SQLite: round trips, other people's files, damage, crashes and full disks. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { arrayRows } from "../../src/io/rows.ts";
import { ActiveLearner } from "../../src/learn/learner/learner.ts";
import { loadLearner, readSave, saveLearner } from "../../src/learn/learner/save-file.ts";
import { Pool } from "../../src/pool/pool.ts";
import { sharedDevice } from "../fixture.ts";
import { inFolder, refuses } from "../io/fixtures.ts";

const ROWS = 12;
const COLUMNS = 3;
const features = Float32Array.from({ length: ROWS * COLUMNS }, (_, e) => Math.sin(3 * e * e));
const clock = () => new Date("2026-11-20T12:00:00Z");

async function poolOf(data = features): Promise<Pool> {
  return await Pool.from(await sharedDevice("cpu"), arrayRows("features", data, COLUMNS));
}

/** Runs a test with a learner that has seen something, a pool and a path for its save. */
async function withLearner(
  test: (learner: ActiveLearner, path: string, pool: Pool) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    using pool = await poolOf();
    using learner = await ActiveLearner.create(pool, { classes: ["no", "yes"], clock });
    learner.label([0, 5, 7], [0, 1, 0], { note: "größe ☺" });
    const { picks } = await learner.suggest(2);
    learner.label(picks, [1, 1]);
    learner.skip(learner.candidates[0]!);
    await learner.evaluate(pool, new Uint8Array(ROWS));
    await test(learner, join(folder, "project.creel"), pool);
  });
}

const text = (value: unknown) => JSON.stringify(value);

Deno.test("save: a loaded learner is the one that was saved, in one file", async () => {
  await withLearner(async (learner, path, pool) => {
    saveLearner(learner, path);
    using again = await loadLearner(path, pool, { clock });
    assert.equal(text(again), text(learner));
    assert.deepEqual(again.labels, learner.labels);
    assert.deepEqual(await again.suggest(2), await learner.suggest(2));
    again.undo();
    again.unlabel(0);
    saveLearner(again, path);
    saveLearner(again.toJSON(), path);
    assert.equal(text(readSave(path)), text(again));
    assert.deepEqual([...Deno.readDirSync(join(path, ".."))].map(({ name }) => name), [
      "project.creel",
    ]);
  });
});

Deno.test("save: any history is the same after a round trip", async () => {
  await withLearner(async (learner, path, pool) => {
    const step = fc.tuple(
      fc.constantFrom("label", "unlabel", "skip", "unskip", "undo" as const),
      fc.nat(ROWS - 1),
      fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
    );
    const empty = { ...learner.toJSON(), events: [] };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        using learner = await ActiveLearner.fromJSON(empty, pool, { clock });
        for (const [kind, index, note] of steps) {
          try {
            if (kind === "label") learner.label(index, index % 2, { note });
            else if (kind === "undo") learner.undo({ note });
            else learner[kind](index, { note });
          } catch (error) {
            assert.equal((error as Error).name, "InputError");
          }
        }
        saveLearner(learner, path);
        assert.equal(text(readSave(path)), text(learner));
        using again = await loadLearner(path, pool);
        assert.deepEqual(again.labels, learner.labels);
      }),
      { numRuns: 25 },
    );
  });
});

Deno.test("save: the labels can be read with SQL", async () => {
  // deno-lint-ignore require-await
  await withLearner(async (learner, path) => {
    saveLearner(learner, path);
    using database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare("SELECT * FROM labels ORDER BY sample").all();
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      learner.labels.map(({ index: sample, label, round, strategy = null, time }) => ({
        sample,
        label,
        round,
        strategy,
        time,
      })),
    );
    const counts = database.prepare("SELECT kind, count(*) AS n FROM events GROUP BY kind").all();
    assert.deepEqual(counts.map(({ kind, n }) => [kind, n]), [
      ["evaluated", 1],
      ["labeled", 2],
      ["skipped", 1],
      ["suggested", 1],
    ]);
  });
});

Deno.test("save: what is no save is refused, and left as it is", async () => {
  await withLearner(async (learner, path) => {
    await refuses(() => readSave(path), `Cannot load ${path}: it does not exist`);
    const folder = join(path, "..");
    await refuses(() => readSave(folder), `Cannot load ${folder}: it is no regular file`);
    await refuses(
      () => saveLearner(learner, folder),
      `Cannot write ${folder}: it is no regular file`,
    );
    const orphan = join(folder, "missing", "x.creel");
    await refuses(
      () => saveLearner(learner, orphan),
      `Cannot write ${orphan}: its folder does not exist`,
    );
    await Deno.writeTextFile(path, "");
    await refuses(() => readSave(path), `Cannot load ${path}: it is empty`);

    const words = "No database at all, but a long letter. ".repeat(200);
    await Deno.writeTextFile(path, words);
    await refuses(() => readSave(path), `Cannot load ${path}: it is no saved learner of Creel`);
    await refuses(
      () => saveLearner(learner, path, { force: true }),
      `Cannot write ${path}: it is no saved learner of Creel`,
    );
    assert.equal(await Deno.readTextFile(path), words);
    await Deno.remove(path);

    {
      using other = new DatabaseSync(path);
      other.exec("CREATE TABLE friends (name TEXT); INSERT INTO friends VALUES ('Ada')");
    }
    for (
      const [verb, attempt] of [
        ["load", () => readSave(path)],
        ["write", () => saveLearner(learner, path, { force: true })],
      ] as const
    ) {
      await refuses(
        attempt,
        `Cannot ${verb} ${path}: it is a database, but no saved learner of Creel`,
      );
    }
    using other = new DatabaseSync(path);
    assert.deepEqual({ ...other.prepare("SELECT * FROM friends").get() }, { name: "Ada" });
  });
});

Deno.test("save: a newer version is refused, and not overwritten", async () => {
  await withLearner(async (learner, path) => {
    saveLearner(learner, path);
    {
      using database = new DatabaseSync(path);
      database.exec("PRAGMA user_version = 3");
    }
    const before = await Deno.readFile(path);
    const message =
      `Cannot load ${path}: it has version 3 of the format and was written by a newer ` +
      "Creel; this one reads up to version 2";
    await refuses(() => readSave(path), message);
    await refuses(() => saveLearner(learner, path, { force: true }), message);
    assert.deepEqual(await Deno.readFile(path), before);
  });
});

Deno.test("save: a learner of another pool is neither loaded nor overwritten, unless forced", async () => {
  await withLearner(async (learner, path) => {
    saveLearner(learner, path);
    using wider = await poolOf(features.map((value, e) => e === 16 ? value + 1 : value));
    const where =
      "it is of another pool: its features, or how they were scaled, differ in sample 5";
    await refuses(() => loadLearner(path, wider), `Cannot load the saved learner: ${where}`);
    using other = await ActiveLearner.create(wider, { clock });
    await refuses(
      () => saveLearner(other, path),
      `Cannot write ${path}: it holds a learner of another pool: its features, or how they were ` +
        "scaled, differ in sample 5; force replaces it",
    );
    assert.equal(text(readSave(path)), text(learner));
    saveLearner(other, path, { force: true });
    assert.equal(text(readSave(path)), text(other));
  });
});

Deno.test("save: a damaged byte is noticed, or harmless", async () => {
  await withLearner(async (learner, path) => {
    saveLearner(learner, path);
    const whole = await Deno.readFile(path);
    const expected = text(learner);
    let noticed = 0;
    // Most of the pages is empty space: bytes that are something are looked at as often as zeros.
    const used = [...whole.keys()].filter((at) => whole[at] !== 0);
    const place = fc.oneof(fc.nat(whole.length - 1), fc.constantFrom(...used));
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = whole.slice();
        damaged[at]! ^= flip;
        await Deno.writeFile(path, damaged);
        try {
          assert.ok(text(readSave(path)) === expected, `byte ${at} flipped by ${flip}`);
        } catch (error) {
          assert.equal((error as Error).name, "InputError", (error as Error).stack!);
          noticed++;
        } finally {
          for (const suffix of ["-wal", "-shm", "-journal"]) {
            await Deno.remove(path + suffix).catch(() => {});
          }
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(noticed > 50, `${noticed} noticed`);
  });
});

Deno.test("save: a file that was cut off is refused", async () => {
  await withLearner(async (learner, path) => {
    saveLearner(learner, path);
    const whole = await Deno.readFile(path);
    for (const length of [1, 50, 100, 4096, 5000, whole.length - 4096]) {
      await Deno.writeFile(path, whole.subarray(0, length));
      assert.throws(() => readSave(path), {
        name: "InputError",
        message: /^Cannot load .*: it is (damaged|no saved|a database, but no saved)/,
      });
    }
  });
});

Deno.test("save: after a crash in the middle of a write the old save is there", async () => {
  await withLearner(async (learner, path) => {
    saveLearner(learner, path);
    const crashed = join(path, "..", "crashed.creel");
    using database = new DatabaseSync(path);
    // With room for a few pages only, SQLite writes into the file before the transaction ends.
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 2; BEGIN IMMEDIATE");
    database.exec("DELETE FROM events; DELETE FROM labels; UPDATE meta SET value = '0'");
    const insert = database.prepare("INSERT INTO events VALUES (?, 'x', 0, 'x', ?)");
    for (let seq = 0; seq < 200; seq++) insert.run(seq, "x".repeat(500));
    // What would be on the disk if the power went now: the file and its journal.
    await Deno.copyFile(path, crashed);
    await Deno.copyFile(`${path}-journal`, `${crashed}-journal`);
    database.exec("ROLLBACK");
    const torn = await Deno.readFile(crashed);
    assert.ok(torn.length > 50_000, "the file holds half of a transaction");
    assert.equal(text(readSave(crashed)), text(learner));
    saveLearner(learner, crashed);
    assert.equal(text(readSave(crashed)), text(learner));
  });
});

Deno.test("save: another program's save is waited for, and then named", async () => {
  await withLearner(async (learner, path) => {
    saveLearner(learner, path);
    using database = new DatabaseSync(path);
    database.exec("BEGIN EXCLUSIVE");
    await refuses(
      () => saveLearner(learner, path),
      `Cannot write ${path}: another program is using it`,
    );
    database.exec("ROLLBACK");
    saveLearner(learner, path);
  });
});

Deno.test({
  name: "save: on a full disk the old save survives, and a new one leaves nothing",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withLearner(async (learner, path) => {
      saveLearner(learner, path);
      const { events, ...rest } = learner.toJSON();
      const note = "x".repeat(100_000);
      const large = { ...rest, events: events.map((event) => ({ ...event, note })) };
      const state = join(path, "..", "large.json");
      await Deno.writeTextFile(state, text(large));
      const fresh = join(path, "..", "fresh.creel");
      // The shell's limit on file sizes makes write(2) fail in the middle as a full disk does.
      const module = import.meta.resolve("../../src/learn/learner/save-file.ts");
      const config = join(import.meta.dirname!, "..", "..", "deno.json");
      const program = join(path, "..", "write.js");
      await Deno.writeTextFile(
        program,
        `import { saveLearner } from ${JSON.stringify(module)};
        const state = JSON.parse(Deno.readTextFileSync(Deno.args[0]));
        for (const path of Deno.args.slice(1)) {
          try {
            saveLearner(state, path);
            console.log("saved");
          } catch (error) {
            console.log(error.name + ": " + error.message);
          }
        }`,
      );
      const limited = `trap '' XFSZ; ulimit -f 200; exec "$0" run -A --no-lock --no-check "$@"`;
      const { stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", limited, Deno.execPath(), "--config", config, program, state, path, fresh],
        env: { NO_COLOR: "1" },
      }).output();
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      const why = "the disk failed, or the file would be larger than the limit";
      assert.equal(
        decode(stdout),
        `InputError: Cannot write ${path}: ${why}\nInputError: Cannot write ${fresh}: ${why}\n`,
        decode(stderr),
      );
      assert.equal(text(readSave(path)), text(learner));
      const left = [...Deno.readDirSync(join(path, ".."))].map(({ name }) => name).sort();
      assert.deepEqual(left, ["large.json", "project.creel", "write.js"]);
    });
  },
});
