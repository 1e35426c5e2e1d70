import assert from "node:assert/strict";
import {
  badBudgets,
  type BadCall,
  badKnowledge,
  badOptions,
  badPools,
  files,
} from "./bad_cases.ts";
import { creel, creelProcess, namesIn, withFiles } from "./creel.ts";

/** Asserts that each call ends with status 2 and its sentence alone, and that no file changes. */
async function refused(calls: readonly BadCall[], ...more: string[]): Promise<void> {
  await withFiles(files, async (folder) => {
    const before = namesIn(folder);
    for (const [call, sentence] of calls) {
      const args = call.replaceAll("@", `${folder}/`).split(" ").filter((arg) => arg !== "");
      const { status, out, err } = await creel("select", ...args, ...more);
      assert.equal(err, `creel: ${sentence.replaceAll("@", `${folder}/`)}\n`, call);
      assert.equal(status, 2, call);
      assert.equal(out, "", call);
      assert.deepEqual(namesIn(folder), before, call);
    }
    assert.equal(await Deno.readTextFile(`${folder}/picks.txt`), "mine\n");
  });
}

Deno.test("select refuses a pool that it cannot use, in one sentence", async () => {
  await refused(badPools, "--budget", "1", "--device", "cpu");
  await refused(badPools.slice(0, 20), "--budget", "1", "--device", "cpu", "--json");
});

Deno.test("select writes no file when the pool turns out bad only while it is read", async () => {
  await withFiles(files, async (folder) => {
    const before = namesIn(folder);
    const args = [`${folder}/nan.npy`, "--budget", "1", "--out", `${folder}/new.npy`];
    const { status, out } = await creel("select", ...args, "--device", "cpu");
    assert.deepEqual([status, out], [2, ""]);
    assert.deepEqual(namesIn(folder), before);
  });
});

Deno.test("select refuses logits, labels and indices that do not fit, in one sentence", async () => {
  await refused(badKnowledge, "--budget", "1", "--device", "cpu");
});

Deno.test("select refuses options that it does not know, with the nearest that it does", async () => {
  await refused(badOptions, "--budget", "1");
});

Deno.test("select refuses a budget that cannot be met, in one sentence", async () => {
  await refused(badBudgets);
});

Deno.test("select refuses a folder without shards, and an output that is a folder", async () => {
  await withFiles({ "pool.npy": files["pool.npy"]! }, async (folder) => {
    await Deno.mkdir(`${folder}/empty.txt`);
    const one = ["--budget", "1"];
    assert.deepEqual(await creel("select", `${folder}/empty.txt`, ...one), {
      status: 2,
      out: "",
      err: `creel: Cannot read ${folder}/empty.txt: the folder holds no .parquet files\n`,
    });
    const out = ["--out", `${folder}/empty.txt`];
    assert.deepEqual(await creel("select", `${folder}/pool.npy`, ...one, ...out, "--force"), {
      status: 2,
      out: "",
      err: `creel: Cannot write ${folder}/empty.txt: it is a folder\n`,
    });
  });
});

Deno.test("a wrong call of the program ends with status 2, and what the device cannot do with 3", async () => {
  await withFiles(files, async (folder) => {
    const pool = `${folder}/pool.npy`;
    assert.deepEqual(await creelProcess(["select", pool, "--budget", "7", "--device", "cpu"]), {
      status: 2,
      out: "",
      err: "creel: Cannot select 7 samples: only 6 are unlabeled\n",
    });
    const little = ["--budget", "1", "--device", "cpu", "--memory", "1kB"];
    const { status, out, err } = await creelProcess(["select", pool, ...little]);
    assert.deepEqual([status, out], [3, ""]);
    assert.match(err, /^creel: Cannot run fisher regression with D = 8: it needs [^\n]+\n$/);
  });
});

Deno.test("an unknown command is refused with the nearest one", async () => {
  assert.deepEqual(await creel("selct"), {
    status: 2,
    out: "",
    err: "creel: Unknown command selct: did you mean select?\n",
  });
  assert.deepEqual(await creel("frobnicate"), {
    status: 2,
    out: "",
    err: "creel: Unknown command frobnicate: see creel --help\n",
  });
  assert.deepEqual(await creel("doctor", "pool.npy"), {
    status: 2,
    out: "",
    err: "creel: Unexpected argument pool.npy: usage is creel doctor [OPTIONS]\n",
  });
});
