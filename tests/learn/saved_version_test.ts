/**
 * Saves of earlier versions of the format, kept as files: they load, with the same content as
 * before.
 */

import assert from "node:assert/strict";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { arrayRows } from "../../src/io/rows.ts";
import { ActiveLearner } from "../../src/learn/learner/learner.ts";
import { loadLearner, readSave, saveLearner } from "../../src/learn/learner/save-file.ts";
import { Pool } from "../../src/pool/pool.ts";
import { sharedDevice } from "../fixture.ts";
import { inFolder } from "../io/fixtures.ts";

const SAVED = join(import.meta.dirname!, "saved");

/** The pool of the saved learners. */
async function poolOf(): Promise<Pool> {
  const rows = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(3 * i), i % 4]);
  return await Pool.from(await sharedDevice("cpu"), arrayRows("rows", rows));
}

function checkContents(learner: ActiveLearner): void {
  assert.deepEqual(learner.labels.map(({ index, label }) => [index, label]), [
    [0, 0],
    [2, 0],
    [3, 0],
    [6, 1],
  ]);
  assert.deepEqual(learner.history.map(({ kind }) => kind), [
    ...["labeled", "labeled", "unlabeled", "suggested", "labeled", "skipped", "undone"],
  ]);
  const [, second] = learner.history;
  assert.ok(second!.kind === "labeled" && second!.relabeled);
  assert.equal(learner.settings.strategy, "badge");
  assert.deepEqual(learner.settings.strategyOptions, { includeLabeled: true });
}

Deno.test("saved: a learner of version 1 loads from SQLite, and is saved as version 2", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "project.creel");
    await copyFile(join(SAVED, "learner-version-1.creel"), path);
    using pool = await poolOf();
    using learner = await loadLearner(path, pool);
    checkContents(learner);
    saveLearner(learner, path);
    assert.equal(readSave(path).version, 2);
    using again = await loadLearner(path, pool);
    checkContents(again);
  });
});

Deno.test("saved: a learner of version 1 loads from JSON", async () => {
  const state = JSON.parse(await readFile(join(SAVED, "learner-version-1.json"), "utf8"));
  assert.equal(state.version, 1);
  using pool = await poolOf();
  using learner = await ActiveLearner.fromJSON(state, pool);
  checkContents(learner);
  assert.equal(learner.toJSON().version, 2);
});

Deno.test("saved: options of other strategies in a save of version 1 are left out", async () => {
  const state = JSON.parse(await readFile(join(SAVED, "learner-version-1.json"), "utf8"));
  // Version 1 took the options of all strategies together, whichever strategy chose.
  state.settings.strategyOptions = {
    includeLabelled: true,
    fisher: "exp",
    topClasses: 1,
    lambda: 3,
    gamma: 0.5,
    round: 2,
    candidates: 7,
  };
  using pool = await poolOf();
  using learner = await ActiveLearner.fromJSON(state, pool);
  const { strategyOptions } = learner.settings;
  assert.deepEqual(strategyOptions, { includeLabeled: true, candidates: 7 });
  assert.equal((await learner.suggest(2)).picks.length, 2);
  using again = await ActiveLearner.fromJSON(JSON.parse(JSON.stringify(learner)), pool);
  assert.equal(JSON.stringify(again), JSON.stringify(learner));
});
