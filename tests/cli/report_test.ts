import assert from "node:assert/strict";
import { creel, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const CALL = [
  ...["--seeds", "2", "--initial", "3", "--rounds", "2", "--budget", "4"],
  ...["--device", "cpu", "--quiet"],
];

/** Simulations in folders `one` and `two`, which differ in C and in a strategy. */
async function withSimulations(test: (folder: string) => Promise<void>): Promise<void> {
  await withFiles(learnable, async (folder) => {
    const simulate = async (out: string, ...args: string[]) => {
      const call = ["simulate", `${folder}/pool.npz`, ...CALL, "--out", `${folder}/${out}`];
      assert.equal((await creel(...call, ...args)).status, 0);
    };
    await simulate("one", "--strategies", "bait-binary,random");
    await simulate("two", "--strategies", "bait-binary,margin", "--C", "2");
    await test(folder);
  });
}

Deno.test("creel report puts simulations together; what differs stands in the names", async () => {
  await withSimulations(async (folder) => {
    const both = `${folder}/both`;
    const call = ["report", `${folder}/one`, `${folder}/two`, "--out", both, "--quiet", "--json"];
    const { status, out, err } = await creel(...call);
    assert.deepEqual([status, err], [0, ""]);
    const { strategies, settings } = JSON.parse(out);
    assert.deepEqual(Object.keys(strategies).sort(), [
      "bait-binary [C=1]",
      "bait-binary [C=2]",
      "margin",
      "random",
    ]);
    assert.ok(strategies["bait-binary [C=2]"].versusRandom, "random of the other folder");
    assert.deepEqual(Object.keys(settings), [`${folder}/one`, `${folder}/two`]);
    assert.deepEqual(namesIn(both), ["curves.csv", "curves.svg", "report.html", "summary.json"]);
    assert.equal((await creel(...call)).status, 2);
    assert.deepEqual((await creel(...call, "--force")).out, out);
  });
});

Deno.test("creel report: options of a strategy are in its name, and folders then differ in nothing", async () => {
  await withFiles(learnable, async (folder) => {
    const simulate = ["simulate", `${folder}/pool.npz`, ...CALL, "--strategies"];
    const [one, two] = [`${folder}/one`, `${folder}/two`];
    await creel(...simulate, "bait-binary,random", "--out", one);
    await creel(...simulate, "bait(fisher=binary, lambda=1),bait-binary", "--out", two);
    assert.deepEqual(
      JSON.parse(Deno.readTextFileSync(`${two}/settings.json`)),
      JSON.parse(Deno.readTextFileSync(`${one}/settings.json`)),
    );
    const call = ["report", one, two, "--out", `${folder}/both`, "--quiet", "--json"];
    const { strategies } = JSON.parse((await creel(...call)).out);
    assert.deepEqual(Object.keys(strategies).sort(), [
      "bait(fisher=binary,lambda=1)",
      "bait-binary",
      "random",
    ]);
  });
});

/** What version 1 wrote into settings.json besides what version 2 writes. */
const VERSION_1 = { topClasses: 2, weighting: "reference", oversample: 2, lambda: "auto" };

/** Makes the settings of a folder those that version 1 wrote, and its records without hashes. */
function makeOld(folder: string, changed: Record<string, unknown> = {}): string {
  const path = `${folder}/settings.json`;
  const { format: _, device, ...settings } = JSON.parse(Deno.readTextFileSync(path));
  const old = { ...settings, version: 1, ...VERSION_1, ...changed, device };
  Deno.writeTextFileSync(path, `${JSON.stringify(old, null, 2)}\n`);
  for (const name of namesIn(`${folder}/runs`)) {
    const { settings: _, ...run } = JSON.parse(Deno.readTextFileSync(`${folder}/runs/${name}`));
    Deno.writeTextFileSync(`${folder}/runs/${name}`, JSON.stringify(run));
  }
  return Deno.readTextFileSync(path);
}

Deno.test("creel report reads folders of version 1, also with options of strategies that differ", async () => {
  await withFiles(learnable, async (folder) => {
    const simulate = ["simulate", `${folder}/pool.npz`, ...CALL, "--strategies"];
    const [auto, one, now] = [`${folder}/auto`, `${folder}/one`, `${folder}/now`];
    for (const out of [auto, one, now]) {
      await creel(...simulate, "bait-binary,random", "--out", out);
    }
    const before = makeOld(auto);
    makeOld(one, { lambda: 1 });
    const { status, out, err } = await creel("report", auto, "--quiet", "--json");
    assert.deepEqual([status, err], [0, ""]);
    assert.deepEqual(Object.keys(JSON.parse(out).strategies), ["bait-binary", "random"]);
    assert.equal(JSON.parse(out).settings.lambda, "auto");
    assert.equal(Deno.readTextFileSync(`${auto}/settings.json`), before);

    const both = await creel("report", auto, one, "--out", `${folder}/both`, "--quiet", "--json");
    assert.deepEqual(Object.keys(JSON.parse(both.out).strategies).sort(), [
      ...["bait-binary [lambda=1]", "bait-binary [lambda=auto]"],
      ...["random [lambda=1]", "random [lambda=auto]"],
    ]);
    assert.deepEqual(await creel("report", auto, now, "--out", `${folder}/mixed`), {
      status: 2,
      out: "",
      err:
        `creel: Cannot put ${auto} and ${now} together: version is 1 in the one and 2 in the other\n`,
    });
  });
});

Deno.test("creel simulate does not go on in a folder of version 1, and starts over with --force", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    const call = [
      "simulate",
      `${folder}/pool.npz`,
      ...CALL,
      "--strategies",
      "random",
      "--out",
      out,
    ];
    await creel(...call);
    const after = Deno.readTextFileSync(`${out}/settings.json`);
    for (const changed of [{}, { lambda: 1, oversample: 3 }]) {
      const before = makeOld(out, changed);
      assert.deepEqual(await creel(...call), {
        status: 2,
        out: "",
        err:
          `creel: Cannot go on in ${out}: its runs are of version 1, whose random numbers are not ` +
          "those of version 2 (take another --out, or --force to start over)\n",
      });
      assert.equal(Deno.readTextFileSync(`${out}/settings.json`), before);
    }
    const run = `${out}/runs/random-seed0.json`;
    const old = JSON.parse(Deno.readTextFileSync(run));
    Deno.writeTextFileSync(run, JSON.stringify({ ...old, old: true }));
    assert.equal((await creel(...call, "--force")).status, 0);
    assert.equal(Deno.readTextFileSync(`${out}/settings.json`), after);
    assert.equal(JSON.parse(Deno.readTextFileSync(run)).strategy, "random");
    assert.equal(JSON.parse(Deno.readTextFileSync(run)).old, undefined);
    // From there it goes on as ever.
    const kept = Deno.readTextFileSync(run);
    assert.equal((await creel(...call, "--seeds", "3")).status, 0);
    assert.equal(Deno.readTextFileSync(run), kept);
  });
});

Deno.test("creel report on one folder writes there what creel simulate wrote", async () => {
  await withSimulations(async (folder) => {
    const path = `${folder}/one/summary.json`;
    const before = Deno.readTextFileSync(path);
    Deno.removeSync(path);
    assert.equal((await creel("report", `${folder}/one`, "--quiet")).status, 0);
    assert.equal(Deno.readTextFileSync(path), before);
  });
});

Deno.test("what creel report cannot do is one sentence", async () => {
  await withSimulations(async (folder) => {
    const simulate = ["simulate", `${folder}/pool.npz`, ...CALL, "--out", `${folder}/other`];
    await creel(...simulate, "--budget", "5");
    Deno.mkdirSync(`${folder}/empty`);
    const cases = [
      ["@one @two", "Missing --out: the folder for the report on several simulations"],
      [
        "@one @other --out @x",
        "Cannot put @one and @other together: budget is 4 in the one and 5 in the other",
      ],
      ["@empty", "Cannot read @empty: it holds no simulation (no settings.json)"],
      ["@missing", "Cannot read @missing: there is no such folder"],
      ["@one --out @a/b", "Cannot write to @a/b: the folder @a does not exist"],
    ] as const;
    for (const [args, sentence] of cases) {
      const words = args.split(" ").map((word) => word.replace("@", `${folder}/`));
      assert.deepEqual(await creel("report", ...words), {
        status: 2,
        out: "",
        err: `creel: ${sentence.replaceAll("@", `${folder}/`)}\n`,
      });
    }
  });
});
