/** The lock of the folder of a simulation: two processes, killed ones, and Ctrl-C. */

import assert from "node:assert/strict";
import { hostname } from "node:os";
import { LOCK, lockFolder } from "../../src/cli/simulate/lock.ts";
import { type ProcessIdentity, thisProcess } from "../../src/cli/simulate/process-identity.ts";
import { inFolder, refuses } from "../io/fixtures.ts";
import { creel, creelProcess, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const CALL = [
  ...["--strategies", "margin,random", "--seeds", "2", "--initial", "3", "--rounds", "2"],
  ...["--budget", "4", "--device", "cpu"],
];
const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const LINUX = Deno.build.os === "linux";

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  return child.pid;
}

/** Writes the lock of another process, which differs from this one as given. */
async function leaveLock(folder: string, changed: Partial<ProcessIdentity>): Promise<string> {
  const token = crypto.randomUUID();
  const text = JSON.stringify({ token, ...await thisProcess(), ...changed });
  Deno.writeTextFileSync(`${folder}/${LOCK}`, text);
  return text;
}

/** Waits until a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const exists = (path: string) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
};

/** A long simulation in a process of its own, once it is at work. */
async function startLong(folder: string, out: string): Promise<Deno.ChildProcess> {
  const args = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL, "--seeds", "1000"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", MAIN, ...args],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await until(() => exists(`${out}/runs/random-seed1.json`));
  return child;
}

Deno.test("a second process is refused while one is simulating; kill -9, and the next takes over", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    const child = await startLong(folder, out);
    const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    const expected = {
      status: 2,
      out: "",
      err: `creel: Cannot write to ${out}: process ${child.pid} on ${hostname()} is simulating ` +
        "there\n",
    };
    for (const more of [[], ["--force"], ["--budget", "5", "--force"]]) {
      assert.deepEqual(await creel(...call, ...more), expected);
    }
    assert.deepEqual(await creelProcess(call), expected);
    // To look at what is finished so far is allowed.
    assert.equal((await creel("report", out, "--out", `${folder}/early`, "--quiet")).status, 0);
    child.kill("SIGKILL");
    await child.stderr.cancel();
    await child.status;
    assert.ok(exists(`${out}/${LOCK}`), "nobody could remove it");
    const { status, err } = await creel(...call);
    assert.equal(status, 0);
    const [first, second] = err.split("\n");
    assert.equal(
      first,
      `Took over ${out} from process ${child.pid} on ${hostname()}, which did not finish`,
    );
    assert.equal(second, `The curves and the report are in ${out}`);
    assert.ok(!namesIn(out).some((name) => name.startsWith(".")), namesIn(out).join());
    assert.ok(!namesIn(`${out}/runs`).some((name) => name.startsWith(".")));
  });
});

Deno.test("of two processes with different settings that start at once, one has the folder", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL, "--quiet", "--budget"];
    const outcomes = await Promise.all(["4", "5"].map((budget) => creelProcess([...call, budget])));
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), [0, 2]);
    const loser = outcomes.find(({ status }) => status === 2)!;
    assert.match(loser.err, /^creel: Cannot (write to|go on in) [^\n]+\n$/);
    const { budget } = JSON.parse(Deno.readTextFileSync(`${out}/settings.json`));
    const names = namesIn(`${out}/runs`);
    assert.equal(names.length, 4);
    for (const name of names) {
      const { picks } = JSON.parse(Deno.readTextFileSync(`${out}/runs/${name}`));
      assert.deepEqual(picks.map(({ length }: number[]) => length), [budget, budget]);
    }
  });
});

Deno.test({
  name: "Ctrl-C removes the lock, and so do a second Ctrl-C and an error",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withFiles(learnable, async (folder) => {
      const out = `${folder}/out`;
      const child = await startLong(folder, out);
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      assert.equal(code, 130);
      assert.match(new TextDecoder().decode(stderr), /creel: Interrupted: \d+ of 2000 runs/);
      assert.deepEqual(namesIn(out), ["runs", "settings.json"]);
      const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
      Deno.writeTextFileSync(`${out}/runs/random-seed1.json`, "{}");
      assert.equal((await creel(...call)).status, 2);
      assert.deepEqual(namesIn(out), ["runs", "settings.json"]);
    });
    await inFolder(async (folder) => {
      const module = import.meta.resolve("../../src/cli/simulate/lock.ts");
      const script = `import process from "node:process";
        import { lockFolder } from ${JSON.stringify(module)};
        await lockFolder(${JSON.stringify(folder)});
        process.exit(130);`;
      Deno.writeTextFileSync(`${folder}/exit.js`, script);
      await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-lock", `${folder}/exit.js`],
      }).output();
      assert.deepEqual(namesIn(folder), ["exit.js"]);
    });
  },
});

Deno.test("lock: those of processes that ended are taken over, those of others are not", async () => {
  const own = await thisProcess();
  const gone = await endedProcess();
  const stale: Partial<ProcessIdentity>[] = [
    { pid: gone, start: undefined },
    // The number of a process belongs to another one now.
    ...(LINUX ? [{ start: "1" }, { boot: "before the last start" }] : []),
  ];
  for (const changed of stale) {
    await inFolder(async (folder) => {
      await leaveLock(folder, changed);
      {
        await using lock = await lockFolder(folder);
        assert.equal(lock.left, `process ${changed.pid ?? own.pid} on ${own.host}`);
        assert.deepEqual(namesIn(folder), [LOCK]);
      }
      assert.deepEqual(namesIn(folder), []);
    });
  }
  const held: Partial<ProcessIdentity>[] = [
    {},
    { host: "elsewhere", pid: gone },
    ...(LINUX ? [{ container: "another", pid: gone }] : []),
  ];
  for (const changed of held) {
    await inFolder(async (folder) => {
      const text = await leaveLock(folder, changed);
      const { pid, host } = { ...own, ...changed };
      const unsure = changed.pid === undefined
        ? ""
        : ` (if it has ended, delete ${folder}/${LOCK})`;
      const sentence = `Cannot write to ${folder}: process ${pid} on ${host} is simulating there`;
      await refuses(() => lockFolder(folder), sentence + unsure);
      assert.equal(Deno.readTextFileSync(`${folder}/${LOCK}`), text);
    });
  }
});

Deno.test("lock: one whose taking over was interrupted is taken over", async () => {
  await inFolder(async (folder) => {
    const pid = await endedProcess();
    const { token } = JSON.parse(await leaveLock(folder, { pid, start: undefined }));
    const second = await leaveLock(folder, { pid, start: undefined });
    const guard = `${folder}/${LOCK}.${JSON.parse(second).token}`;
    Deno.writeTextFileSync(guard, JSON.stringify({ ...JSON.parse(second), token }));
    {
      await using lock = await lockFolder(folder);
      assert.equal(lock.left, `process ${pid} on ${hostname()}`);
      assert.deepEqual(namesIn(folder), [LOCK]);
    }
    assert.deepEqual(namesIn(folder), []);
  });
});

Deno.test("lock: what was cut off while it was written is taken over, and a dangling link refused", async () => {
  await inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/${LOCK}`, "");
    {
      await using lock = await lockFolder(folder);
      assert.equal(lock.left, "a process that was interrupted");
    }
    assert.deepEqual(namesIn(folder), []);
    if (Deno.build.os === "windows") return;
    Deno.symlinkSync(`${folder}/nowhere`, `${folder}/${LOCK}`);
    const path = `${folder}/${LOCK}`;
    await refuses(() => lockFolder(folder), `Cannot write ${path}: it is there and cannot be read`);
  });
});

Deno.test("lock: of many that take over the same stale lock at once, one has it at a time", async () => {
  const gone = await endedProcess();
  for (let time = 0; time < 20; time++) {
    await inFolder(async (folder) => {
      await leaveLock(folder, { pid: gone });
      let holders = 0;
      let taken = 0;
      const contend = async () => {
        try {
          await using _lock = await lockFolder(folder);
          taken++;
          assert.equal(++holders, 1);
          await new Promise((resolve) => setTimeout(resolve, 1));
          holders--;
        } catch (error) {
          assert.match((error as Error).message, /is simulating there$/);
        }
      };
      await Promise.all(Array.from({ length: 8 }, contend));
      assert.ok(taken >= 1);
      assert.deepEqual(namesIn(folder), []);
    });
  }
});

Deno.test("lock: two programs that take over the same stale lock at once, many times", async () => {
  await inFolder(async (folder) => {
    const module = import.meta.resolve("../../src/cli/simulate/lock.ts");
    // Both write what they are while they hold the lock; a second holder would find the file there.
    const script = `import { lockFolder, LOCK } from ${JSON.stringify(module)};
      const [folder, gone, times] = Deno.args;
      const stale = () => {
        try {
          Deno.writeTextFileSync(folder + "/" + LOCK, gone, { createNew: true });
        } catch { /* The other one has it. */ }
      };
      let taken = 0;
      for (let time = 0; time < Number(times); time++) {
        stale();
        try {
          await using lock = await lockFolder(folder);
          Deno.writeTextFileSync(folder + "/holder", "", { createNew: true });
          await new Promise((resolve) => setTimeout(resolve, 0));
          Deno.removeSync(folder + "/holder");
          taken++;
        } catch (error) {
          if (error.name !== "InputError") throw error;
        }
      }
      console.log(taken > 0 ? "fine" : "never");`;
    Deno.writeTextFileSync(`${folder}/contend.js`, script);
    const identity = { ...await thisProcess(), pid: await endedProcess(), start: undefined };
    const results = await Promise.all([1, 2, 3].map(async (number) => {
      const token = `${crypto.randomUUID().slice(0, 35)}${number}`;
      const args = [folder, JSON.stringify({ token, ...identity }), "200"];
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-lock", `${folder}/contend.js`, ...args],
        env: { NO_COLOR: "1" },
      }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    }));
    assert.deepEqual(results, ["fine\n", "fine\n", "fine\n"]);
    assert.ok(!exists(`${folder}/holder`));
  });
});
