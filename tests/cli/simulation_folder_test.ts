/** What is in the folder of a simulation: what is ours, what is another's, and what is damaged. */

import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { creel, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const SETTINGS = ["--seeds", "2", "--initial", "3", "--rounds", "2", "--budget", "4"];
const CALL = ["--strategies", "margin,random", ...SETTINGS, "--device", "cpu", "--quiet"];
const SAVED = join(import.meta.dirname!, "saved");

const read = (path: string) => Deno.readTextFileSync(path);
const write = (path: string, text: string) => Deno.writeTextFileSync(path, text);

/** Everything below a folder, by path. */
function contentsOf(folder: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of namesIn(folder)) {
    const path = `${folder}/${name}`;
    if (Deno.statSync(path).isDirectory) Object.assign(all, contentsOf(path), { [path]: "" });
    else all[path] = read(path);
  }
  return all;
}

/** Asserts that a call ends with status 2 and one sentence, and that a folder does not change. */
async function refused(folder: string, args: readonly string[], sentence: string): Promise<void> {
  const before = contentsOf(folder);
  const expected = { status: 2, out: "", err: `creel: ${sentence}\n` };
  assert.deepEqual(await creel(...args), expected);
  assert.deepEqual(contentsOf(folder), before);
}

/** A copy of a folder that an earlier version wrote. */
function copySaved(version: number, target: string): void {
  Deno.mkdirSync(`${target}/runs`, { recursive: true });
  const from = join(SAVED, `simulation-version-${version}`);
  Deno.copyFileSync(`${from}/settings.json`, `${target}/settings.json`);
  for (const name of namesIn(`${from}/runs`)) {
    Deno.copyFileSync(`${from}/runs/${name}`, `${target}/runs/${name}`);
  }
}

/** The weights of another program, in a folder with a common name. */
function writeWeights(folder: string): void {
  Deno.mkdirSync(`${folder}/detect/train7`, { recursive: true });
  write(`${folder}/detect/train7/best.pt`, "weights");
  write(`${folder}/events.out.tfevents.1700000000`, "events");
}

Deno.test("simulate: the folder runs of another program is left alone, with and without --force", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    writeWeights(`${out}/runs`);
    const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    const sentence = `Cannot write to ${out}: its folder runs is not of a simulation, because ` +
      "there is no settings.json (take another --out)";
    await refused(folder, call, sentence);
    await refused(folder, [...call, "--force"], sentence);
    Deno.removeSync(`${out}/runs`, { recursive: true });
    write(`${out}/runs`, "mine");
    const file = `Cannot write to ${out}/runs: it is not a folder`;
    await refused(folder, [...call, "--force"], file);
  });
});

Deno.test("simulate --force: of a folder of its own, only the records are removed", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    await creel(...call);
    writeWeights(`${out}/runs`);
    write(`${out}/notes.txt`, "mine");
    write(`${out}/runs/random-seed0.json.bak`, "mine");
    const before = contentsOf(out);
    assert.equal((await creel(...call, "--seeds", "1", "--budget", "5", "--force")).status, 0);
    const after = contentsOf(out);
    for (const path of Object.keys(before)) {
      const own = /(seed\d\.json|settings\.json|summary\.json|curves\.\w+|report\.html)$/.test(
        path,
      );
      if (!own) assert.equal(after[path], before[path], path);
    }
    const records = Object.keys(after).filter((path) => path.endsWith(".json"));
    assert.deepEqual(records.map((path) => path.slice(out.length + 1)).sort(), [
      ...["runs/margin-seed0.json", "runs/random-seed0.json", "settings.json", "summary.json"],
    ]);
    // A file with the name of a record that is none: nothing at all is removed.
    write(`${out}/runs/exp-seed1.json`, '{"lr": 0.1}');
    const sentence = `Cannot read ${out}/runs/exp-seed1.json: it is not the record of a run: its ` +
      "strategy is no text (move or delete it)";
    await refused(folder, [...call, "--force"], sentence);
  });
});

Deno.test("simulate: files of others under the names of Creel are not replaced", async () => {
  const foreign: Record<string, readonly string[]> = {
    "settings.json": ['{"editor.tabSize": 2}', "{}", "[1]", "not JSON", "", '{"version": 2}'],
    "summary.json": ['{"results": []}'],
    "curves.csv": ["x,y\n1,2\n"],
    "curves.svg": ["<svg></svg>"],
    "report.html": ["<!DOCTYPE html>\n<title>My thesis</title>"],
    ".creel-lock": ["mine"],
  };
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    Deno.mkdirSync(out);
    const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    for (const [name, texts] of Object.entries(foreign)) {
      const path = `${out}/${name}`;
      const sentence = name === "settings.json"
        ? `Cannot read ${path}: it does not have the settings of a simulation`
        : name === ".creel-lock"
        ? `Cannot write to ${out}: ${path} is no lock of Creel (move or delete it)`
        : `Cannot write ${path}: it exists and is not of Creel (move it, or take another --out)`;
      for (const text of texts) {
        write(path, text);
        await refused(folder, call, sentence);
        await refused(folder, [...call, "--force"], sentence);
      }
      Deno.removeSync(path);
    }
    Deno.mkdirSync(`${out}/summary.json`);
    const sentence = `Cannot write ${out}/summary.json: it is a folder`;
    await refused(folder, [...call, "--force"], sentence);
    Deno.removeSync(`${out}/summary.json`);
    Deno.symlinkSync(`${folder}/nowhere`, `${out}/settings.json`);
    assert.deepEqual(
      (await creel(...call)).err,
      [
        `creel: Cannot write ${out}/settings.json: it is a symbolic link to a missing file\n`,
      ].join(),
    );
  });
});

Deno.test("report: the report of Creel is replaced with --force, that of others never", async () => {
  await withFiles(learnable, async (folder) => {
    const [one, out] = [`${folder}/one`, `${folder}/out`];
    copySaved(2, one);
    const call = ["report", one, "--out", out, "--quiet", "--force"];
    assert.equal((await creel(...call)).status, 0);
    assert.equal((await creel(...call)).status, 0);
    write(`${out}/summary.json`, '{"results": []}');
    const sentence =
      `Cannot write ${out}/summary.json: it exists and is not of Creel (move it, or ` +
      "take another --out)";
    await refused(folder, call, sentence);
    // In the folder of the simulation itself, too.
    write(`${one}/report.html`, "<p>mine</p>");
    const own =
      `Cannot write ${one}/report.html: it exists and is not of Creel (move it, or take ` +
      "another --out)";
    await refused(folder, ["report", one, "--quiet"], own);
  });
});

Deno.test("folders of earlier versions: report reads both, simulate continues version 2", async () => {
  await withFiles(learnable, async (folder) => {
    for (const version of [1, 2]) {
      const out = `${folder}/v${version}`;
      copySaved(version, out);
      const before = contentsOf(out);
      const report = await creel("report", out, "--quiet", "--json");
      assert.equal(report.status, 0, report.err);
      assert.deepEqual(Object.keys(JSON.parse(report.out).strategies), ["margin", "random"]);
      const after = contentsOf(out);
      for (const [path, text] of Object.entries(before)) assert.equal(after[path], text);
    }
    const two = `${folder}/v2`;
    const before = contentsOf(`${two}/runs`);
    const call = ["simulate", `${folder}/pool.npz`, "--out", two, ...CALL, "--seeds", "3"];
    assert.deepEqual((await creel(...call)).err, "");
    assert.equal(namesIn(`${two}/runs`).length, 6);
    for (const [path, text] of Object.entries(before)) assert.equal(read(path), text);
    // What is added has the hash of the settings, and counts for no others.
    const added = `${two}/runs/random-seed2.json`;
    const record = JSON.parse(read(added));
    assert.match(record.settings, /^[0-9a-f]{64}$/);
    assert.equal((await creel("report", two, "--quiet")).status, 0);
    write(added, JSON.stringify({ ...record, settings: "0".repeat(64) }));
    const sentence = `Cannot use ${added}: its run had other settings than the folder: another ` +
      "hash (move or delete it)";
    await refused(folder, ["report", two, "--quiet"], sentence);
    await refused(folder, call, sentence);
  });
});

Deno.test("a record of other settings is refused by simulate and report, not mixed in", async () => {
  await withFiles(learnable, async (folder) => {
    const [one, two] = [`${folder}/one`, `${folder}/two`];
    const call = (out: string) => ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    await creel(...call(one));
    await creel(...call(two), "--C", "2");
    const path = `${one}/runs/random-seed1.json`;
    const own = read(path);
    Deno.copyFileSync(`${two}/runs/random-seed1.json`, path);
    const sentence = `Cannot use ${path}: its run had other settings than the folder: another ` +
      "hash (move or delete it)";
    await refused(folder, call(one), sentence);
    await refused(folder, ["report", one, "--quiet"], sentence);
    // A record without a hash is none of a folder that has hashes from the start.
    const { settings: _, ...early } = JSON.parse(own);
    write(path, JSON.stringify(early));
    await refused(folder, call(one), sentence);
    // Deleted, as the sentence says, it is run again.
    Deno.removeSync(path);
    assert.equal((await creel(...call(one))).status, 0);
    const timeless = (text: string) => text.replace(/Seconds":[^,}]+/g, "");
    assert.equal(timeless(read(path)), timeless(own));
  });
});

/** Records that are none: what is wrong, as JSON. */
function damaged(path: string): Record<string, string> {
  const run = JSON.parse(read(path));
  const [first, ...rest] = run.rounds;
  const rounds = (changed: object) => ({ ...run, rounds: [{ ...first, ...changed }, ...rest] });
  const bad: Record<string, unknown> = {
    "it is no JSON object": [{}],
    "its strategy is no text": {},
    "its seed is no whole number": { ...run, seed: "1" },
    "it has strategy margin and seed 1": { ...run, strategy: "margin" },
    "it has strategy random and seed 0": { ...run, seed: 0 },
    "its settings are no hash": { ...run, settings: 1 },
    "its initial samples are no rows": { ...run, initial: [1, -2, 3] },
    "its picks are no rows": { ...run, picks: [[0.5]] },
    "a row is chosen twice": { ...run, picks: [run.picks[0], run.picks[0]] },
    "it needs 3 rounds": { ...run, rounds: [] },
    "it needs 4 rounds": { ...run, picks: [...run.picks, []] },
    "round 0 must have 3 labels": rounds({ labels: "3" }),
    "round 1 has other scores than the first": rounds({ scores: { accuracy: 1 } }),
    "round 0 has other scores than the first": rounds({ scores: [] }),
    "round 0 has no finite accuracy": rounds({ scores: { ...first.scores, accuracy: null } }),
    "round 0 has no finite ece": rounds({ scores: { ...first.scores, ece: "1" } }),
    "round 0 has no finite class balance": rounds({ balance: { entropy: 1 } }),
    "round 0 has no times": rounds({ trainSeconds: -1 }),
  };
  return Object.fromEntries(
    Object.entries(bad).map(([problem, value]) => [problem, JSON.stringify(value)]),
  );
}

Deno.test("a damaged record is one sentence that names it, in simulate and in report", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/v2`;
    copySaved(2, out);
    const path = `${out}/runs/random-seed1.json`;
    const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    const texts = Object.entries(damaged(path));
    texts.push(["it is no JSON object", '{"strategy":'], ["it is no JSON object", ""]);
    for (const [problem, text] of texts) {
      write(path, text);
      const sentence = `Cannot read ${path}: it is not the record of a run: ${problem} (move or ` +
        "delete it)";
      await refused(folder, ["report", out, "--quiet"], sentence);
      await refused(folder, [...call, "--force"], sentence);
    }
  });
});

Deno.test("a record that contradicts the settings of its folder is refused without a hash, too", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/v2`;
    copySaved(2, out);
    const path = `${out}/settings.json`;
    const settings = JSON.parse(read(path));
    const file = `${out}/runs/margin-seed0.json`;
    const wrong: Record<string, object> = {
      "3 initial labels": { initial: 4 },
      "2 rounds": { rounds: 3 },
      "a budget of 4": { budget: 5 },
      "row 58 of 40": { rows: 40 },
      "no rmse": { classes: null },
    };
    for (const [difference, changed] of Object.entries(wrong)) {
      write(path, JSON.stringify({ ...settings, ...changed }));
      const sentence = `Cannot use ${file}: its run had other settings than the folder: ` +
        `${difference} (move or delete it)`;
      await refused(folder, ["report", out, "--quiet"], sentence);
    }
    write(path, JSON.stringify({ format: "creel-simulation", ...settings, version: 3 }));
    const newer =
      `Cannot read ${path}: it has version 3 and was written by a newer Creel; this one ` +
      "reads up to version 2";
    await refused(folder, ["report", out, "--quiet"], newer);
    await refused(
      folder,
      ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL, "--force"],
      newer,
    );
  });
});

Deno.test("no record makes creel report crash, whatever part of it is replaced", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/v2`;
    copySaved(2, out);
    for (const name of namesIn(`${out}/runs`)) {
      if (name !== "random-seed0.json") Deno.removeSync(`${out}/runs/${name}`);
    }
    const path = `${out}/runs/random-seed0.json`;
    const text = read(path).replace(/\s/g, "");
    const call = ["report", out, "--quiet", "--out", `${folder}/no/report`];
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(null, {}, [], [{}], -1, 1e999, ""));
    await fc.assert(
      fc.asyncProperty(fc.nat(), values, async (at, value) => {
        // Replaces the value with this number in the order in which JSON.parse meets them.
        const count = text.match(/[:[,]/g)!.length;
        let met = 0;
        const chosen = at % count;
        const record = JSON.parse(text, (_, old) => met++ === chosen ? value : old);
        write(path, JSON.stringify(record) ?? "");
        const { status, err } = await creel(...call);
        assert.equal(status, 2);
        // Where the record is still one, the report fails for its folder.
        assert.match(err, /^creel: Cannot (read|use|write to) [^\n]+\n$/);
      }),
      { numRuns: 150 },
    );
  });
});
